//! What keeps a person from a page.

/// Its sentences.
pub(crate) struct TroubleTexts {
    pub(crate) no_role_title: &'static str,
    pub(crate) no_role_what: &'static str,
    pub(crate) no_role_fix: &'static str,
    pub(crate) not_operator_title: &'static str,
    pub(crate) not_operator_what: &'static str,
    pub(crate) not_operator_fix: &'static str,
    pub(crate) forged_title: &'static str,
    pub(crate) forged_what: &'static str,
    pub(crate) forged_fix: &'static str,
    pub(crate) unreadable_what: &'static str,
    pub(crate) unreadable_fix: &'static str,
    pub(crate) no_page_title: &'static str,
    pub(crate) no_page_what: &'static str,
    pub(crate) no_page_fix: &'static str,
    pub(crate) failed_title: &'static str,
}

pub(super) const ENGLISH: TroubleTexts = TroubleTexts {
    no_role_title: "Not for you yet",
    no_role_what: "You are logged in as {user}, who has no role in the console.",
    no_role_fix: "Whoever runs the server can change that with: shukuba user role {user} operator (or viewer).",
    not_operator_title: "Only to look at",
    not_operator_what: "You see everything here and change nothing: your role is viewer.",
    not_operator_fix: "Whoever runs the server can change that with: shukuba user role NAME operator.",
    forged_title: "Nothing was changed",
    forged_what: "The form was not made for you in this browser, or you logged in again since.",
    forged_fix: "Open the page again and send the form from there.",
    unreadable_what: "The form does not say what its page asks.",
    unreadable_fix: "Open the page again and fill in every field.",
    no_page_title: "No such page",
    no_page_what: "The console has no page at this address.",
    no_page_fix: "The menu of the console names all of them.",
    failed_title: "This did not work",
};

pub(super) const JAPANESE: TroubleTexts = TroubleTexts {
    no_role_title: "利用できません",
    no_role_what: "{user} としてログインしていますが、コンソールを使う役割がありません。",
    no_role_fix: "サーバーの管理者は次のコマンドで変更できます: shukuba user role {user} operator (または viewer)。",
    not_operator_title: "閲覧のみです",
    not_operator_what: "閲覧者の役割では、すべてを見られますが、変更はできません。",
    not_operator_fix: "サーバーの管理者は次のコマンドで変更できます: shukuba user role NAME operator。",
    forged_title: "変更していません",
    forged_what: "このフォームは、このブラウザーのあなたのために作られたものではないか、その後ログインし直しています。",
    forged_fix: "ページを開き直して、そこから送信してください。",
    unreadable_what: "フォームに、ページが求める内容がありません。",
    unreadable_fix: "ページを開き直して、すべての欄に入力してください。",
    no_page_title: "ページがありません",
    no_page_what: "このアドレスのページはコンソールにありません。",
    no_page_fix: "コンソールのメニューにすべてのページがあります。",
    failed_title: "実行できませんでした",
};
