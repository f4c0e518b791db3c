//! Where the processes meet: a data directory, the file that the clients share,
//! and a person who has logged in.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use reqwest::StatusCode;
use serde_json::Value;
use shukuba_model::wire::ApiCreate;
use shukuba_model::{ApplicationKind, AuthMethod, Client, ClientMetadata, ClientSource, GrantType};
use shukuba_store::{MasterKey, NewCode, NewGrant, Secret, Store, User, new_grant_id, new_user_id};

/// How many processes share the login.
pub(super) const CLIENTS: usize = 4;
/// How many refreshes each has under way at once.
pub(super) const PARALLEL: usize = 48;
/// A public client.
pub(super) const CLIENT_ID: &str = "native";
/// Tells a child what it is.
pub(super) const ROLE: &str = "SHUKUBA_TEST_SHARED_ROLE";
/// Tells a child where its files are.
pub(super) const FOLDER: &str = "SHUKUBA_TEST_SHARED_FOLDER";
/// No step of these tests takes longer.
pub(super) const PATIENCE: Duration = Duration::from_secs(30);

const API: &str = "https://api.example/";
const REDIRECT: &str = "http://localhost:3118/callback";
/// The example of RFC 7636 appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// The folder of one test.
pub(super) struct Place {
    folder: tempfile::TempDir,
    runtime: tokio::runtime::Runtime,
    code: Secret,
}

impl Place {
    /// With a client, a person, and a code that the person's browser brought.
    pub(super) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(data_dir(folder.path())).unwrap();
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let code = runtime.block_on(async {
            let store = store_in(folder.path()).await;
            let code = prepared_code(&store).await;
            store.close().await;
            code
        });
        Self {
            folder,
            runtime,
            code,
        }
    }

    pub(super) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(super) fn block_on<T>(&self, work: impl Future<Output = T>) -> T {
        self.runtime.block_on(work)
    }

    /// A process of this test in that role.
    pub(super) fn child(&self, role: &str) -> Command {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command
            .args(["shared_login::child", "--exact", "--nocapture"])
            .env(ROLE, role)
            .env(FOLDER, self.path());
        command
    }

    /// Lets the clients begin, all at once.
    pub(super) fn go(&self) {
        std::fs::write(starting_shot(self.path()), "").unwrap();
    }

    /// The database, once the server has ended.
    pub(super) async fn store(&self) -> Store {
        store_in(self.path()).await
    }

    /// Redeems the code of a login; its first refresh token, which is then in
    /// the file that the clients share.
    pub(super) fn log_in(&self, server: SocketAddr) -> String {
        let form = [
            ("grant_type", "authorization_code"),
            ("client_id", CLIENT_ID),
            ("code", self.code.reveal()),
            ("redirect_uri", REDIRECT),
            ("code_verifier", VERIFIER),
        ];
        let tokens = self.post(server, &form);
        let refresh = tokens
            .get("refresh_token")
            .and_then(Value::as_str)
            .unwrap()
            .to_owned();
        write_login(self.path(), &refresh);
        refresh
    }

    /// Waits until the clients share another token than that one.
    pub(super) fn wait_for_another_than(&self, token: &str) {
        eventually("the first refresh", || {
            (read_login(self.path()) != token).then_some(())
        });
    }

    /// Asserts that the token which the clients share now gives another, and an
    /// access token that opens something.
    pub(super) fn assert_lives(&self, server: SocketAddr) {
        let form = [
            ("grant_type", "refresh_token"),
            ("client_id", CLIENT_ID),
            ("refresh_token", &read_login(self.path())),
        ];
        let tokens = self.post(server, &form);
        let access = tokens.get("access_token").and_then(Value::as_str).unwrap();
        let status = self.block_on(async {
            let url = format!("http://{server}/oauth/userinfo");
            let request = reqwest::Client::builder().build().unwrap().get(url);
            request.bearer_auth(access).send().await.unwrap().status()
        });
        assert_eq!(status, StatusCode::OK);
    }

    fn post(&self, server: SocketAddr, form: &[(&str, &str)]) -> Value {
        self.block_on(async {
            let url = format!("http://{server}/oauth/token");
            let request = reqwest::Client::builder().build().unwrap().post(url);
            let answer = request.form(form).send().await.unwrap();
            let (status, text) = (answer.status(), answer.text().await.unwrap());
            assert_eq!(status, StatusCode::OK, "{text}");
            serde_json::from_str(&text).unwrap()
        })
    }
}

async fn store_in(folder: &Path) -> Store {
    let data_dir = data_dir(folder);
    let key = MasterKey::open(&data_dir.join("master.key")).unwrap();
    Store::open(&data_dir.join("shukuba.db"), key)
        .await
        .unwrap()
}

pub(super) fn data_dir(folder: &Path) -> PathBuf {
    folder.join("data")
}

/// The file whose appearance begins the refreshes.
pub(super) fn starting_shot(folder: &Path) -> PathBuf {
    folder.join("go")
}

/// The newest refresh token that a client wrote.
pub(super) fn read_login(folder: &Path) -> String {
    std::fs::read_to_string(folder.join("login")).unwrap()
}

/// Puts a refresh token where the others look, as clients do: without asking
/// whether somebody else wrote since, but never half of it.
pub(super) fn write_login(folder: &Path, token: &str) {
    let mut partial = tempfile::NamedTempFile::new_in(folder).unwrap();
    std::io::Write::write_all(&mut partial, token.as_bytes()).unwrap();
    partial.persist(folder.join("login")).unwrap();
}

/// Waits for something to be there.
#[track_caller]
pub(super) fn eventually<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(Instant::now() < deadline, "never came: {what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// A code as the authorization endpoint makes it, of a person and a client
/// that are made for it.
async fn prepared_code(store: &Store) -> Secret {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let now = i64::try_from(now.as_secs()).unwrap();
    let api = ApiCreate {
        name: "an API".to_owned(),
        identifier: API.parse().unwrap(),
        profile: Default::default(),
        signing_algorithm: Default::default(),
        token_lifetime: Default::default(),
        scopes: Vec::new(),
    };
    store.create_api(&api, now).await.unwrap();
    let user = person(now);
    store.create_user(&user).await.unwrap();
    let client = public_client(now);
    store.create_client(&client, None).await.unwrap();
    let code = Secret::generate("skc_");
    let grant = NewGrant {
        id: new_grant_id(),
        user_id: user.id,
        client_id: client.id,
        client_name: client.name,
        api: api.identifier,
        resource: None,
        scope: "openid".parse().unwrap(),
        auth_time: now,
        created_at: now,
        expires_at: now + 86_400,
    };
    let new = NewCode {
        code: code.clone(),
        expires_at: now + 60,
        grant,
        redirect_uri: REDIRECT.parse().unwrap(),
        challenge: CHALLENGE.to_owned(),
        nonce: None,
    };
    store.create_code(&new).await.unwrap();
    code
}

fn person(now: i64) -> User {
    User {
        id: new_user_id(),
        name: "ada".parse().unwrap(),
        display_name: "Ada".to_owned(),
        email: None,
        has_password: false,
        disabled: false,
        role: shukuba_model::Role::None,
        created_at: now,
    }
}

fn public_client(now: i64) -> Client {
    Client {
        id: CLIENT_ID.parse().unwrap(),
        name: "a client of many windows".to_owned(),
        source: ClientSource::Dynamic,
        kind: ApplicationKind::Native,
        auth_method: AuthMethod::None,
        grant_types: vec![GrantType::AuthorizationCode, GrantType::RefreshToken],
        redirect_uris: vec![REDIRECT.parse().unwrap()],
        apis: Vec::new(),
        jwks: None,
        jwks_uri: None,
        metadata: ClientMetadata::default(),
        created_at: now,
        last_used_at: None,
    }
}
