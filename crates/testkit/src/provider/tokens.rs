//! The access tokens of each kind of provider.

use std::sync::atomic::Ordering;

use serde_json::{Value, json};

use super::{Kind, Profile, State, keys};

impl State {
    /// An access token for the machine-to-machine client.
    pub(super) fn access_token(
        &self,
        audience: Option<&str>,
        scope: Option<&str>,
        now: i64,
    ) -> String {
        let (header, claims) = self.parts(audience, scope, now);
        self.key().sign(&header, &claims)
    }

    /// The header and claims of an access token.
    pub(super) fn parts(
        &self,
        audience: Option<&str>,
        scope: Option<&str>,
        now: i64,
    ) -> (Value, Value) {
        let lifetime = i64::try_from(self.lifetime.load(Ordering::SeqCst)).unwrap_or(i64::MAX);
        let expires = now.saturating_add(lifetime);
        match self.kind {
            Kind::Auth0 => self.auth0(audience, scope, now, expires),
            Kind::Cognito => self.cognito(scope, now, expires),
        }
    }

    fn auth0(
        &self,
        audience: Option<&str>,
        scope: Option<&str>,
        now: i64,
        expires: i64,
    ) -> (Value, Value) {
        let profile = *self.profile.read();
        let mut claims = json!({
            "iss": self.issuer(),
            "sub": format!("{}@clients", self.client_id),
            "aud": audience,
            "iat": now,
            "exp": expires,
        });
        let typ = match profile {
            Profile::Auth0 => {
                set(&mut claims, "gty", json!("client-credentials"));
                set(&mut claims, "azp", json!(self.client_id));
                "JWT"
            }
            Profile::Rfc9068 => {
                set(&mut claims, "jti", json!(keys::random_word(22)));
                set(&mut claims, "client_id", json!(self.client_id));
                "at+jwt"
            }
        };
        if let Some(scope) = scope {
            set(&mut claims, "scope", json!(scope));
        }
        let header = json!({"alg": "RS256", "typ": typ, "kid": self.key().kid});
        (header, claims)
    }

    fn cognito(&self, scope: Option<&str>, now: i64, expires: i64) -> (Value, Value) {
        let mut claims = json!({
            "sub": self.client_id,
            "token_use": "access",
            "auth_time": now,
            "iss": self.issuer(),
            "exp": expires,
            "iat": now,
            "version": 2,
            "jti": keys::random_id(),
            "client_id": self.client_id,
        });
        set(&mut claims, "scope", json!(scope.unwrap_or("mcp/invoke")));
        (json!({"kid": self.key().kid, "alg": "RS256"}), claims)
    }
}

fn set(claims: &mut Value, name: &str, value: Value) {
    if let Some(members) = claims.as_object_mut() {
        members.insert(name.to_owned(), value);
    }
}
