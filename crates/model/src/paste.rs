//! The lines a person pastes into a client, for whoever shows them.

/// Quotes a word for a POSIX shell, only where that is needed.
pub fn shell_word(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=@%+,".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// The `claude mcp add` line with nothing but the address: the client finds out
/// how to log in.
pub fn claude_add(name: &str, endpoint: &str) -> String {
    format!(
        "claude mcp add --transport http {} {}",
        shell_word(name),
        shell_word(endpoint)
    )
}

/// The `claude mcp add` line with a pasted token, which dies with the token.
pub fn claude_add_header(name: &str, endpoint: &str, token: &str) -> String {
    format!("{} -H {}", claude_add(name, endpoint), authorization(token))
}

/// The Inspector line with a pasted token.
pub fn inspector(endpoint: &str, token: &str) -> String {
    format!(
        "npx @modelcontextprotocol/inspector --cli {} --transport http --method tools/list --header {}",
        shell_word(endpoint),
        authorization(token)
    )
}

/// The first message of a legacy client, sent by curl: enough to see whether
/// a token is let in.
pub fn curl(endpoint: &str, token: &str) -> String {
    let hello = r#"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"curl","version":"1"}}}"#;
    format!(
        "curl {} -i -H {} -H 'Content-Type: application/json' -H 'Accept: application/json, text/event-stream' -d {}",
        shell_word(endpoint),
        authorization(token),
        shell_word(hello)
    )
}

/// The `claude mcp add` line with an id and a secret of an application, which
/// stand in the words `ID` and `SECRET`.
pub fn claude_add_client(name: &str, endpoint: &str) -> String {
    format!(
        "MCP_CLIENT_SECRET=SECRET claude mcp add --transport http --client-id ID --client-secret --callback-port 8765 {} {}",
        shell_word(name),
        shell_word(endpoint)
    )
}

fn authorization(token: &str) -> String {
    shell_word(&format!("Authorization: Bearer {token}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_survive_the_shell() {
        for word in ["plain", "with space", "it's", "a\"b", "$(x)", ""] {
            let line = format!("printf %s {}", shell_word(word));
            let output = std::process::Command::new("sh")
                .arg("-c")
                .arg(line)
                .output()
                .unwrap();
            assert_eq!(String::from_utf8(output.stdout).unwrap(), word);
        }
    }
}
