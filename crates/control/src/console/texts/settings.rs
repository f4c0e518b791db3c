//! How the server is set up.

use shukuba_model::setting::Knob;

/// Its sentences.
pub(crate) struct SettingTexts {
    pub(crate) title: &'static str,
    pub(crate) lead: &'static str,
    pub(crate) addresses: &'static str,
    pub(crate) openid: &'static str,
    pub(crate) issuer: &'static str,
    pub(crate) told: &'static str,
    pub(crate) setting: &'static str,
    pub(crate) value: &'static str,
    pub(crate) by_flag: &'static str,
    pub(crate) by_environment: &'static str,
    pub(crate) by_default: &'static str,
    pub(crate) nothing: &'static str,
    pub(crate) in_environment: &'static str,
    pub(crate) facts: &'static str,
    pub(crate) version: &'static str,
    pub(crate) isolation: &'static str,
    pub(crate) process: &'static str,
    knob: fn(Knob) -> (&'static str, &'static str),
}

impl SettingTexts {
    /// What a setting is called, and what it does.
    pub(crate) fn knob(&self, knob: Knob) -> (&'static str, &'static str) {
        (self.knob)(knob)
    }
}

pub(super) const ENGLISH: SettingTexts = SettingTexts {
    title: "Settings",
    lead: "How this server was started. A setting is changed by starting it with another flag or environment variable; a flag goes before a variable.",
    addresses: "Addresses",
    openid: "OpenID configuration",
    issuer: "Issuer",
    told: "As started",
    setting: "Setting",
    value: "Value, and where it comes from",
    by_flag: "Flag",
    by_environment: "Environment",
    by_default: "Default",
    nothing: "none",
    in_environment: "in the environment",
    facts: "This server",
    version: "Version",
    isolation: "Isolation of instances",
    process: "Process",
    knob: |knob| match knob {
        Knob::PublicUrl => (
            "Public URL",
            "What clients know the server by. Without one: the address listened on.",
        ),
        Knob::Listen => ("Listen address", "Where connections are taken."),
        Knob::Port => ("Port", "The one in use."),
        Knob::TlsCertificate => (
            "TLS certificate",
            "Read again when it changes. Without one the server speaks plain HTTP.",
        ),
        Knob::TlsKey => ("TLS private key", "The file it lies in."),
        Knob::TrustedProxies => (
            "Trusted proxies",
            "Whose X-Forwarded-For is believed about a client's address.",
        ),
        Knob::Registration => (
            "Registration of clients",
            "Whether a client may register itself: open, initial-access-token or off.",
        ),
        Knob::ClientDocuments => (
            "Clients by metadata document",
            "Whether a client id may be the address of a document about the client (CIMD).",
        ),
        Knob::LoginIdleDays => (
            "Unused login, in days",
            "A connected application that is not used for so long asks its person to log in again.",
        ),
        Knob::LoginDays => (
            "Longest login, in days",
            "After so long every connected application asks its person to log in again.",
        ),
        Knob::DataDir => ("Data directory", "Where everything is kept."),
        Knob::MasterKey => (
            "Master key",
            "Where the key lies that private keys are sealed under. The key itself is shown nowhere.",
        ),
    },
};

pub(super) const JAPANESE: SettingTexts = SettingTexts {
    title: "設定",
    lead: "このサーバーの起動時の設定です。変更するには、フラグか環境変数を変えて起動し直してください。フラグは環境変数に優先します。",
    addresses: "アドレス",
    openid: "OpenID 構成",
    issuer: "発行者",
    told: "起動時の設定",
    setting: "設定",
    value: "値と指定元",
    by_flag: "フラグ",
    by_environment: "環境変数",
    by_default: "既定値",
    nothing: "なし",
    in_environment: "環境変数の中",
    facts: "このサーバー",
    version: "バージョン",
    isolation: "インスタンスの隔離",
    process: "プロセス",
    knob: |knob| match knob {
        Knob::PublicUrl => (
            "公開 URL",
            "クライアントから見たサーバーのアドレスです。指定がなければ待ち受けアドレスになります。",
        ),
        Knob::Listen => ("待ち受けアドレス", "接続を受け付けるアドレスです。"),
        Knob::Port => ("ポート", "使用中のポートです。"),
        Knob::TlsCertificate => (
            "TLS 証明書",
            "変更されると読み直します。指定がなければ暗号化しない HTTP になります。",
        ),
        Knob::TlsKey => ("TLS 秘密鍵", "秘密鍵のファイルです。"),
        Knob::TrustedProxies => (
            "信頼するプロキシ",
            "クライアントのアドレスとして X-Forwarded-For を信じる相手です。",
        ),
        Knob::Registration => (
            "クライアントの自己登録",
            "クライアントが自分で登録できるかどうかです。open (だれでも)、initial-access-token (トークンが必要)、off (不可) のいずれかです。",
        ),
        Knob::ClientDocuments => (
            "メタデータ文書のクライアント",
            "クライアントについての文書のアドレスを、クライアント ID として使えるかどうかです (CIMD)。",
        ),
        Knob::LoginIdleDays => (
            "使わないログインの日数",
            "この日数使われなかったアプリケーションは、ログインし直しを求めます。",
        ),
        Knob::LoginDays => (
            "ログインの最長日数",
            "この日数が過ぎると、使っていてもログインし直しを求めます。",
        ),
        Knob::DataDir => ("データディレクトリ", "すべてのデータの保存先です。"),
        Knob::MasterKey => (
            "マスターキー",
            "秘密鍵を封じる鍵の場所です。鍵そのものはどこにも表示しません。",
        ),
    },
};
