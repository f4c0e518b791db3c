//! Why a name, an address or another value is not what it is to be.

use super::Phrase;

pub(super) const PHRASES: &[Phrase] = &[
    (
        "{} '{}' is not valid: {}",
        "「{1}」は {0~} として正しくありません: {2~}",
    ),
    ("API identifier", "API の識別子"),
    ("application type", "アプリケーションの種類"),
    ("client id", "クライアント ID"),
    ("discovery URL", "OpenID 設定のアドレス"),
    ("preset", "クライアント"),
    ("redirect URI", "リダイレクト URI"),
    ("role", "役割"),
    ("scope description", "スコープの説明"),
    ("scope", "スコープ"),
    ("signing algorithm", "署名アルゴリズム"),
    ("token lifetime", "トークンの有効期間"),
    ("token profile", "トークンのプロファイル"),
    ("user id", "ユーザー ID"),
    ("user name", "ユーザー名"),
    ("it must be {}", "{0~} でなければなりません"),
    (
        "one exact address, without a wildcard ('*')",
        "ワイルドカード ('*') のない、1 つのアドレス",
    ),
    (
        "absolute, such as https://client.example/callback",
        "https://client.example/callback のような絶対 URL",
    ),
    ("a URL that a browser can open", "ブラウザーで開ける URL"),
    (
        "https; plain http only goes to localhost, 127.0.0.1 or [::1]",
        "https (http は localhost、127.0.0.1、[::1] のみ)",
    ),
    (
        "written with its scheme in lower case",
        "スキームが小文字の URL",
    ),
    (
        "https, http on loopback, or an application's own scheme",
        "https、ループバックの http、またはアプリケーション独自のスキーム",
    ),
    (
        "free of a user name or password ('@' before the path)",
        "ユーザー名やパスワード (パスの前の '@') のない URL",
    ),
    ("more than a scheme", "スキームだけではない URL"),
    (
        "1 to 64 of the characters a-z A-Z 0-9 . _ - @ +, beginning with a letter or digit",
        "a-z A-Z 0-9 . _ - @ + の 1〜64 文字で、英字か数字で始まること",
    ),
    (
        "'none', 'viewer' or 'operator'",
        "'none'、'viewer'、'operator' のいずれか",
    ),
    (
        "1 to 2,048 printable ASCII characters without spaces",
        "空白を除く ASCII 文字で 1〜2,048 文字",
    ),
    (
        "m2m (machine to machine), connector (an MCP client that people log in with) or native (the same on their own machine, without a secret)",
        "m2m (マシン間)、connector (人がログインに使う MCP クライアント)、native (人の手元のマシンで動く、シークレットのないもの) のいずれか",
    ),
    (
        "1 to 600 bytes without spaces, control characters or '#'; a URL is usual",
        "1〜600 バイトで、空白、制御文字、'#' を含まないこと (通常は URL)",
    ),
    ("1 to {} seconds (30 days)", "1〜{0} 秒 (30 日)"),
    (
        "1 to 200 characters of printable ASCII without spaces, quotes and backslashes",
        "空白、引用符、バックスラッシュを除く ASCII 文字で 1〜200 文字",
    ),
    (
        "at most {} characters, without control characters",
        "{0} 文字まで (制御文字を除く)",
    ),
    ("at most {} bytes", "{0} バイトまで"),
    ("at most {} scopes", "スコープは {0} 件まで"),
    (
        "names of printable ASCII without quotes and backslashes, separated by spaces",
        "引用符とバックスラッシュを除く ASCII 文字の名前を空白で区切ったもの",
    ),
    ("an absolute https URL", "https の絶対 URL"),
    (
        "https; plain http only on a loopback address",
        "https (http はループバックアドレスのみ)",
    ),
    (
        "no query, fragment or user name in it",
        "クエリ、フラグメント、ユーザー名のない URL",
    ),
    (
        "its path ends in /.well-known/openid-configuration (or /.well-known/oauth-authorization-server)",
        "パスが /.well-known/openid-configuration (または /.well-known/oauth-authorization-server) で終わる URL",
    ),
    (
        "a letter, then up to 47 letters, digits or underscores ([a-zA-Z][a-zA-Z0-9_]{0,47})",
        "英字で始まり、英数字と下線が 47 文字まで続く名前 ([a-zA-Z][a-zA-Z0-9_]…)",
    ),
];
