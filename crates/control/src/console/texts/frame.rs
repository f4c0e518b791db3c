//! The frame of every page.

/// Its sentences.
pub(crate) struct FrameTexts {
    pub(crate) menu: &'static str,
    pub(crate) skip: &'static str,
    pub(crate) home: &'static str,
    pub(crate) journeys: &'static str,
    pub(crate) account: &'static str,
    pub(crate) logout: &'static str,
    pub(crate) operator: &'static str,
    pub(crate) viewer: &'static str,
    /// The other language, in itself.
    pub(crate) language_other: &'static str,
    pub(crate) language_label: &'static str,
    pub(crate) copy: &'static str,
    pub(crate) copied: &'static str,
    pub(crate) back: &'static str,
}

pub(super) const ENGLISH: FrameTexts = FrameTexts {
    menu: "Menu",
    skip: "Skip to the content",
    home: "Home",
    journeys: "Journeys",
    account: "My account",
    logout: "Log out",
    operator: "operator",
    viewer: "viewer: sees all, changes nothing",
    language_other: "日本語",
    language_label: "Language",
    copy: "Copy",
    copied: "Copied",
    back: "Back to the console",
};

pub(super) const JAPANESE: FrameTexts = FrameTexts {
    menu: "メニュー",
    skip: "本文へ移動",
    home: "ホーム",
    journeys: "接続の記録",
    account: "アカウント",
    logout: "ログアウト",
    operator: "管理者",
    viewer: "閲覧者: 変更はできません",
    language_other: "English",
    language_label: "表示言語",
    copy: "コピー",
    copied: "コピーしました",
    back: "コンソールに戻る",
};
