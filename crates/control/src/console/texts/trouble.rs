//! What keeps a person from a page.

/// Its sentences.
pub(crate) struct TroubleTexts {
    pub(crate) no_role_title: &'static str,
    pub(crate) no_role_what: &'static str,
    pub(crate) no_role_fix: &'static str,
    pub(crate) no_page_title: &'static str,
    pub(crate) no_page_what: &'static str,
    pub(crate) no_page_fix: &'static str,
    pub(crate) failed_title: &'static str,
}

pub(super) const ENGLISH: TroubleTexts = TroubleTexts {
    no_role_title: "Not for you yet",
    no_role_what: "You are logged in as {user}, who has no role in the console.",
    no_role_fix: "Whoever runs the server can change that with: shukuba user role {user} operator (or viewer).",
    no_page_title: "No such page",
    no_page_what: "The console has no page at this address.",
    no_page_fix: "The menu of the console names all of them.",
    failed_title: "This did not work",
};

pub(super) const JAPANESE: TroubleTexts = TroubleTexts {
    no_role_title: "利用できません",
    no_role_what: "{user} としてログインしていますが、コンソールを使う役割がありません。",
    no_role_fix: "サーバーの管理者は次のコマンドで変更できます: shukuba user role {user} operator (または viewer)。",
    no_page_title: "ページがありません",
    no_page_what: "このアドレスのページはコンソールにありません。",
    no_page_fix: "コンソールのメニューにすべてのページがあります。",
    failed_title: "実行できませんでした",
};
