//! Known MCP clients, and where each is sent back to after a login.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::name::NameError;
use crate::redirect::RedirectUri;

/// A known MCP client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Preset {
    /// Claude on the web, the desktop and the phone (connectors).
    Claude,
    /// The connectors of `ChatGPT`.
    Chatgpt,
    /// Visual Studio Code.
    Vscode,
    /// Cursor.
    Cursor,
    /// The MCP Inspector, on the web and on the command line.
    Inspector,
    /// Claude Code.
    ClaudeCode,
    /// Codex.
    Codex,
    /// mcp-remote.
    McpRemote,
}

impl Preset {
    /// Every preset.
    pub const ALL: [Self; 8] = [
        Self::Claude,
        Self::Chatgpt,
        Self::Vscode,
        Self::Cursor,
        Self::Inspector,
        Self::ClaudeCode,
        Self::Codex,
        Self::McpRemote,
    ];

    /// The word on the command line and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Claude => "claude",
            Self::Chatgpt => "chatgpt",
            Self::Vscode => "vscode",
            Self::Cursor => "cursor",
            Self::Inspector => "inspector",
            Self::ClaudeCode => "claude-code",
            Self::Codex => "codex",
            Self::McpRemote => "mcp-remote",
        }
    }

    /// Where the client is sent back to. On loopback any port is the same.
    pub fn redirect_uris(self) -> Vec<RedirectUri> {
        // Each of them is a redirect URI; the test below reads them all.
        let parsed = |uri: &&str| uri.parse().ok();
        self.texts().iter().filter_map(parsed).collect()
    }

    fn texts(self) -> &'static [&'static str] {
        match self {
            Self::Claude => &[
                "https://claude.ai/api/mcp/auth_callback",
                "https://claude.com/api/mcp/auth_callback",
            ],
            Self::Chatgpt => &["https://chatgpt.com/connector_platform_oauth_redirect"],
            Self::Vscode => &[
                "https://vscode.dev/redirect",
                "https://insiders.vscode.dev/redirect",
                "http://127.0.0.1/",
                "http://127.0.0.1:33418/",
                "http://localhost/",
            ],
            Self::Cursor => &[
                "http://localhost:8787/callback",
                "https://www.cursor.com/agents/mcp/oauth/callback",
                "cursor://anysphere.cursor-mcp/oauth/callback",
            ],
            Self::Inspector => &[
                "http://localhost:6274/oauth/callback",
                "http://localhost:6274/oauth/callback/debug",
                "http://127.0.0.1:6274/oauth/callback",
                "http://127.0.0.1:6276/oauth/callback",
            ],
            Self::ClaudeCode => &["http://localhost/callback", "http://127.0.0.1/callback"],
            Self::Codex => &["http://127.0.0.1/callback"],
            Self::McpRemote => &["http://localhost/oauth/callback"],
        }
    }
}

impl FromStr for Preset {
    type Err = NameError;
    fn from_str(value: &str) -> Result<Self, NameError> {
        Self::ALL
            .into_iter()
            .find(|preset| preset.as_str() == value)
            .ok_or_else(|| NameError {
                kind: "preset",
                value: value.chars().take(80).collect(),
                rule: format!("one of {}", Self::ALL.map(Self::as_str).join(", ")),
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_preset_has_its_redirect_uris_and_its_word_in_json() {
        for preset in Preset::ALL {
            assert_eq!(preset.redirect_uris().len(), preset.texts().len());
            assert_eq!(preset.as_str().parse(), Ok(preset));
            let json = serde_json::to_string(&preset).unwrap();
            assert_eq!(json, format!("\"{}\"", preset.as_str()));
        }
    }

    #[test]
    fn presets_match_what_the_clients_send() {
        for (preset, sent) in [
            (Preset::Claude, "https://claude.com/api/mcp/auth_callback"),
            (Preset::ClaudeCode, "http://localhost:8765/callback"),
            (Preset::Codex, "http://127.0.0.1:4321/callback"),
            (Preset::Vscode, "http://127.0.0.1:50000/"),
            (Preset::McpRemote, "http://localhost:3335/oauth/callback"),
            (Preset::Inspector, "http://127.0.0.1:6276/oauth/callback"),
        ] {
            let registered = preset.redirect_uris();
            assert!(registered.iter().any(|uri| uri.matches(sent)), "{sent}");
        }
    }
}
