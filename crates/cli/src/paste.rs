//! The line that has a client ask this program for its tokens.

use std::path::Path;

use serde_json::json;
use shukuba_model::paste::shell_word;

/// Where a headers helper gets its tokens.
pub(crate) struct HelperSource<'a> {
    /// This program.
    pub(crate) program: &'a Path,
    /// The server.
    pub(crate) server: &'a str,
    /// The data directory, absolute.
    pub(crate) data_dir: &'a Path,
    /// The application.
    pub(crate) app: &'a str,
}

impl HelperSource<'_> {
    /// The command Claude Code runs for its headers at each connection.
    pub(crate) fn command(&self) -> String {
        let words = [
            self.program.to_string_lossy(),
            "token".into(),
            "get".into(),
            "--app".into(),
            self.app.into(),
            "--format".into(),
            "headers-helper".into(),
            "--server".into(),
            self.server.into(),
            "--data-dir".into(),
            self.data_dir.to_string_lossy(),
        ];
        words
            .iter()
            .map(|word| shell_word(word))
            .collect::<Vec<_>>()
            .join(" ")
    }
}

/// The `claude mcp add-json` line with a headers helper: no token in it dies.
/// In the user's scope, because Claude Code runs a project's helper only in
/// folders its user has trusted.
pub(crate) fn claude_add_json(name: &str, endpoint: &str, helper: &HelperSource<'_>) -> String {
    let settings = json!({ "type": "http", "url": endpoint, "headersHelper": helper.command() });
    format!(
        "claude mcp add-json --scope user {} {}",
        shell_word(name),
        shell_word(&settings.to_string())
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_helpers_path_may_hold_spaces_and_quotes() {
        let helper = HelperSource {
            program: Path::new("/opt/my tools/shukuba"),
            server: "http://127.0.0.1:8430",
            data_dir: Path::new("/home/o'neil/.shukuba"),
            app: "adder",
        };
        let line = claude_add_json("adder", "http://127.0.0.1:8430/mcp/adder", &helper);
        let echoed = line.replacen("claude mcp add-json --scope user adder", "printf %s", 1);
        let output = std::process::Command::new("sh")
            .arg("-c")
            .arg(echoed)
            .output()
            .unwrap();
        let settings: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(settings["headersHelper"], helper.command());
    }
}
