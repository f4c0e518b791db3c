//! What clients did on their way in.

use shukuba_model::journey::{State, Step};

/// Its sentences.
pub(crate) struct JourneyTexts {
    pub(crate) title: &'static str,
    pub(crate) lead: &'static str,
    pub(crate) none: &'static str,
    pub(crate) none_fix: &'static str,
    pub(crate) client: &'static str,
    pub(crate) from: &'static str,
    pub(crate) runtime: &'static str,
    pub(crate) last: &'static str,
    pub(crate) state: &'static str,
    pub(crate) journey: &'static str,
    pub(crate) nameless: &'static str,
    pub(crate) agent: &'static str,
    pub(crate) client_id: &'static str,
    pub(crate) subject: &'static str,
    pub(crate) began: &'static str,
    pub(crate) what: &'static str,
    pub(crate) fix: &'static str,
    pub(crate) needs: &'static str,
    pub(crate) steps: &'static str,
    pub(crate) by_client: &'static str,
    pub(crate) by_browser: &'static str,
    pub(crate) server: &'static str,
    pub(crate) took: &'static str,
    pub(crate) times: &'static str,
    pub(crate) left_out: &'static str,
    pub(crate) arrived: &'static str,
    pub(crate) underway: &'static str,
    pub(crate) waits: &'static str,
    pub(crate) stopped: &'static str,
    step: fn(Step) -> &'static str,
}

impl JourneyTexts {
    /// A step in words.
    pub(crate) fn step(&self, step: Step) -> &'static str {
        (self.step)(step)
    }

    /// How far a journey got, in words.
    pub(crate) fn state(&self, state: &State) -> String {
        match state {
            State::Arrived => self.arrived.to_owned(),
            State::Underway => self.underway.to_owned(),
            State::WaitsForPerson => self.waits.to_owned(),
            State::Stopped { at, .. } => self.stopped.replace("{step}", self.step(*at)),
        }
    }
}

pub(super) const ENGLISH: JourneyTexts = JourneyTexts {
    title: "Journeys",
    lead: "What each client did on its way in, and where it got stuck. The newest 200 are kept until the server ends; no token, code or secret is in them.",
    none: "No client came since the server was started.",
    none_fix: "Give one the address of a runtime: its first request shows up here.",
    client: "Client",
    from: "From",
    runtime: "Runtime",
    last: "Last step",
    state: "State",
    journey: "Journey {number}",
    nameless: "A client without a name",
    agent: "Calls itself",
    client_id: "Client id",
    subject: "Subject",
    began: "Began",
    what: "What happened",
    fix: "What to do",
    needs: "What this client needs",
    steps: "Steps",
    by_client: "Client",
    by_browser: "Browser",
    server: "Server",
    took: "{ms} ms",
    times: "{times} times",
    left_out: "{count} steps are left out here.",
    arrived: "Arrived",
    underway: "Under way",
    waits: "Waits for a person",
    stopped: "Stopped: {step}",
    step: |step| match step {
        Step::Challenge => "Call without a token",
        Step::ResourceMetadata => "Resource metadata",
        Step::IssuerMetadata => "Issuer metadata",
        Step::Registration => "Registration",
        Step::DeviceCode => "Device code",
        Step::Authorization => "Authorization",
        Step::Login => "Login",
        Step::Consent => "Consent",
        Step::Token => "Token",
        Step::Refresh => "Refresh",
        Step::Call => "Call",
    },
};

pub(super) const JAPANESE: JourneyTexts = JourneyTexts {
    title: "接続の記録",
    lead: "それぞれのクライアントが接続するまでに何をし、どこで止まったかの記録です。新しいものから 200 件を、サーバーが終了するまで残します。トークンやコード、シークレットは含みません。",
    none: "サーバーの起動後、まだクライアントは来ていません。",
    none_fix: "クライアントにランタイムのアドレスを設定すると、最初のリクエストからここに表示されます。",
    client: "クライアント",
    from: "接続元",
    runtime: "ランタイム",
    last: "最後のステップ",
    state: "状態",
    journey: "記録 {number}",
    nameless: "名前のないクライアント",
    agent: "名乗り",
    client_id: "クライアント ID",
    subject: "サブジェクト",
    began: "開始",
    what: "起きたこと",
    fix: "対処",
    needs: "このクライアントに必要なこと",
    steps: "ステップ",
    by_client: "クライアント",
    by_browser: "ブラウザー",
    server: "サーバー",
    took: "{ms} ミリ秒",
    times: "{times} 回",
    left_out: "ここでは {count} ステップを省いています。",
    arrived: "接続済み",
    underway: "進行中",
    waits: "人の操作待ち",
    stopped: "停止: {step}",
    step: |step| match step {
        Step::Challenge => "トークンなしの呼び出し",
        Step::ResourceMetadata => "リソースのメタデータ",
        Step::IssuerMetadata => "発行者のメタデータ",
        Step::Registration => "登録",
        Step::DeviceCode => "デバイスコード",
        Step::Authorization => "認可",
        Step::Login => "ログイン",
        Step::Consent => "同意",
        Step::Token => "トークン",
        Step::Refresh => "更新",
        Step::Call => "呼び出し",
    },
};
