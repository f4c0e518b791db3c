//! What an answer must be; each check says what is wrong with one that is not.

use std::path::{Component, Path, PathBuf};

use serde::Deserialize;
use shukuba_model::authorizer::DiscoveryUrl;
use shukuba_model::wire::AuthorizerSettings;
use shukuba_model::{ClientClaim, NameError, RuntimeName};

/// The requirements file that is found by itself.
pub(super) const USUAL_REQUIREMENTS: &str = "requirements.txt";

/// A file of the project, written relative to the project's directory.
///
/// # Errors
/// When it is not there, not a file, or outside the project.
pub(super) fn file_of_project(directory: &Path, file: &Path) -> Result<String, String> {
    let shown = file.display();
    let full = directory.join(file);
    let metadata = std::fs::metadata(&full).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => {
            format!("there is no file {shown} in {}", directory.display())
        }
        _ => format!("{shown} cannot be read: {error}"),
    })?;
    if !metadata.is_file() {
        return Err(format!("{shown} is not a file"));
    }
    let outside = || {
        format!(
            "{shown} lies outside the project {}: the project is the directory `configure` runs in",
            directory.display()
        )
    };
    // Where the name leads, so that `..` and links out of the project are
    // seen; but the name itself is what is written down.
    let root = directory
        .canonicalize()
        .map_err(|error| error.to_string())?;
    let real = full.canonicalize().map_err(|error| error.to_string())?;
    let inside = real.strip_prefix(&root).map_err(|_| outside())?;
    let named = tidy(file);
    let relative = if named.is_absolute() || named.starts_with("..") {
        inside
    } else {
        &named
    };
    relative
        .to_str()
        .map(|path| path.replace(std::path::MAIN_SEPARATOR, "/"))
        .ok_or_else(|| format!("{shown} is not UTF-8, and a project file is"))
}

/// A path without `.`, and without `..` where a name stands before it.
fn tidy(path: &Path) -> PathBuf {
    let mut tidied = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if tidied.file_name().is_some() => {
                tidied.pop();
            }
            part => tidied.push(part),
        }
    }
    tidied
}

/// A requirements file of the project.
///
/// # Errors
/// As [`file_of_project`], and when pip cannot read it as one.
pub(super) fn requirements_file(directory: &Path, file: &Path) -> Result<String, String> {
    if file
        .extension()
        .is_some_and(|extension| extension == "toml")
    {
        return Err(format!(
            "{} is not in pip's format: list the packages in a {USUAL_REQUIREMENTS}",
            file.display()
        ));
    }
    file_of_project(directory, file)
}

/// The name an entry point suggests: that of the file without its ending, or
/// the directory's for a `Cargo.toml`.
pub(super) fn suggested_name(directory: &Path, entrypoint: &str) -> Option<RuntimeName> {
    let path = Path::new(entrypoint);
    if path.file_name()? == "Cargo.toml" {
        let full = directory.join(path);
        return RuntimeName::suggested_by(full.parent()?.file_name()?.to_str()?);
    }
    RuntimeName::suggested_by(path.file_stem()?.to_str()?)
}

/// Yes or no.
///
/// # Errors
/// When it is neither.
pub(super) fn yes_or_no(text: &str) -> Result<bool, String> {
    match text.to_ascii_lowercase().as_str() {
        "y" | "yes" => Ok(true),
        "n" | "no" => Ok(false),
        _ => Err(format!("'{text}' is neither yes nor no")),
    }
}

/// An IAM role by ARN or by name.
///
/// # Errors
/// When it is neither.
pub(super) fn execution_role(text: &str) -> Result<String, String> {
    let arn = text
        .strip_prefix("arn:aws:iam::")
        .and_then(|rest| rest.split_once(":role/"))
        .is_some_and(|(account, name)| {
            account.len() == 12
                && account.bytes().all(|byte| byte.is_ascii_digit())
                && !name.is_empty()
                && !name.contains(char::is_whitespace)
        });
    let name = text.len() <= 64
        && !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"+=,.@_-".contains(&byte));
    if arn || name {
        Ok(text.to_owned())
    } else {
        Err(format!(
            "'{text}' is no role: an ARN (arn:aws:iam::123456789012:role/NAME) or a name of up to 64 letters, digits and +=,.@_-"
        ))
    }
}

/// The values between commas, with or without spaces; empty ones dropped.
pub(super) fn split_list(text: &str) -> Vec<String> {
    text.split(',')
        .map(str::trim)
        .filter(|value| !value.is_empty())
        .map(str::to_owned)
        .collect()
}

/// The JSON of `--authorizer-config`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Configuration {
    #[serde(rename = "customJWTAuthorizer")]
    jwt: Jwt,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Jwt {
    /// Read as what a person gives, which is stricter than what is stored.
    discovery_url: String,
    #[serde(default)]
    allowed_clients: Option<Vec<String>>,
    #[serde(default)]
    allowed_audience: Option<Vec<String>>,
    #[serde(default)]
    allowed_scopes: Option<Vec<String>>,
    #[serde(default)]
    custom_claims: Option<serde_json::Value>,
}

/// The authorizer that `--authorizer-config` gives.
///
/// # Errors
/// When it is not that JSON, or sets a rule that is not enforced, or none.
pub(super) fn authorizer_config(
    json: &str,
    client_claim: ClientClaim,
) -> Result<AuthorizerSettings, String> {
    let Configuration { jwt } = serde_json::from_str(json).map_err(|error| error.to_string())?;
    if jwt.custom_claims.is_some() {
        return Err("customClaims is not supported yet, and a rule that is not enforced would be a hole: leave it out".to_owned());
    }
    let discovery_url: DiscoveryUrl = jwt
        .discovery_url
        .parse()
        .map_err(|error: NameError| error.to_string())?;
    let filled = |list: Option<Vec<String>>| -> Vec<String> {
        let list = list.unwrap_or_default();
        list.into_iter()
            .filter(|value| !value.trim().is_empty())
            .collect()
    };
    let settings = AuthorizerSettings {
        discovery_url,
        allowed_clients: filled(jwt.allowed_clients),
        allowed_audience: filled(jwt.allowed_audience),
        allowed_scopes: filled(jwt.allowed_scopes),
        client_claim,
    };
    if settings.allowed_clients.is_empty()
        && settings.allowed_audience.is_empty()
        && settings.allowed_scopes.is_empty()
    {
        return Err(
            "at least one of allowedClients, allowedAudience and allowedScopes must name a value"
                .to_owned(),
        );
    }
    Ok(settings)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_split_on_commas_with_or_without_spaces_and_drop_empties() {
        assert_eq!(split_list("a,b, c ,,d,"), ["a", "b", "c", "d"]);
        assert_eq!(split_list(" , "), Vec::<String>::new());
    }

    #[test]
    fn files_are_written_relative_and_stay_inside_the_project() {
        let root = tempfile::tempdir().unwrap();
        let project = root.path().join("project");
        std::fs::create_dir_all(project.join("src")).unwrap();
        std::fs::write(project.join("src/a.py"), "").unwrap();
        std::fs::write(root.path().join("b.py"), "").unwrap();
        for good in ["src/a.py", "./src/a.py", "src/../src/a.py"] {
            assert_eq!(
                file_of_project(&project, Path::new(good)).unwrap(),
                "src/a.py",
                "{good}"
            );
        }
        let absolute = project.join("src/a.py");
        assert_eq!(file_of_project(&project, &absolute).unwrap(), "src/a.py");
        for (bad, why) in [
            ("c.py", "there is no file c.py"),
            ("src", "is not a file"),
            ("../b.py", "outside the project"),
        ] {
            let error = file_of_project(&project, Path::new(bad)).unwrap_err();
            assert!(error.contains(why), "{error}");
        }
        let toml = requirements_file(&project, Path::new("pyproject.toml")).unwrap_err();
        assert!(toml.contains("pip's format"), "{toml}");
    }

    #[test]
    fn an_entry_point_suggests_a_name() {
        let directory = Path::new("/projects/adder-rs");
        let name = |entrypoint| suggested_name(directory, entrypoint).map(|name| name.to_string());
        assert_eq!(name("mcp_server.py").as_deref(), Some("mcp_server"));
        assert_eq!(name("src/my-server.py").as_deref(), Some("my_server"));
        assert_eq!(name("Cargo.toml").as_deref(), Some("adder_rs"));
        assert_eq!(name("123.py"), None);
    }

    #[test]
    fn roles_are_arns_or_names() {
        for good in ["arn:aws:iam::123456789012:role/x/Y", "MyRole", "a+=,.@_-"] {
            assert!(execution_role(good).is_ok(), "{good}");
        }
        for bad in ["arn:aws:iam::12:role/x", "my role", "a/b", "arn:aws:s3:::x"] {
            assert!(execution_role(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn the_authorizer_flag_takes_the_toolkits_json_and_refuses_what_is_not_enforced() {
        let read = |json| authorizer_config(json, ClientClaim::Rfc9068);
        let good = read(r#"{"customJWTAuthorizer":{"discoveryUrl":"https://a.example/.well-known/openid-configuration","allowedClients":["x",""],"allowedAudience":null}}"#).unwrap();
        assert_eq!(good.allowed_clients, ["x"]);
        for (bad, why) in [
            ("nonsense", "expected"),
            (
                r#"{"customJWTAuthorizer":{"allowedClients":["x"]}}"#,
                "discoveryUrl",
            ),
            (
                r#"{"customJWTAuthorizer":{"discoveryUrl":"http://a.example/.well-known/openid-configuration","allowedClients":["x"]}}"#,
                "plain http only on a loopback address",
            ),
            (
                r#"{"customJWTAuthorizer":{"discoveryUrl":"https://a.example/.well-known/openid-configuration"}}"#,
                "at least one of",
            ),
            (
                r#"{"customJWTAuthorizer":{"discoveryUrl":"https://a.example/.well-known/openid-configuration","allowedClient":["x"]}}"#,
                "allowedClient",
            ),
            (
                r#"{"customJWTAuthorizer":{"discoveryUrl":"https://a.example/.well-known/openid-configuration","allowedClients":["x"],"customClaims":[]}}"#,
                "customClaims is not supported yet",
            ),
        ] {
            let error = read(bad).unwrap_err();
            assert!(error.contains(why), "{error}");
        }
    }
}
