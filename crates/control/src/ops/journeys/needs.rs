//! What well-known clients are known to need, in two languages.

use shukuba_model::journey::Journey;
use shukuba_pages::Language;

use super::advice::Both;

/// What the client of that journey is known to need, where its name, its id or
/// its `User-Agent` tells which it is. None of them proves it: this is advice,
/// and nothing is decided by it.
pub(super) fn of(language: Language, journey: &Journey) -> Option<&'static str> {
    let says = [
        journey.client_name.as_deref(),
        journey.client_id.as_deref(),
        Some(journey.agent.as_str()),
    ];
    // What it registered as tells more than the library it asks with.
    let says = says.into_iter().flatten().map(str::to_ascii_lowercase);
    let found = says
        .flat_map(|said| KNOWN.iter().filter(move |(words, _)| are_in(words, &said)))
        .next();
    found.map(|(_, needs)| needs.text(language))
}

fn are_in(words: &[&str], said: &str) -> bool {
    words.iter().any(|word| said.contains(word))
}

/// The words by which a client is known, and what it needs. The first that fits
/// counts, so that `claude-code` is not taken for Claude.
const KNOWN: [(&[&str], Both); 8] = [
    (
        &["claude-code", "claude code"],
        Both {
            english: "Claude Code logs in only when its user asks for it (`/mcp`, or `claude mcp login NAME`), needs `S256` and the same address in the resource metadata as was added, and sends nothing to http addresses beyond its own machine.",
            japanese: "Claude Code は、利用者が `/mcp` か `claude mcp login NAME` で求めたときだけログインします。`S256` と、追加したアドレスと同じリソースのメタデータが必要で、マシンの外の http アドレスには何も送りません。",
        },
    ),
    (
        &["mcp-remote", "mcp cli proxy"],
        Both {
            english: "mcp-remote registers itself unless it is given an id with --static-oauth-client-info, listens for the browser on its own machine, and keeps a dead registration until ~/.mcp-auth is removed.",
            japanese: "mcp-remote は、--static-oauth-client-info で ID を渡さない限り自分を登録し、自分のマシンでブラウザーの応答を待ちます。無効になった登録は ~/.mcp-auth を消すまで使い続けます。",
        },
    ),
    (
        &["inspector"],
        Both {
            english: "Inspector registers itself, or takes an id and a secret in its OAuth settings; it comes back to http://127.0.0.1:6274/oauth/callback (6276 on the command line), and refuses http beyond its own machine. Versions 0.16 and 0.22 come back to http://localhost:6274/oauth/callback or its /debug, and read the metadata from the page in the browser.",
            japanese: "Inspector は自分を登録するか、OAuth の設定に ID とシークレットを入れて使います。戻り先は http://127.0.0.1:6274/oauth/callback (コマンドラインでは 6276) で、マシンの外の http は拒否します。0.16 と 0.22 の戻り先は http://localhost:6274/oauth/callback かその下の /debug で、メタデータはブラウザーのページから読みます。",
        },
    ),
    (
        &["visual studio code", "vscode"],
        Both {
            english: "VS Code registers itself, or asks for an id and a secret. It comes back to https://vscode.dev/redirect or to port 33418 of its own machine, and keeps a registration that this server no longer knows until it is removed there.",
            japanese: "VS Code は自分を登録するか、ID とシークレットを尋ねます。戻り先は https://vscode.dev/redirect か、自分のマシンのポート 33418 です。サーバーから消えた登録は、VS Code の側で消すまで使い続けます。",
        },
    ),
    (
        &["cursor"],
        Both {
            english: "Cursor registers itself, or takes CLIENT_ID and CLIENT_SECRET under `auth` in mcp.json; it comes back to http://localhost:8787/callback, and older ones to cursor://anysphere.cursor-mcp/oauth/callback.",
            japanese: "Cursor は自分を登録するか、mcp.json の `auth` の CLIENT_ID と CLIENT_SECRET を使います。戻り先は http://localhost:8787/callback、古い版では cursor://anysphere.cursor-mcp/oauth/callback です。",
        },
    ),
    (
        &["codex"],
        Both {
            english: "Codex logs in at `codex mcp add` or `codex mcp login NAME`, comes back to http://127.0.0.1 at any port unless `mcp_oauth_callback_port` names one, and a running session keeps its old token until it is started again.",
            japanese: "Codex は `codex mcp add` か `codex mcp login NAME` でログインします。戻り先は http://127.0.0.1 の任意のポート (`mcp_oauth_callback_port` で固定できます) で、動作中のセッションは、再起動するまで古いトークンを使い続けます。",
        },
    ),
    (
        &["chatgpt", "openai-mcp"],
        Both {
            english: "ChatGPT needs a public https address, `S256`, and `resource` in both requests; it comes back to https://chatgpt.com/connector_platform_oauth_redirect, and takes no token that is pasted.",
            japanese: "ChatGPT には、公開された https のアドレスと `S256`、両方のリクエストの `resource` が必要です。戻り先は https://chatgpt.com/connector_platform_oauth_redirect で、貼り付けたトークンは使えません。",
        },
    ),
    (
        &["claude", "anthropic"],
        Both {
            english: "Claude's connectors call from Anthropic's network over IPv4: they need a public https address, typed exactly as the resource metadata has it, answers within 10 seconds, and https://claude.ai/api/mcp/auth_callback among the redirect addresses.",
            japanese: "Claude のコネクターは、Anthropic のネットワークから IPv4 で接続します。リソースのメタデータと同じに入力した公開 https アドレス、10 秒以内の応答、リダイレクト先の https://claude.ai/api/mcp/auth_callback が必要です。",
        },
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn journey(name: Option<&str>, id: Option<&str>, agent: &str) -> Journey {
        Journey {
            id: 1,
            address: "127.0.0.1".to_owned(),
            agent: agent.to_owned(),
            client_id: id.map(str::to_owned),
            client_name: name.map(str::to_owned),
            runtime: None,
            subject: None,
            steps: Vec::new(),
            left_out: 0,
        }
    }

    #[test]
    fn a_client_is_known_by_its_name_its_id_or_its_program() {
        for (name, id, agent, beginning) in [
            (
                Some("Claude Code (adder)"),
                None,
                "Bun/1.4.4",
                "Claude Code logs",
            ),
            (
                None,
                None,
                "claude-code/2.1.330 (sdk-cli)",
                "Claude Code logs",
            ),
            (
                None,
                Some("https://claude.ai/oauth/claude-code-client-metadata"),
                "Bun/1.4.4",
                "Claude Code logs",
            ),
            (
                None,
                Some("https://claude.ai/oauth/mcp-oauth-client-metadata"),
                "python-httpx",
                "Claude's connectors",
            ),
            (Some("Claude"), None, "", "Claude's connectors"),
            (Some("MCP Inspector"), None, "node", "Inspector registers"),
            (
                Some("MCP CLI Proxy"),
                None,
                "undici",
                "mcp-remote registers",
            ),
            (
                Some("Visual Studio Code"),
                None,
                "node",
                "VS Code registers",
            ),
            (Some("Cursor"), None, "", "Cursor registers"),
            (None, None, "codex-mcp-client/0.169.0", "Codex logs in"),
            (Some("ChatGPT"), None, "", "ChatGPT needs"),
        ] {
            let journey = journey(name, id, agent);
            let english = of(Language::English, &journey).unwrap();
            assert!(
                english.starts_with(beginning),
                "{name:?} {id:?} {agent}: {english}"
            );
            let japanese = of(Language::Japanese, &journey).unwrap();
            assert_ne!(english, japanese);
        }
    }

    #[test]
    fn of_a_client_that_nobody_knows_nothing_is_said() {
        let unknown = journey(Some("my agent"), Some("web"), "Mozilla/5.0 Chrome/140");
        assert_eq!(of(Language::English, &unknown), None);
    }
}
