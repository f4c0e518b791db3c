//! What a tool's JSON Schema (draft 2020-12) asks for, as far as a form can ask
//! for it too. What it cannot is typed as JSON; the server judges in any case.

use serde_json::Value;

/// How many references are followed from one schema to another.
const MOST_REFERENCES: usize = 8;
/// More values than this are typed, not picked.
const MOST_CHOICES: usize = 200;
/// The arguments of a tool with more than this are typed as JSON.
const MOST_PROPERTIES: usize = 100;

/// A property of a tool's arguments.
#[derive(Debug, PartialEq)]
pub(super) struct Property<'a> {
    pub(super) name: &'a str,
    pub(super) title: Option<&'a str>,
    pub(super) description: Option<&'a str>,
    pub(super) default: Option<&'a Value>,
    pub(super) required: bool,
    pub(super) kind: Kind,
}

/// How a value is asked for.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Kind {
    /// A line of text.
    Text,
    /// A number; whole, or any.
    Number { whole: bool },
    /// True or false.
    Truth,
    /// One of these.
    Choice(Vec<Value>),
    /// Several texts, one on each line.
    Texts,
    /// Several numbers, one on each line.
    Numbers { whole: bool },
    /// Anything else, as JSON.
    Json,
}

/// The properties of an object's schema: the required ones in the order in which
/// they are required, then the others by name. `None` where the schema tells of
/// none, or of more than a form should have.
pub(super) fn properties(schema: &Value) -> Option<Vec<Property<'_>>> {
    let whole = resolved(schema, schema);
    let properties = whole.get("properties")?.as_object()?;
    if properties.len() > MOST_PROPERTIES {
        return None;
    }
    let required = whole.get("required").and_then(Value::as_array);
    let required: Vec<&str> = required
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let place = |name: &str| required.iter().position(|one| *one == name);
    let mut found: Vec<Property<'_>> = properties
        .iter()
        .map(|(name, described)| Property::of(schema, name, described, place(name).is_some()))
        .collect();
    found.sort_by_key(|property| place(property.name).unwrap_or(usize::MAX));
    Some(found)
}

impl<'a> Property<'a> {
    fn of(root: &'a Value, name: &'a str, described: &'a Value, required: bool) -> Self {
        let inner = without_null(root, described);
        let word = |key: &str| {
            let own = described.get(key).or_else(|| inner.get(key));
            own.and_then(Value::as_str).filter(|text| !text.is_empty())
        };
        let default = described.get("default").or_else(|| inner.get("default"));
        Self {
            name,
            title: word("title"),
            description: word("description"),
            // Null is what is meant by nothing.
            default: default.filter(|value| !value.is_null()),
            required,
            kind: Kind::of(root, inner),
        }
    }
}

impl Kind {
    fn of(root: &Value, schema: &Value) -> Self {
        // Not of items of items: a schema may refer to itself without end.
        match (Self::of_one(schema), type_of(schema), schema.get("items")) {
            (Self::Json, Some("array"), Some(items)) => {
                Self::of_one(without_null(root, items)).several()
            }
            (kind, ..) => kind,
        }
    }

    /// Of what is no array.
    fn of_one(schema: &Value) -> Self {
        if let Some(only) = schema.get("const") {
            return Self::Choice(vec![only.clone()]);
        }
        if let Some(values) = schema.get("enum").and_then(Value::as_array)
            && !values.is_empty()
            && values.len() <= MOST_CHOICES
        {
            return Self::Choice(values.clone());
        }
        match type_of(schema) {
            Some("string") => Self::Text,
            Some("integer") => Self::Number { whole: true },
            Some("number") => Self::Number { whole: false },
            Some("boolean") => Self::Truth,
            _ => Self::Json,
        }
    }

    fn several(self) -> Self {
        match self {
            Self::Text => Self::Texts,
            Self::Number { whole } => Self::Numbers { whole },
            _ => Self::Json,
        }
    }
}

/// The type; of two, of which one is null, the other.
fn type_of(schema: &Value) -> Option<&str> {
    match schema.get("type")? {
        Value::String(name) => Some(name),
        Value::Array(names) => {
            let mut names = names
                .iter()
                .filter_map(Value::as_str)
                .filter(|name| *name != "null");
            let only = names.next()?;
            names.next().is_none().then_some(only)
        }
        _ => None,
    }
}

/// The schema behind a reference, and behind "this or null".
fn without_null<'a>(root: &'a Value, schema: &'a Value) -> &'a Value {
    let schema = resolved(root, schema);
    let is_null = |one: &&Value| one.get("type").and_then(Value::as_str) == Some("null");
    for several in ["anyOf", "oneOf", "allOf"] {
        let Some(ways) = schema.get(several).and_then(Value::as_array) else {
            continue;
        };
        let mut ways = ways.iter().filter(|way| !is_null(way));
        if let (Some(only), None) = (ways.next(), ways.next()) {
            return resolved(root, only);
        }
    }
    schema
}

/// What a reference within the document leads to (JSON Pointer, RFC 6901).
fn resolved<'a>(root: &'a Value, mut schema: &'a Value) -> &'a Value {
    for _ in 0..MOST_REFERENCES {
        let reference = schema.get("$ref").and_then(Value::as_str);
        let found = reference
            .and_then(|reference| reference.strip_prefix('#'))
            .and_then(|pointer| root.pointer(pointer));
        match found {
            Some(next) => schema = next,
            None => break,
        }
    }
    schema
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn kind(schema: &Value) -> Kind {
        let root = json!({"properties": {"p": schema}, "$defs": {
            "Colour": {"enum": ["red", "green"], "type": "string"},
            "Loop": {"$ref": "#/$defs/Loop"},
            "Tree": {"type": "array", "items": {"$ref": "#/$defs/Tree"}},
        }});
        properties(&root).unwrap().remove(0).kind
    }

    #[test]
    fn each_simple_type_is_asked_for_in_its_own_way() {
        assert_eq!(kind(&json!({"type": "string"})), Kind::Text);
        assert_eq!(
            kind(&json!({"type": "integer"})),
            Kind::Number { whole: true }
        );
        assert_eq!(
            kind(&json!({"type": "number"})),
            Kind::Number { whole: false }
        );
        assert_eq!(kind(&json!({"type": "boolean"})), Kind::Truth);
        let array = |items| json!({"type": "array", "items": items});
        assert_eq!(kind(&array(json!({"type": "string"}))), Kind::Texts);
        assert_eq!(
            kind(&array(json!({"type": "integer"}))),
            Kind::Numbers { whole: true }
        );
        assert_eq!(kind(&array(json!({"type": "object"}))), Kind::Json);
        assert_eq!(kind(&json!({"type": "array"})), Kind::Json);
        assert_eq!(kind(&json!({"type": "object"})), Kind::Json);
        assert_eq!(kind(&json!({})), Kind::Json);
        assert_eq!(kind(&json!(true)), Kind::Json);
        assert_eq!(kind(&json!({"const": 3})), Kind::Choice(vec![json!(3)]));
    }

    #[test]
    fn or_null_is_optional_and_a_reference_is_followed() {
        let colour = Kind::Choice(vec![json!("red"), json!("green")]);
        let reference = json!({"$ref": "#/$defs/Colour"});
        assert_eq!(kind(&reference), colour);
        assert_eq!(
            kind(&json!({"anyOf": [reference, {"type": "null"}]})),
            colour
        );
        assert_eq!(kind(&json!({"type": ["null", "string"]})), Kind::Text);
        assert_eq!(kind(&json!({"type": ["number", "string"]})), Kind::Json);
        let either = json!({"anyOf": [{"type": "string"}, {"type": "integer"}]});
        assert_eq!(kind(&either), Kind::Json);
        for endless in ["Loop", "Tree"] {
            let reference = format!("#/$defs/{endless}");
            assert_eq!(kind(&json!({"$ref": reference})), Kind::Json, "{endless}");
        }
        assert_eq!(
            kind(&json!({"$ref": "https://elsewhere.example/"})),
            Kind::Json
        );
    }

    #[test]
    fn the_required_come_first_in_the_order_they_are_required_in() {
        let schema = json!({
            "properties": {
                "a": {"type": "string", "default": "x"},
                "b": {"anyOf": [{"type": "string", "description": "inner"}, {"type": "null"}], "default": null},
                "y": {"type": "string", "title": "Y"},
                "z": {"type": "string", "description": "why"},
            },
            "required": ["z", "y"],
        });
        let found = properties(&schema).unwrap();
        let names: Vec<&str> = found.iter().map(|one| one.name).collect();
        assert_eq!(names, ["z", "y", "a", "b"]);
        assert_eq!((found[0].required, found[2].required), (true, false));
        assert_eq!(
            (found[1].title, found[0].description),
            (Some("Y"), Some("why"))
        );
        assert_eq!(found[2].default, Some(&json!("x")));
        assert_eq!(
            (found[3].default, found[3].description),
            (None, Some("inner"))
        );
    }

    #[test]
    fn a_schema_without_properties_asks_for_nothing_in_particular() {
        for schema in [
            json!({"type": "object"}),
            json!(null),
            json!("x"),
            json!({"properties": 3}),
        ] {
            assert_eq!(properties(&schema), None, "{schema}");
        }
        assert_eq!(properties(&json!({"properties": {}})), Some(vec![]));
    }
}
