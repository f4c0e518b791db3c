//! The metadata document of a client, given by hand.

/// Its sentences.
pub(crate) struct ImportTexts {
    pub(crate) title: &'static str,
    pub(crate) lead: &'static str,
    pub(crate) wrong: &'static str,
    pub(crate) imported: &'static str,
    pub(crate) client_id_hint: &'static str,
    pub(crate) document: &'static str,
    pub(crate) document_hint: &'static str,
    pub(crate) import: &'static str,
    pub(crate) cancel: &'static str,
}

pub(super) const ENGLISH: ImportTexts = ImportTexts {
    title: "Import a document",
    lead: "For a client whose id is the address of a document that this server cannot reach. It is judged by the same rules as a fetched one, and is not fetched from then on: import it again when its author changes it.",
    wrong: "This was not imported. Look at:",
    imported: "Imported, and known from now on:",
    client_id_hint: "The address of the document, which the client sends as its client_id.",
    document: "Document",
    document_hint: "The JSON object as it lies at that address: open it where it can be reached, and copy all of it.",
    import: "Import",
    cancel: "Cancel",
};

pub(super) const JAPANESE: ImportTexts = ImportTexts {
    title: "文書のインポート",
    lead: "このサーバーから届かないアドレスの文書を ID とするクライアントのためのものです。取得した文書と同じルールで検査します。以後は取得しないため、作者が変更したときは再度インポートしてください。",
    wrong: "インポートしていません。次を確認してください:",
    imported: "インポートしました。以後は次のクライアントとして扱います:",
    client_id_hint: "文書のアドレスです。クライアントはこれを client_id として送ります。",
    document: "文書",
    document_hint: "そのアドレスにある JSON オブジェクト全体です。届く場所で開いて、すべてコピーしてください。",
    import: "インポート",
    cancel: "キャンセル",
};
