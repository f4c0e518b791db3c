//! The chart of calls and refusals.

/// Its sentences.
pub(crate) struct TrafficTexts {
    pub(crate) title: &'static str,
    pub(crate) lead: &'static str,
    pub(crate) none: &'static str,
    pub(crate) told: &'static str,
    pub(crate) calls: &'static str,
    pub(crate) refusals: &'static str,
    pub(crate) day_ago: &'static str,
    pub(crate) now: &'static str,
    pub(crate) figures: &'static str,
    pub(crate) hour: &'static str,
}

pub(super) const ENGLISH: TrafficTexts = TrafficTexts {
    title: "Calls and refusals",
    lead: "Of the last 24 hours, since the server was started. A call was let in and given to an instance; a refusal had a token that was not taken. The first call of a client without a token is neither.",
    none: "Nothing came within the last 24 hours.",
    told: "Within the last 24 hours: calls {calls}, refusals {refusals}; at most {most} in ten minutes.",
    calls: "Calls",
    refusals: "Refusals",
    day_ago: "24 h ago",
    now: "now",
    figures: "In figures, by the hour",
    hour: "From",
};

pub(super) const JAPANESE: TrafficTexts = TrafficTexts {
    title: "呼び出しと拒否",
    lead: "サーバーの起動後、過去 24 時間の件数です。「呼び出し」は許可されてインスタンスに渡したもの、「拒否」はトークンが受け入れられなかったものです。トークンを持たないクライアントの最初の呼び出しは、どちらにも数えません。",
    none: "過去 24 時間には何も届いていません。",
    told: "過去 24 時間: 呼び出し {calls} 件、拒否 {refusals} 件。10 分間の最大は {most} 件です。",
    calls: "呼び出し",
    refusals: "拒否",
    day_ago: "24 時間前",
    now: "現在",
    figures: "1 時間ごとの数値",
    hour: "開始",
};
