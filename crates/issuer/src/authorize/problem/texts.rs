//! The sentences of a problem: what happened, and what to do.

use super::Problem;
use crate::pages::Language;
use crate::token::form::shortened;

const AGAIN: &str = "Go back to the application and connect again from there.";
const AGAIN_JA: &str = "アプリケーションに戻り、そこからもう一度接続してください。";

impl Problem {
    /// What happened and what to do, in the reader's language.
    pub(super) fn texts(&self, language: Language) -> (String, String) {
        let (what, fix) = match language {
            Language::English => (self.what_english(), self.fix_english()),
            Language::Japanese => (self.what_japanese(), self.fix_japanese()),
        };
        (what, fix.to_owned())
    }

    fn what_english(&self) -> String {
        match self {
            Self::ClientMissing => "The application did not say which one it is: the parameter client_id is missing.".to_owned(),
            Self::ClientUnknown(id) => format!("This server knows no application with the id '{}'.", shortened(id)),
            Self::ClientDocument(reason) => format!("What the application says of itself cannot be used: {reason}"),
            Self::Repeated(name) => format!("The parameter {name} came more than once."),
            Self::Malformed(reason) => format!("The request cannot be read: {reason}"),
            Self::RedirectUnknown(uri) => format!("The application wants you sent to '{}' after login, which is not one of its registered addresses. You were not sent there.", shortened(uri)),
            Self::RedirectMissing => "The application did not say where to send you after login: the parameter redirect_uri is missing, and not exactly one address is registered.".to_owned(),
            Self::Scope(reason) => {
                format!("The application asked for a permission that does not exist here. {reason}")
            }
            Self::Gone => "This login took too long, or it was never begun here.".to_owned(),
            Self::Answered => "This login was answered already; it counts once.".to_owned(),
            Self::OtherBrowser => "This login was begun in another browser, or this browser refused a cookie.".to_owned(),
            Self::Forged => "This answer did not come from the page this server showed you, or you have logged in as somebody else since. Nothing was allowed.".to_owned(),
            Self::TooMany(seconds) => format!("Too many requests came from your network within a minute; the next one is answered in {seconds} s."),
            Self::Server => "The server failed; its log says why.".to_owned(),
        }
    }

    fn fix_english(&self) -> &'static str {
        match self {
            Self::ClientMissing => {
                "Start the login from the application, not by typing this address. If you write the application: send client_id."
            }
            Self::ClientUnknown(_) => {
                "The id may be mistyped, or the application's registration was removed here. In the application, remove the connection or log out of it, then add it again so that it registers anew. 'shukuba app list' shows the operator the known ids."
            }
            Self::ClientDocument(_) => {
                "Whoever runs the application must mend that document. Until then the operator can register the application with 'shukuba app create'."
            }
            Self::Repeated(_) => {
                "Start again from the application. If you write the application: send each parameter once."
            }
            Self::Malformed(_) => AGAIN,
            Self::RedirectUnknown(_) => {
                "If you were led here by a link, leave this page. If it is your application: register this redirect URI, exactly as shown, with 'shukuba app create --redirect-uri'. Only the port of http://localhost and http://127.0.0.1 may differ."
            }
            Self::RedirectMissing => {
                "If you write the application: send redirect_uri, one of those that are registered."
            }
            Self::Scope(_) => AGAIN,
            Self::Gone => AGAIN,
            Self::Answered => {
                "You can close this page. If the application is not connected, connect again from there."
            }
            Self::OtherBrowser => {
                "Go on in the browser where you began, or allow cookies for this site and connect again from the application. If somebody sent you this link, do not go on."
            }
            Self::Forged => AGAIN,
            Self::TooMany(_) => {
                "Wait for so long, then connect again from the application. If you sent none of them, something else in your network does."
            }
            Self::Server => "Try again. If it goes on, tell whoever runs this server.",
        }
    }

    fn what_japanese(&self) -> String {
        match self {
            Self::ClientMissing => "アプリケーションが名乗っていません。client_id パラメーターがありません。".to_owned(),
            Self::ClientUnknown(id) => format!("ID「{}」のアプリケーションはこのサーバーに登録されていません。", shortened(id)),
            Self::ClientDocument(reason) => format!("アプリケーションの自己記述文書が使えません: {reason}"),
            Self::Repeated(name) => format!("パラメーター {name} が複数あります。"),
            Self::Malformed(reason) => format!("リクエストを読み取れません: {reason}"),
            Self::RedirectUnknown(uri) => format!("ログイン後の移動先「{}」は、このアプリケーションに登録されたアドレスではありません。移動していません。", shortened(uri)),
            Self::RedirectMissing => "ログイン後の移動先がわかりません。redirect_uri パラメーターがなく、登録されたアドレスも一つではありません。".to_owned(),
            Self::Scope(reason) => {
                format!("アプリケーションが、ここにない権限（スコープ）を求めました。{reason}")
            }
            Self::Gone => "ログインの有効時間が過ぎたか、ここで始められていないログインです。".to_owned(),
            Self::Answered => "このログインにはすでに回答済みです。回答は一度だけ有効です。".to_owned(),
            Self::OtherBrowser => "このログインは別のブラウザで始められたか、このブラウザが Cookie を拒否しました。".to_owned(),
            Self::Forged => "この回答は、このサーバーが表示したページからのものではないか、その後に別の人としてログインしています。何も許可していません。".to_owned(),
            Self::TooMany(seconds) => format!("お使いのネットワークからのリクエストが多すぎます。{seconds} 秒後に受け付けます。"),
            Self::Server => "サーバーで障害が起きました。原因はログにあります。".to_owned(),
        }
    }

    fn fix_japanese(&self) -> &'static str {
        match self {
            Self::ClientMissing => {
                "このアドレスを直接入力せず、アプリケーションからログインを始めてください。開発者の方は client_id を送ってください。"
            }
            Self::ClientUnknown(_) => {
                "ID の誤りか、登録が削除された可能性があります。アプリケーション側で接続を削除するかログアウトし、追加し直して再登録してください。運用者は 'shukuba app list' で登録済みの ID を確認できます。"
            }
            Self::ClientDocument(_) => {
                "アプリケーションの提供者がその文書を直す必要があります。それまでは運用者が 'shukuba app create' で登録できます。"
            }
            Self::Repeated(_) => {
                "アプリケーションからやり直してください。開発者の方は各パラメーターを一度だけ送ってください。"
            }
            Self::Malformed(_) => AGAIN_JA,
            Self::RedirectUnknown(_) => {
                "リンクをたどって来た場合は、このページを閉じてください。ご自身のアプリケーションなら、このリダイレクト URI を表示どおりに 'shukuba app create --redirect-uri' で登録してください。違ってよいのは http://localhost と http://127.0.0.1 のポート番号だけです。"
            }
            Self::RedirectMissing => "開発者の方は、登録済みの redirect_uri を送ってください。",
            Self::Scope(_) => AGAIN_JA,
            Self::Gone => AGAIN_JA,
            Self::Answered => {
                "このページは閉じてかまいません。アプリケーションが接続されていなければ、そこからもう一度接続してください。"
            }
            Self::OtherBrowser => {
                "始めたブラウザで続けるか、このサイトの Cookie を許可してアプリケーションから接続し直してください。誰かから送られたリンクなら、続けないでください。"
            }
            Self::Forged => AGAIN_JA,
            Self::TooMany(_) => {
                "しばらく待ってから、アプリケーションからもう一度接続してください。心当たりがない場合は、同じネットワークのほかの機器が送っています。"
            }
            Self::Server => {
                "もう一度お試しください。続く場合は、このサーバーの運用者にお知らせください。"
            }
        }
    }
}
