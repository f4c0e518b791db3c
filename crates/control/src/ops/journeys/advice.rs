//! Why a client went no further and what to do, in two languages.

use shukuba_model::journey::{Step, Stop};
use shukuba_pages::Language;

/// A sentence in every language.
pub(super) struct Both {
    pub(super) english: &'static str,
    pub(super) japanese: &'static str,
}

impl Both {
    pub(super) fn text(&self, language: Language) -> &'static str {
        match language {
            Language::English => self.english,
            Language::Japanese => self.japanese,
        }
    }
}

/// What to do after a step was refused for that reason.
pub(super) fn after_refusal(language: Language, at: Step, reason: &str) -> &'static str {
    let both = match (at, reason) {
        (Step::Login, _) => LOGIN,
        (Step::Registration, "invalid_redirect_uri") => REDIRECT_REGISTERED,
        (Step::Registration, "access_denied" | "invalid_token") => NO_REGISTRATION,
        (Step::Authorization, "invalid_client") => UNKNOWN_CLIENT,
        (Step::Authorization, "invalid_request") => REDIRECT,
        (Step::Authorization, "invalid_target") => TARGET,
        (Step::Authorization | Step::Consent, "access_denied" | "not_allowed") => DENIED,
        (Step::Token, "invalid_client") => SECRET,
        (Step::Token, "invalid_grant") => CODE,
        (Step::Refresh, _) => LOGIN_ENDED,
        (Step::Call, "expired") => EXPIRED,
        (Step::Call, "audience") => AUDIENCE,
        _ => ELSE,
    };
    both.text(language)
}

/// What happened and what to do when a client just stopped.
pub(super) fn silence(language: Language, why: Stop) -> (&'static str, &'static str) {
    let (what, fix) = match why {
        Stop::Refused => (REFUSED, ELSE),
        Stop::IgnoredChallenge => IGNORED_CHALLENGE,
        Stop::IgnoredIssuer => IGNORED_ISSUER,
        Stop::WentNoFurther => WENT_NO_FURTHER,
        Stop::NoBrowser => NO_BROWSER,
        Stop::PersonLeft => PERSON_LEFT,
        Stop::NoExchange => NO_EXCHANGE,
        Stop::NoCall => NO_CALL,
    };
    (what.text(language), fix.text(language))
}

/// What happened and what to do where clients hold plain http against us.
pub(super) fn plain_http(language: Language) -> (&'static str, &'static str) {
    let (what, fix) = PLAIN_HTTP;
    (what.text(language), fix.text(language))
}

const LOGIN: Both = Both {
    english: "The person may try again; `shukuba user reset NAME` makes a link to choose a new password.",
    japanese: "もう一度ログインしてください。`shukuba user reset NAME` で、新しいパスワードを選ぶためのリンクを作れます。",
};
const REDIRECT_REGISTERED: Both = Both {
    english: "Have the client register an https address, a loopback http address, or an address of its own scheme.",
    japanese: "クライアントが https のアドレス、ループバックの http アドレス、または独自スキームのアドレスを登録するようにしてください。",
};
const NO_REGISTRATION: Both = Both {
    english: "Make an application with `shukuba app create`, and give the client its id; or start the server with `--registration open`.",
    japanese: "`shukuba app create` でアプリケーションを作ってその ID をクライアントに設定するか、サーバーを `--registration open` で起動してください。",
};
const UNKNOWN_CLIENT: Both = Both {
    english: "The client uses an id this server does not know: have it forget its old registration and connect again, or make an application with `shukuba app create`.",
    japanese: "クライアントの ID をこのサーバーは知りません。クライアントの古い登録を消して接続し直すか、`shukuba app create` でアプリケーションを作ってください。",
};
const REDIRECT: Both = Both {
    english: "Compare the client's redirect address with those of its application (`shukuba app show`): it must be the same, letter by letter; only the port of a loopback address may differ.",
    japanese: "クライアントのリダイレクト先を、アプリケーションに登録されたもの (`shukuba app show`) と比べてください。一字一句同じでなければならず、違ってよいのはループバックアドレスのポートだけです。",
};
const TARGET: Both = Both {
    english: "The client names a resource that nobody logs in to here: give it the address of a runtime as `shukuba list` shows it.",
    japanese: "クライアントが指定したリソースには、ここではログインできません。`shukuba list` に表示されるランタイムのアドレスを設定してください。",
};
const DENIED: Both = Both {
    english: "The person, or the runtime's login.allow, said no. Connect again and allow it, or change login.allow and launch again.",
    japanese: "本人か、ランタイムの login.allow が拒否しました。接続し直して許可するか、login.allow を変えて launch し直してください。",
};
const SECRET: Both = Both {
    english: "The client's secret is wrong or was removed: `shukuba app secret` makes another.",
    japanese: "クライアントのシークレットが違うか、削除されています。`shukuba app secret` で新しいものを作れます。",
};
const CODE: Both = Both {
    english: "A code works once, within a minute, for the client it was made for: have the client log in again.",
    japanese: "コードは、発行先のクライアントが 1 分以内に一度だけ使えます。クライアントからログインし直してください。",
};
const LOGIN_ENDED: Both = Both {
    english: "The login has ended, was revoked, or its refresh token was used by another program: have the client log in again.",
    japanese: "ログインの期限が切れたか、取り消されたか、リフレッシュトークンが別のプログラムに使われました。クライアントからログインし直してください。",
};
const EXPIRED: Both = Both {
    english: "The client went on with a token that has ended. It should use its refresh token; a pasted token has to be pasted anew.",
    japanese: "クライアントが期限切れのトークンを使い続けています。本来はリフレッシュトークンで更新します。貼り付けたトークンは、貼り直す必要があります。",
};
const AUDIENCE: Both = Both {
    english: "The token is for another resource: the client should send `resource` with the runtime's address, or the runtime's allowedAudience should name the token's audience.",
    japanese: "トークンは別のリソースのためのものです。クライアントが `resource` にランタイムのアドレスを送るか、ランタイムの allowedAudience にトークンのオーディエンスを加えてください。",
};
const ELSE: Both = Both {
    english: "The text says what was wrong; `shukuba token explain TOKEN` shows every rule for a token.",
    japanese: "何が問題だったかは、上の文に書かれています。トークンについては `shukuba token explain TOKEN` がすべてのルールを示します。",
};
const REFUSED: Both = Both {
    english: "The step was refused.",
    japanese: "このステップは拒否されました。",
};
const IGNORED_CHALLENGE: (Both, Both) = (
    Both {
        english: "The client was told where the metadata is, and did not read it: it may know nothing of OAuth.",
        japanese: "クライアントはメタデータの場所を知らされましたが、読みませんでした。OAuth に対応していないのかもしれません。",
    },
    Both {
        english: "Give it a token: `shukuba token get` prints one for a header, or for Claude Code's headersHelper.",
        japanese: "トークンを渡してください。`shukuba token get` が、ヘッダー用や Claude Code の headersHelper 用のトークンを表示します。",
    },
);
const IGNORED_ISSUER: (Both, Both) = (
    Both {
        english: "The client read the resource metadata, and asked nothing of the authorization server.",
        japanese: "クライアントはリソースのメタデータを読みましたが、認可サーバーには何も尋ねませんでした。",
    },
    Both {
        english: "Check that it can reach the authorization server's address from where it runs.",
        japanese: "クライアントが動いている場所から、認可サーバーのアドレスに接続できるか確かめてください。",
    },
);
const WENT_NO_FURTHER: (Both, Both) = (
    Both {
        english: "The client read where to register and to log in, and did neither.",
        japanese: "クライアントは登録とログインの場所を読みましたが、どちらも行いませんでした。",
    },
    Both {
        english: "It may need a client id: make one with `shukuba app create --preset`, and enter it there. Or its user has to press its login button (in Claude Code: /mcp).",
        japanese: "クライアント ID が必要なのかもしれません。`shukuba app create --preset` で作って設定してください。あるいは、利用者がログインの操作をする必要があります (Claude Code では /mcp)。",
    },
);
const NO_BROWSER: (Both, Both) = (
    Both {
        english: "The client registered, and no browser came to log in.",
        japanese: "クライアントは登録しましたが、ログインするブラウザーが来ませんでした。",
    },
    Both {
        english: "Open the address that the client prints in a browser on the same machine.",
        japanese: "クライアントが表示するアドレスを、同じマシンのブラウザーで開いてください。",
    },
);
const PERSON_LEFT: (Both, Both) = (
    Both {
        english: "A page was shown, and the person did not go on.",
        japanese: "ページが表示されましたが、その先に進みませんでした。",
    },
    Both {
        english: "Connect again from the client, and answer the page within ten minutes.",
        japanese: "クライアントから接続し直し、10 分以内にページで答えてください。",
    },
);
const NO_EXCHANGE: (Both, Both) = (
    Both {
        english: "The browser was sent back to the client, and the client did not ask for its token.",
        japanese: "ブラウザーはクライアントに戻されましたが、クライアントはトークンを求めませんでした。",
    },
    Both {
        english: "Check that the client still runs and that its redirect address leads to it: a client on another machine than the browser gets nothing at localhost.",
        japanese: "クライアントがまだ動いていて、リダイレクト先がそこに届くか確かめてください。ブラウザーと別のマシンで動くクライアントには、localhost では届きません。",
    },
);
const NO_CALL: (Both, Both) = (
    Both {
        english: "The client has a token, and did not call with it.",
        japanese: "クライアントはトークンを得ましたが、呼び出しに使いませんでした。",
    },
    Both {
        english: "Connect again from the client; its own log says why it stopped.",
        japanese: "クライアントから接続し直してください。止まった理由はクライアントのログにあります。",
    },
);
const PLAIN_HTTP: (Both, Both) = (
    Both {
        english: "The client read where to log in, and did not go on. The server's public address is plain http and not this machine: Claude Code, Inspector 2, mcp-remote and the TypeScript SDK 2 send no credentials there.",
        japanese: "クライアントはログインの場所を読みましたが、先に進みませんでした。サーバーの公開アドレスが暗号化されない http で、このマシンの外を指しています。Claude Code、Inspector 2、mcp-remote、TypeScript SDK 2 は、そこへ認証情報を送りません。",
    },
    Both {
        english: "Give the server TLS with --tls-cert and --tls-key, or put a proxy with TLS before it and name its address with --public-url.",
        japanese: "--tls-cert と --tls-key でサーバーに TLS を設定するか、TLS のプロキシを前に置いて、そのアドレスを --public-url で指定してください。",
    },
);
