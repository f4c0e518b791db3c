//! Client ids that are addresses of documents.

use std::fmt;

use shukuba_model::RawUrl;

/// A client id that is the address of the client's metadata document (Client ID
/// Metadata Documents, draft 02, section 3), kept byte for byte: `:443`, a
/// slash or the case of a letter makes another client.
///
/// Only its text is judged here; whether its host may be asked is for
/// [`shukuba_verify::fetch::PublicClient`].
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ClientIdUrl(String);

/// A client id that is no address of a document.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "the client id '{shown}' is not the address of a client metadata document: it must be {rule}"
)]
pub struct ClientIdUrlError {
    /// The id, shortened and safe to print.
    pub shown: String,
    /// The rule it breaks.
    pub rule: &'static str,
}

impl ClientIdUrl {
    /// Parses an id: `https`, a path that is more than `/` and has no dot
    /// segments, no fragment, no user name, no port 0, at most 2,048 bytes. A
    /// query is allowed, though the draft advises against it.
    ///
    /// # Errors
    /// Says which rule the text breaks.
    pub fn parse(text: &str) -> Result<Self, ClientIdUrlError> {
        match check(text) {
            Ok(()) => Ok(Self(text.to_owned())),
            Err(rule) => Err(ClientIdUrlError {
                shown: text
                    .chars()
                    .take(200)
                    .flat_map(char::escape_default)
                    .collect(),
                rule,
            }),
        }
    }

    /// The id as it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Its host: whom a person trusts with this client.
    pub fn host(&self) -> &str {
        RawUrl::split(&self.0).map_or("", |url| url.host)
    }

    /// Whether it has a query, which the draft advises against: one document
    /// would be many clients.
    pub fn has_query(&self) -> bool {
        RawUrl::split(&self.0).is_ok_and(|url| url.query().is_some())
    }
}

fn check(text: &str) -> Result<(), &'static str> {
    let url = RawUrl::split(text)?;
    if url.scheme != "https" {
        return Err("an https address");
    }
    if url.path().trim_start_matches('/').is_empty() {
        return Err("an address with a path, such as https://client.example/oauth/client.json");
    }
    if url.path().split('/').any(is_dot_segment) {
        return Err("free of the path segments '.' and '..'");
    }
    Ok(())
}

/// Whether a path segment means this or the upper level, in any spelling.
fn is_dot_segment(segment: &str) -> bool {
    let plain = segment.replace("%2e", ".").replace("%2E", ".");
    plain == "." || plain == ".."
}

impl fmt::Display for ClientIdUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn ids_of_real_clients_are_taken_as_they_are_written() {
        for id in [
            "https://claude.ai/oauth/claude-code-client-metadata",
            "https://vscode.dev/oauth/client-metadata.json",
            "https://chatgpt.com/oauth/IbUR3zxyNQ16/client.json",
            "https://client.example:443/id",
            "https://client.example/...",
            "https://client.example/a%2fb",
            "https://client.example/id?v=1",
            "https://client.example/id/",
        ] {
            let parsed = ClientIdUrl::parse(id).unwrap();
            assert_eq!(parsed.as_str(), id);
            assert_eq!(parsed.has_query(), id.contains('?'));
        }
        let id = ClientIdUrl::parse("https://client.example:443/id").unwrap();
        assert_eq!(id.host(), "client.example");
    }

    #[test]
    fn c01_what_is_no_address_of_a_document_is_refused() {
        for bad in [
            "http://client.example/id",
            "HTTPS://client.example/id",
            "https://client.example",
            "https://client.example/",
            "https://client.example//",
            "https://client.example?id",
            "https://client.example/../id",
            "https://client.example/a/./id",
            "https://client.example/a/..",
            "https://client.example/%2e%2e/id",
            "https://client.example/a/%2E",
            "https://client.example/.%2e/id",
            "https://client.example/id#x",
            "https://u@client.example/id",
            "https://u:p@client.example/id",
            "https://client.example\\id",
            "https://client.example/a\\..\\id",
            "https://client.example/i d",
            "https://client.example/id\n",
            "https://client.example/\u{0}",
            "https://client.example:0/id",
            "https://client.example:/id",
            "https:///id",
            "client",
            "",
        ] {
            assert!(ClientIdUrl::parse(bad).is_err(), "{bad:?}");
        }
        let longest = format!("https://client.example/{}", "a".repeat(2048 - 23));
        assert!(ClientIdUrl::parse(&longest).is_ok());
        let error = ClientIdUrl::parse(&format!("{longest}a")).unwrap_err();
        assert!(
            error
                .to_string()
                .ends_with("it must be 1 to 2,048 bytes long"),
            "{error}"
        );
    }

    proptest! {
        #[test]
        fn no_text_breaks_the_parser_and_what_passes_is_printable(text in "https://[a-z.]{1,9}/\\PC{0,30}|\\PC{0,30}") {
            if let Ok(id) = ClientIdUrl::parse(&text) {
                prop_assert_eq!(id.as_str(), &text);
                prop_assert!(text.parse::<shukuba_model::ClientId>().is_ok());
                prop_assert!(!id.host().is_empty());
            }
        }
    }
}
