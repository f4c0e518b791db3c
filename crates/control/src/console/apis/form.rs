//! The form of an API: what was typed, what it means, and what is wrong with it.

use serde::Deserialize;
use shukuba_model::wire::ApiView;
use shukuba_model::{
    ApiIdentifier, ApiScope, NameError, Scopes, SigningAlgorithm, TokenLifetime, TokenProfile,
};

use shukuba_pages::Language;

use super::sample::Sample;
use crate::console::problems::{Problems, lines};
use crate::console::texts::ApiTexts;
use crate::ops::apis::{require_name, require_scopes};
use crate::{Control, ControlError};

/// The units of a lifetime as the form names them, in seconds, the largest first.
const UNITS: [(&str, u64); 4] = [
    ("days", 86_400),
    ("hours", 3_600),
    ("minutes", 60),
    ("seconds", 1),
];
/// What a preview names before there is an identifier.
const EXAMPLE: &str = "https://api.example/";

/// What was typed.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(in crate::console) struct Fields {
    pub(super) name: String,
    pub(super) identifier: String,
    pub(super) profile: String,
    pub(super) algorithm: String,
    pub(super) lifetime: String,
    pub(super) unit: String,
    pub(super) scopes: String,
    /// Which button was pressed, where there are several.
    pub(super) action: String,
}

impl Fields {
    /// Those of an API as it is.
    pub(super) fn of(api: &ApiView) -> Self {
        let seconds = api.token_lifetime.seconds();
        let unit = UNITS.iter().find(|(_, unit)| seconds.is_multiple_of(*unit));
        let (unit, each) = unit.copied().unwrap_or(("seconds", 1));
        let scopes: Vec<String> = api.scopes.iter().map(scope_line).collect();
        Self {
            name: api.name.clone(),
            identifier: api.identifier.to_string(),
            profile: api.profile.as_str().to_owned(),
            algorithm: api.signing_algorithm.as_str().to_owned(),
            lifetime: (seconds / each).to_string(),
            unit: unit.to_owned(),
            scopes: scopes.join("\n"),
            action: String::new(),
        }
    }

    fn seconds(&self) -> Option<TokenLifetime> {
        let (_, unit) = UNITS.iter().find(|(name, _)| *name == self.unit)?;
        let count: u64 = self.lifetime.trim().parse().ok()?;
        TokenLifetime::try_from(count.checked_mul(*unit)?).ok()
    }

    fn scopes(&self) -> Result<Vec<ApiScope>, String> {
        let scopes: Result<Vec<ApiScope>, NameError> =
            lines(&self.scopes).map(str::parse).collect();
        let scopes = scopes.map_err(|error| error.to_string())?;
        require_scopes(&scopes).map_err(|error| error.to_string())?;
        Ok(scopes)
    }
}

fn scope_line(scope: &ApiScope) -> String {
    match scope.description() {
        "" => scope.name().to_owned(),
        description => format!("{}={description}", scope.name()),
    }
}

/// What an API is to be.
pub(super) struct Meant {
    pub(super) name: String,
    pub(super) profile: TokenProfile,
    pub(super) algorithm: SigningAlgorithm,
    pub(super) lifetime: TokenLifetime,
    pub(super) scopes: Vec<ApiScope>,
}

/// The form as it is shown.
pub(super) struct Form {
    t: &'static ApiTexts,
    pub(super) fields: Fields,
    pub(super) problems: Problems,
    pub(super) samples: Vec<Sample>,
    /// What a preview names where no identifier was typed.
    pub(super) example: &'static str,
}

impl Form {
    /// An empty one, with what suits most.
    pub(super) fn fresh(control: &Control, t: &'static ApiTexts) -> Self {
        let fields = Fields {
            profile: TokenProfile::default().as_str().to_owned(),
            algorithm: SigningAlgorithm::default().as_str().to_owned(),
            lifetime: "1".to_owned(),
            unit: "hours".to_owned(),
            ..Fields::default()
        };
        Self::again(control, t, fields)
    }

    /// One with what was typed.
    pub(super) fn again(control: &Control, t: &'static ApiTexts, fields: Fields) -> Self {
        Self {
            t,
            problems: Problems::default(),
            samples: samples(control, t, &fields),
            fields,
            example: EXAMPLE,
        }
    }

    /// What is wrong with a field.
    pub(super) fn problem(&self, field: &str) -> Option<&str> {
        self.problems.of(field)
    }

    /// The same with what is wrong in that language.
    pub(super) fn said(self, language: Language) -> Self {
        Self {
            problems: self.problems.said(language),
            ..self
        }
    }

    /// Notes that an operation refused what a field says.
    pub(super) fn refused(&mut self, field: &'static str, error: &ControlError) {
        self.problems.note(field, error.problem().message);
    }

    /// The identifier, or a problem noted.
    pub(super) fn identifier(&mut self) -> Option<ApiIdentifier> {
        let identifier = self.fields.identifier.trim().parse().ok();
        if identifier.is_none() {
            self.problems.note("identifier", self.t.identifier_rule);
        }
        identifier
    }

    /// Everything beside the identifier, or problems noted.
    pub(super) fn meant(&mut self) -> Option<Meant> {
        let t = self.t;
        let name = self.fields.name.trim().to_owned();
        if require_name(&name).is_err() {
            // The first field of the form, whatever was judged before.
            self.problems.note_first("name", t.name_rule);
        }
        let profile = self.fields.profile.parse().ok();
        if profile.is_none() {
            self.problems.note("profile", t.pick);
        }
        let algorithm = match self.fields.algorithm.parse::<SigningAlgorithm>() {
            Ok(algorithm) => Some(algorithm),
            Err(error) => {
                self.problems.note("algorithm", error.to_string());
                None
            }
        };
        let lifetime = self.fields.seconds();
        if lifetime.is_none() {
            self.problems.note("lifetime", t.lifetime_rule);
        }
        let scopes = match self.fields.scopes() {
            Ok(scopes) => Some(scopes),
            Err(text) => {
                self.problems.note("scopes", text);
                None
            }
        };
        if !self.problems.is_empty() {
            return None;
        }
        Some(Meant {
            name,
            profile: profile?,
            algorithm: algorithm?,
            lifetime: lifetime?,
            scopes: scopes?,
        })
    }
}

/// The previews, of what was typed as far as it can be read.
fn samples(control: &Control, t: &ApiTexts, fields: &Fields) -> Vec<Sample> {
    let typed: Option<ApiIdentifier> = fields.identifier.parse().ok();
    let Some(identifier) = typed.or_else(|| EXAMPLE.parse().ok()) else {
        return Vec::new();
    };
    let scopes = fields.scopes().unwrap_or_default();
    let scopes: Scopes = scopes.iter().map(|scope| scope.name().to_owned()).collect();
    let lifetime = fields.seconds().unwrap_or_default();
    let authority = &control.parts().authority;
    TokenProfile::ALL
        .into_iter()
        .map(|profile| {
            let token = authority.sample(profile, &identifier, &scopes, lifetime);
            Sample::of(t, profile, &token)
        })
        .collect()
}
