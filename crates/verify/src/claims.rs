//! The claims of a token, typed: a claim of the wrong type is an error and
//! never counts as absent (CVE-2026-25537 was such a mix-up).

use serde_json::{Map, Value};

use crate::jws::FormatError;

/// The claims the rules look at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Claims {
    /// Who issued the token.
    pub(crate) iss: Option<String>,
    /// Whom it speaks for.
    pub(crate) sub: Option<String>,
    /// Whom it is for; `None` when the claim is absent.
    pub(crate) aud: Option<Vec<String>>,
    /// When it expires, whole seconds since 1970.
    pub(crate) exp: Option<i64>,
    /// When it begins to be valid.
    pub(crate) nbf: Option<i64>,
    /// When it was issued.
    pub(crate) iat: Option<i64>,
    /// The client as RFC 9068 names it.
    pub(crate) client_id: Option<String>,
    /// The client as Auth0's own profile names it.
    pub(crate) azp: Option<String>,
    /// The client as Okta names it; only for explanations.
    pub(crate) cid: Option<String>,
    /// The client as Entra's first version names it; only for explanations.
    pub(crate) appid: Option<String>,
    /// The scopes, from `scope` (RFC 9068) and `scp` (as AgentCore reads it).
    pub(crate) scopes: Vec<String>,
    /// Cognito's kind of token.
    pub(crate) token_use: Option<String>,
    /// Whether the token is bound to a key of its sender (`cnf`, RFC 7800).
    pub(crate) bound: bool,
    /// The token's own id, as our issuer writes it.
    pub(crate) jti: Option<String>,
    /// The consent a token of our own issuer rests on.
    pub(crate) grant_id: Option<String>,
    /// The name a person logs in with at our own issuer.
    pub(crate) username: Option<String>,
    /// The first claim that only ID tokens carry.
    pub(crate) id_token_claim: Option<&'static str>,
}

impl Claims {
    /// Reads the claims out of a payload.
    pub(crate) fn parse(members: &Map<String, Value>) -> Result<Self, FormatError> {
        let reader = Reader(members);
        let mut scopes: Vec<String> = reader
            .text("scope")?
            .map(|scope| scope.split(' ').map(str::to_owned).collect())
            .unwrap_or_default();
        scopes.extend(reader.texts("scp")?.unwrap_or_default());
        scopes.retain(|scope| !scope.is_empty());
        Ok(Self {
            iss: reader.text("iss")?,
            sub: reader.text("sub")?,
            aud: reader.texts("aud")?,
            exp: reader.date("exp")?,
            nbf: reader.date("nbf")?,
            iat: reader.date("iat")?,
            client_id: reader.text("client_id")?,
            azp: reader.text("azp")?,
            cid: reader.text("cid")?,
            appid: reader.text("appid")?,
            scopes,
            token_use: reader.text("token_use")?,
            bound: members.contains_key("cnf"),
            jti: reader.own_text("jti"),
            grant_id: reader.own_text("grant_id"),
            username: reader.own_text("username"),
            id_token_claim: ["nonce", "at_hash", "c_hash", "s_hash"]
                .into_iter()
                .find(|name| members.contains_key(*name)),
        })
    }

    /// The value of a claim that may name the client.
    pub(crate) fn client(&self, claim: &str) -> Option<&str> {
        match claim {
            "client_id" => self.client_id.as_deref(),
            "azp" => self.azp.as_deref(),
            "cid" => self.cid.as_deref(),
            "appid" => self.appid.as_deref(),
            _ => None,
        }
    }
}

struct Reader<'a>(&'a Map<String, Value>);

impl Reader<'_> {
    fn text(&self, name: &str) -> Result<Option<String>, FormatError> {
        match self.0.get(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(other) => Err(wrong_type(name, other, "a string")),
        }
    }

    /// A string that counts in tokens of our own issuer only, which writes
    /// nothing else there; what others mean by the name is not judged.
    fn own_text(&self, name: &str) -> Option<String> {
        self.0.get(name)?.as_str().map(str::to_owned)
    }

    /// A string, or a list of strings.
    fn texts(&self, name: &str) -> Result<Option<Vec<String>>, FormatError> {
        let wanted = "a string or a list of strings";
        match self.0.get(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(vec![text.clone()])),
            Some(Value::Array(items)) => items
                .iter()
                .map(|item| match item {
                    Value::String(text) => Ok(text.clone()),
                    other => Err(wrong_type(name, other, wanted)),
                })
                .collect::<Result<_, _>>()
                .map(Some),
            Some(other) => Err(wrong_type(name, other, wanted)),
        }
    }

    /// A `NumericDate` (RFC 7519 section 2): seconds, of which a fraction is cut off.
    fn date(&self, name: &str) -> Result<Option<i64>, FormatError> {
        /// Beyond this no date is meant, and sums with a leeway stay in range below it.
        const FARTHEST: f64 = 1e15;
        let Some(value) = self.0.get(name) else {
            return Ok(None);
        };
        match value.as_f64() {
            #[expect(
                clippy::cast_possible_truncation,
                reason = "the range is checked, and cutting the fraction off is what is wanted"
            )]
            Some(seconds) if seconds.abs() < FARTHEST => Ok(Some(seconds.floor() as i64)),
            _ => Err(wrong_type(name, value, "a number of seconds since 1970")),
        }
    }
}

fn wrong_type(name: &str, found: &Value, wanted: &str) -> FormatError {
    let kind = match found {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number out of range",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    };
    FormatError::new(format!(
        "Its claim '{name}' is {kind}; it must be {wanted}."
    ))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn parse(payload: &Value) -> Result<Claims, FormatError> {
        Claims::parse(payload.as_object().unwrap())
    }

    #[test]
    fn claims_of_the_wrong_type_are_refused_and_never_absent() {
        for (name, values) in [
            ("iss", vec![json!(1), json!(null), json!(["a"])]),
            ("sub", vec![json!({}), json!(7)]),
            (
                "aud",
                vec![
                    json!(1),
                    json!([1]),
                    json!(["a", null]),
                    json!(null),
                    json!({}),
                ],
            ),
            (
                "exp",
                vec![
                    json!("1700000000"),
                    json!(null),
                    json!([]),
                    json!(true),
                    json!(u64::MAX),
                    json!(1e300),
                ],
            ),
            ("nbf", vec![json!("0"), json!(false)]),
            ("iat", vec![json!({}), json!(i64::MIN)]),
            ("client_id", vec![json!(["a"]), json!(null)]),
            ("azp", vec![json!(5)]),
            ("scope", vec![json!(["a"]), json!(1)]),
            ("scp", vec![json!([1]), json!(true)]),
            ("token_use", vec![json!(1)]),
        ] {
            for value in values {
                let error = parse(&json!({ name: value })).unwrap_err();
                assert!(
                    error.detail.contains(name),
                    "{name} {value}: {}",
                    error.detail
                );
            }
        }
    }

    #[test]
    fn dates_may_have_fractions_and_audiences_may_be_one_or_many_rfc_7519() {
        let claims =
            parse(&json!({"exp": 17.9, "nbf": 3, "aud": "a", "scope": "x y", "scp": ["z"]}))
                .unwrap();
        assert_eq!((claims.exp, claims.nbf), (Some(17), Some(3)));
        assert_eq!(claims.aud, Some(vec!["a".to_owned()]));
        assert_eq!(claims.scopes, ["x", "y", "z"]);
        let claims = parse(&json!({"aud": ["a", "b"]})).unwrap();
        assert_eq!(claims.aud.unwrap().len(), 2);
        assert_eq!(parse(&json!({"aud": []})).unwrap().aud, Some(Vec::new()));
    }
}
