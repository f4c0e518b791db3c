//! Whether a JSON value is what a schema of the document says. It knows the
//! words that the document uses and fails on any other, so that nothing is
//! passed over; and a field that the schema does not name is a fault, though
//! JSON Schema would let it pass.

use serde_json::{Map, Value};

/// Words that say nothing of a value.
const SILENT: [&str; 5] = ["description", "format", "title", "default", "propertyNames"];

/// What is wrong with a value, at which place; `None` when nothing is.
pub(crate) fn fault(document: &Value, schema: &Value, value: &Value) -> Option<String> {
    Checker { document }.check(schema, value, "body").err()
}

struct Checker<'a> {
    document: &'a Value,
}

type Checked = Result<(), String>;

impl Checker<'_> {
    fn check(&self, schema: &Value, value: &Value, at: &str) -> Checked {
        let words = schema
            .as_object()
            .ok_or_else(|| format!("{at}: {schema} is no schema"))?;
        if let Some(parts) = words.get("allOf") {
            let merged = self.merged(parts)?;
            return self.check(&Value::Object(merged), value, at);
        }
        for (word, said) in words {
            match word.as_str() {
                "$ref" => self.check(self.resolve(said)?, value, at)?,
                "type" => has_type(said, value, at)?,
                "enum" => holds(
                    said.as_array().is_some_and(|all| all.contains(value)),
                    at,
                    said,
                    value,
                )?,
                "oneOf" => self.one_of(said, value, at)?,
                "minimum" => {
                    holds(value.as_f64() >= said.as_f64(), at, schema, value)?;
                }
                "maximum" => {
                    holds(value.as_f64() <= said.as_f64(), at, schema, value)?;
                }
                "items" => self.items(said, value, at)?,
                "properties" => self.properties(said, value, at)?,
                "required" => has_all(said, value, at)?,
                // Of what is not named, `properties` lets nothing pass anyway.
                "additionalProperties" if said == &Value::Bool(false) => {}
                word if SILENT.contains(&word) => {}
                word => return Err(format!("{at}: this check does not know '{word}'")),
            }
        }
        Ok(())
    }

    fn resolve(&self, reference: &Value) -> Result<&Value, String> {
        reference
            .as_str()
            .and_then(|path| self.document.pointer(path.trim_start_matches('#')))
            .ok_or_else(|| format!("{reference} leads nowhere"))
    }

    fn one_of(&self, alternatives: &Value, value: &Value, at: &str) -> Checked {
        let faults: Vec<String> = alternatives
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|schema| self.check(schema, value, at).err())
            .collect();
        let tried = alternatives.as_array().map_or(0, Vec::len);
        if tried == faults.len() + 1 {
            return Ok(());
        }
        Err(format!(
            "{at}: {} of {tried} alternatives fit: {faults:?}",
            tried - faults.len()
        ))
    }

    fn items(&self, schema: &Value, value: &Value, at: &str) -> Checked {
        for (index, item) in value.as_array().into_iter().flatten().enumerate() {
            self.check(schema, item, &format!("{at}[{index}]"))?;
        }
        Ok(())
    }

    fn properties(&self, known: &Value, value: &Value, at: &str) -> Checked {
        for (name, field) in value.as_object().into_iter().flatten() {
            let schema = known
                .get(name)
                .ok_or_else(|| format!("{at}: the document knows no '{name}'"))?;
            self.check(schema, field, &format!("{at}.{name}"))?;
        }
        Ok(())
    }

    /// One object schema of several: all their fields, and all they require.
    fn merged(&self, parts: &Value) -> Result<Map<String, Value>, String> {
        let mut properties = Map::new();
        let mut required = Vec::new();
        for part in parts.as_array().into_iter().flatten() {
            let part = match part.get("$ref") {
                Some(reference) => self.resolve(reference)?,
                None => part,
            };
            let fields = part.get("properties").and_then(Value::as_object);
            properties.extend(
                fields
                    .into_iter()
                    .flatten()
                    .map(|(k, v)| (k.clone(), v.clone())),
            );
            let needed = part.get("required").and_then(Value::as_array);
            required.extend(needed.into_iter().flatten().cloned());
        }
        let mut merged = Map::new();
        merged.insert("type".to_owned(), "object".into());
        merged.insert("properties".to_owned(), Value::Object(properties));
        merged.insert("required".to_owned(), Value::Array(required));
        Ok(merged)
    }
}

fn holds(truth: bool, at: &str, said: &Value, value: &Value) -> Checked {
    truth
        .then_some(())
        .ok_or_else(|| format!("{at}: {value} is not {said}"))
}

fn has_type(said: &Value, value: &Value, at: &str) -> Checked {
    let is = |kind: &Value| match kind.as_str().unwrap_or_default() {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        _ => false,
    };
    let fits = match said {
        Value::Array(kinds) => kinds.iter().any(is),
        kind => is(kind),
    };
    holds(fits, at, said, value)
}

fn has_all(names: &Value, value: &Value, at: &str) -> Checked {
    for name in names.as_array().into_iter().flatten() {
        let name = name.as_str().unwrap_or_default();
        if value.is_object() && value.get(name).is_none() {
            return Err(format!("{at}: '{name}' is missing"));
        }
    }
    Ok(())
}

#[test]
fn a_value_that_the_document_does_not_describe_has_a_fault() {
    let document = serde_json::json!({ "components": { "schemas": {
        "Name": { "type": "string", "enum": ["ada", "bob"] },
        "Base": { "type": "object", "required": ["id"],
            "properties": { "id": { "type": "integer", "minimum": 1, "maximum": 9 } } },
        "Person": { "allOf": [
            { "$ref": "#/components/schemas/Base" },
            { "type": "object", "properties": {
                "name": { "oneOf": [{ "$ref": "#/components/schemas/Name" }, { "type": "null" }] },
                "tags": { "type": "array", "items": { "type": ["string", "null"] } } } },
        ] },
        "Odd": { "type": "string", "pattern": "x" },
    }}});
    let person = serde_json::json!({ "$ref": "#/components/schemas/Person" });
    let odd = serde_json::json!({ "$ref": "#/components/schemas/Odd" });
    let fault = |schema: &Value, value: Value| fault(&document, schema, &value);
    let good = serde_json::json!({ "id": 1, "name": "ada", "tags": ["x", null] });
    assert_eq!(fault(&person, good), None);
    for (wrong, named) in [
        (serde_json::json!({}), "'id' is missing"),
        (serde_json::json!({ "id": "1" }), "body.id"),
        (serde_json::json!({ "id": 0 }), "body.id"),
        (serde_json::json!({ "id": 10 }), "body.id"),
        (serde_json::json!({ "id": 1, "name": "eve" }), "body.name"),
        (serde_json::json!({ "id": 1, "tags": [1] }), "body.tags[0]"),
        (serde_json::json!({ "id": 1, "age": 1 }), "knows no 'age'"),
        (serde_json::json!([]), "body"),
    ] {
        let found = fault(&person, wrong.clone());
        assert!(
            found.as_ref().is_some_and(|text| text.contains(named)),
            "{wrong}: {found:?}"
        );
    }
    let unknown = fault(&odd, "x".into());
    assert!(unknown.is_some_and(|text| text.contains("pattern")));
}
