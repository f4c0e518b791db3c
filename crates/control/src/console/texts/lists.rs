//! What long lists have in common.

/// Its sentences.
pub(crate) struct ListTexts {
    pub(crate) search: &'static str,
    pub(crate) of_runtimes: &'static str,
    pub(crate) of_applications: &'static str,
    pub(crate) find: &'static str,
    pub(crate) all: &'static str,
    pub(crate) none: &'static str,
}

pub(super) const ENGLISH: ListTexts = ListTexts {
    search: "Search",
    of_runtimes: "A part of the name",
    of_applications: "A part of the name or of the client id; of a document, a part of its address",
    find: "Find",
    all: "Show all",
    none: "Nothing here has “{text}” in it.",
};

pub(super) const JAPANESE: ListTexts = ListTexts {
    search: "検索",
    of_runtimes: "名前の一部",
    of_applications: "名前かクライアント ID の一部。文書で名乗ったものはアドレスの一部",
    find: "探す",
    all: "すべて表示",
    none: "「{text}」を含むものは見つかりません。",
};
