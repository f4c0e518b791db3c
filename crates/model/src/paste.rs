//! The lines a person pastes into a client, for the command line and for pages.

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
    format!(
        "claude mcp add --transport http {} {} -H {}",
        shell_word(name),
        shell_word(endpoint),
        shell_word(&format!("Authorization: Bearer {token}"))
    )
}

/// The Inspector line with a pasted token.
pub fn inspector(endpoint: &str, token: &str) -> String {
    format!(
        "npx @modelcontextprotocol/inspector --cli {} --transport http --method tools/list --header {}",
        shell_word(endpoint),
        shell_word(&format!("Authorization: Bearer {token}"))
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
