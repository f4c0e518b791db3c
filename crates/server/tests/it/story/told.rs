//! How the story is told: a browser, a program, an operator, and every secret
//! that came up.

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::{Arc, LazyLock};

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use parking_lot::Mutex;
use serde_json::{Value, json};
use shukuba_testkit::raw::RawAnswer;
use tracing_subscriber::fmt::MakeWriter;

use crate::negative::bed::{Bed, CALLBACK, PUBLIC};
use crate::negative::consent::hidden;
use crate::negative::row::{Ask, encoded};

const PASSWORD: &str = "canary-password-of-dora-5f1c";
const VERIFIER: &str = "canary-verifier-0123456789-0123456789-0123456789";

/// What is logged at the level debug, by every part and every test of this process.
#[derive(Clone, Default)]
pub(crate) struct Captured(Arc<Mutex<Vec<u8>>>);

impl Captured {
    /// One for the process: a subscriber of one thread can miss what another
    /// thread logged first.
    pub(crate) fn begin() -> Self {
        static ONE: LazyLock<Captured> = LazyLock::new(|| {
            let captured = Captured::default();
            tracing_subscriber::fmt()
                .with_max_level(tracing::Level::DEBUG)
                .with_ansi(false)
                .with_writer(captured.clone())
                .try_init()
                .unwrap();
            captured
        });
        ONE.clone()
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        self.0.lock().clone()
    }
}

impl Write for Captured {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Captured {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// The story as it goes: a browser, and every secret that came up.
pub(super) struct Story {
    pub(super) bed: Bed,
    cookies: BTreeMap<String, String>,
    pub(super) secrets: Vec<(&'static str, String)>,
}

impl Story {
    pub(super) async fn begin() -> Self {
        let bed = Bed::start().await;
        let mut story = Self {
            secrets: vec![("operator key", bed.server.operator_key().to_owned())],
            bed,
            cookies: BTreeMap::new(),
        };
        story.keep("password", PASSWORD);
        story.keep("verifier", VERIFIER);
        story
    }

    pub(super) fn keep(&mut self, what: &'static str, secret: &str) -> String {
        assert!(secret.len() >= 20, "{what} is recognisable: {secret}");
        self.secrets.push((what, secret.to_owned()));
        secret.to_owned()
    }

    /// Keeps a member of an answer that is a secret.
    pub(super) fn take(&mut self, what: &'static str, told: &Value, name: &str) -> String {
        let secret = told[name].as_str().unwrap_or_else(|| panic!("{told}"));
        self.keep(what, secret)
    }

    pub(super) async fn operator(&self, method: &'static str, path: &str, body: &Value) -> Value {
        let ask = Ask::json(method, path, body).bearer(self.bed.server.operator_key());
        let answer = self.bed.send(&ask).await;
        let told = answer.text();
        assert!((200..300).contains(&answer.status()), "{path}: {told}");
        serde_json::from_str(&told).unwrap_or(Value::Null)
    }

    /// What the browser gets; cookies are kept, and are secrets.
    pub(super) async fn browse(&mut self, ask: Ask) -> RawAnswer {
        let cookies = self.cookies.iter();
        let cookies: Vec<String> = cookies
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let ask = ask
            .header("Accept", "text/html")
            .cookies(&cookies.join("; "));
        let answer = self.bed.send(&ask).await;
        for cookie in answer.head.header_all("set-cookie") {
            let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
            if value.len() >= 20 {
                self.keep("cookie", value);
            }
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        answer
    }

    pub(super) async fn program(&self, target: &str, members: &[(&str, &str)]) -> (u16, Value) {
        let answer = self.bed.send(&Ask::form(target, encoded(members))).await;
        let told = serde_json::from_slice(&answer.body).unwrap_or(Value::Null);
        (answer.status(), told)
    }

    /// The operator invites a person, who chooses a password by the link.
    pub(super) async fn person(&mut self) {
        let created = self
            .operator("POST", "/api/v1/users", &json!({"name": "dora"}))
            .await;
        let link = created["login_link"].as_str().unwrap().to_owned();
        let path = link.strip_prefix(PUBLIC).unwrap();
        let (_, token) = link.split_once("token=").unwrap();
        self.keep("one-time link", token);
        let page = self.browse(Ask::get(path)).await;
        let csrf = self.keep("form token", &hidden(&page, "csrf"));
        let members = [
            ("token", token),
            ("csrf", csrf.as_str()),
            ("password", PASSWORD),
            ("password_again", PASSWORD),
        ];
        let chosen = self
            .browse(Ask::form("/oauth/link", encoded(&members)))
            .await;
        assert_eq!(chosen.status(), 303, "{}", chosen.text());
    }

    /// A client registers itself, with a token that the operator gave it.
    pub(super) async fn client(&mut self) -> (String, String) {
        let wanted = json!({"name": "farm", "uses": 1, "lifetime": 600});
        let made = self
            .operator("POST", "/api/v1/initial-access-tokens", &wanted)
            .await;
        let initial = self.take("initial access token", &made, "token");
        let body = json!({
            "client_name": "a client",
            "redirect_uris": [CALLBACK],
            "token_endpoint_auth_method": "client_secret_post",
        });
        let ask = Ask::json("POST", "/oauth/register", &body).bearer(&initial);
        let answer = self.bed.send(&ask).await;
        assert_eq!(answer.status(), 201, "{}", answer.text());
        let told = answer.json();
        self.take(
            "registration access token",
            &told,
            "registration_access_token",
        );
        let secret = self.take("client secret", &told, "client_secret");
        (told["client_id"].as_str().unwrap().to_owned(), secret)
    }

    pub(super) fn authorize(client_id: &str) -> Ask {
        let challenge = URL_SAFE_NO_PAD.encode(digest(&SHA256, VERIFIER.as_bytes()));
        let members = [
            ("response_type", "code"),
            ("client_id", client_id),
            ("redirect_uri", CALLBACK),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
            ("scope", "openid add"),
            ("state", "the state"),
        ];
        Ask::get(format!("/oauth/authorize?{}", encoded(&members)))
    }

    /// The code in the redirect of an answer.
    pub(super) fn code(&mut self, answer: &RawAnswer) -> String {
        let location = answer.header("location").unwrap_or_default();
        let url: url::Url = location
            .parse()
            .unwrap_or_else(|_| panic!("{}", answer.text()));
        let code = url.query_pairs().find(|(name, _)| name == "code");
        let (_, code) = code.unwrap_or_else(|| panic!("{url}"));
        self.keep("code", &code)
    }

    /// The person, in a new browser, fails to log in, logs in, and allows.
    pub(super) async fn log_in(&mut self, client_id: &str) -> String {
        self.cookies.clear();
        let mut page = self.browse(Self::authorize(client_id)).await;
        for (password, goes_on) in [("canary-wrong-password-77", false), (PASSWORD, true)] {
            let (request, csrf) = (hidden(&page, "request"), hidden(&page, "csrf"));
            let members = [
                ("request", request.as_str()),
                ("csrf", csrf.as_str()),
                ("username", "dora"),
                ("password", self.keep("password", password).as_str()),
            ]
            .map(|(name, value)| (name, value.to_owned()));
            let members = members
                .each_ref()
                .map(|(name, value)| (*name, value.as_str()));
            page = self
                .browse(Ask::form("/oauth/login", encoded(&members)))
                .await;
            assert_eq!(page.status() == 303, goes_on, "{}", page.text());
        }
        let next = page.header("location").unwrap().to_owned();
        let page = self.browse(Ask::get(next)).await;
        let (request, csrf) = (hidden(&page, "request"), hidden(&page, "csrf"));
        let members = [
            ("request", request.as_str()),
            ("csrf", csrf.as_str()),
            ("action", "allow"),
        ];
        let answer = self
            .browse(Ask::form("/oauth/consent", encoded(&members)))
            .await;
        self.keep("form token", &csrf);
        self.code(&answer)
    }

    /// The refresh token that a token request gives.
    pub(super) async fn tokens(&mut self, members: &[(&str, &str)]) -> String {
        let (status, told) = self.program("/oauth/token", members).await;
        assert_eq!(status, 200, "{told}");
        let access = self.take("access token", &told, "access_token");
        self.keep("signature", access.rsplit('.').next().unwrap());
        if told["id_token"].is_string() {
            self.take("ID token", &told, "id_token");
        }
        self.take("refresh token", &told, "refresh_token")
    }

    pub(super) async fn redeem(&mut self, (id, secret): (&str, &str), code: &str) -> String {
        let members = [
            ("grant_type", "authorization_code"),
            ("client_id", id),
            ("client_secret", secret),
            ("code", code),
            ("redirect_uri", CALLBACK),
            ("code_verifier", VERIFIER),
        ];
        self.tokens(&members).await
    }

    /// What is in the audit log, oldest first.
    pub(super) async fn entries(&self) -> Vec<Value> {
        let entries = self
            .operator("GET", "/api/v1/audit?limit=1000", &Value::Null)
            .await;
        entries.as_array().unwrap().iter().rev().cloned().collect()
    }
}

pub(super) fn refreshing<'a>(
    id: &'a str,
    secret: &'a str,
    token: &'a str,
) -> [(&'a str, &'a str); 4] {
    [
        ("grant_type", "refresh_token"),
        ("client_id", id),
        ("client_secret", secret),
        ("refresh_token", token),
    ]
}
