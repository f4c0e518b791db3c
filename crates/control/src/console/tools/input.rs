//! A tool's arguments: the fields that ask for them, and what was typed.

use std::collections::BTreeMap;

use serde_json::{Map, Number, Value};
use shukuba_pages::shown::{clean, fill, line};

use super::schema::{Kind, Property, properties};
use crate::console::problems::{Problems, lines};
use crate::console::texts::ToolTexts;

/// What the name of an argument's field begins with.
const PREFIX: &str = "argument.";
/// How much is shown of what a server says of an argument, in characters.
const LONGEST_NAME: usize = 100;
const LONGEST_WORDS: usize = 600;

/// A field of the form.
pub(super) struct Input {
    /// Its id.
    pub(super) id: String,
    /// Its name.
    pub(super) name: String,
    pub(super) label: String,
    pub(super) title: String,
    pub(super) hints: Vec<String>,
    pub(super) required: bool,
    pub(super) shape: Shape,
    /// What was typed.
    pub(super) typed: String,
    /// What is wrong with it.
    pub(super) problem: Option<String>,
}

/// How a field looks.
pub(super) enum Shape {
    /// One line, and the keyboard of a phone that suits it.
    Line { keys: &'static str },
    /// Several lines.
    Lines,
    /// A list to pick from: the value, and what is shown.
    List(Vec<(String, String)>),
}

/// The form of a tool's arguments.
pub(super) struct Inputs {
    pub(super) inputs: Vec<Input>,
    /// Whether the schema tells nothing of the arguments.
    pub(super) unknown: bool,
}

impl Inputs {
    /// The fields that a schema asks for, with what was typed into them.
    pub(super) fn of(t: &ToolTexts, schema: &Value, typed: &BTreeMap<String, String>) -> Self {
        let properties = properties(schema);
        let asked = properties.iter().flatten().enumerate();
        Self {
            unknown: properties.is_none(),
            inputs: asked
                .map(|(at, property)| Input::of(t, at, property, typed))
                .collect(),
        }
    }
}

impl Input {
    fn of(
        t: &ToolTexts,
        at: usize,
        property: &Property<'_>,
        typed: &BTreeMap<String, String>,
    ) -> Self {
        let name = format!("{PREFIX}{}", property.name);
        let mut hints = Vec::new();
        if let Some(description) = property.description {
            hints.push(clean(description, LONGEST_WORDS));
        }
        match property.kind {
            Kind::Number { whole: true } => hints.push(t.whole.to_owned()),
            Kind::Number { whole: false } => hints.push(t.number.to_owned()),
            Kind::Texts => hints.push(t.each_line.to_owned()),
            Kind::Numbers { .. } => hints.push(t.each_line_number.to_owned()),
            Kind::Json => hints.push(t.as_json.to_owned()),
            Kind::Text | Kind::Truth | Kind::Choice(_) => {}
        }
        if let Some(default) = property.default {
            let value = clean(&written(default), LONGEST_NAME);
            hints.push(fill(t.default, &[("value", &value)]));
        }
        Self {
            id: id(at),
            label: clean(property.name, LONGEST_NAME),
            title: title(property),
            hints,
            required: property.required,
            shape: Shape::of(t, property),
            typed: typed.get(&name).cloned().unwrap_or_default(),
            problem: None,
            name,
        }
    }
}

fn id(at: usize) -> String {
    format!("argument-{at}")
}

/// The title, where it says more than the name (the Python SDK writes "First
/// Name" for `first_name`).
fn title(property: &Property<'_>) -> String {
    let plain = |text: &str| text.replace('_', " ").to_lowercase();
    let title = property.title.unwrap_or_default();
    if plain(title) == plain(property.name) {
        String::new()
    } else {
        clean(title, LONGEST_NAME)
    }
}

impl Shape {
    fn of(t: &ToolTexts, property: &Property<'_>) -> Self {
        let listed = |values: &[Value]| {
            let none = match property.required {
                true => t.pick,
                false => t.not_sent,
            };
            let none = (String::new(), none.to_owned());
            let shown = |value: &Value| (value.to_string(), line(&written(value), LONGEST_NAME));
            Self::List(
                std::iter::once(none)
                    .chain(values.iter().map(shown))
                    .collect(),
            )
        };
        match &property.kind {
            Kind::Text => Self::Line { keys: "text" },
            // A phone's keys for whole numbers lack the sign.
            Kind::Number { .. } => Self::Line { keys: "decimal" },
            Kind::Truth => listed(&[Value::Bool(true), Value::Bool(false)]),
            Kind::Choice(values) => listed(values),
            Kind::Texts | Kind::Numbers { .. } | Kind::Json => Self::Lines,
        }
    }
}

/// A value as a person writes it.
fn written(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// The arguments that were meant by what was typed. `whole`, where it is not
/// empty, is all of them as JSON, in the field of that id.
pub(super) fn arguments(
    t: &ToolTexts,
    schema: &Value,
    typed: &BTreeMap<String, String>,
    whole: (&'static str, &str),
) -> Result<Value, Problems> {
    let mut problems = Problems::default();
    let (field, text) = whole;
    if !text.trim().is_empty() {
        match serde_json::from_str(text) {
            Ok(object @ Value::Object(_)) => return Ok(object),
            Ok(_) => problems.note(field, t.no_object),
            Err(error) => problems.note(field, no_json(t, &error)),
        }
        return Err(problems);
    }
    let mut meant = Map::new();
    for (at, property) in properties(schema).iter().flatten().enumerate() {
        let typed = typed.get(&format!("{PREFIX}{}", property.name));
        match value(t, property, typed.map_or("", String::as_str)) {
            Ok(Some(value)) => {
                meant.insert(property.name.to_owned(), value);
            }
            Ok(None) => {}
            Err(what) => {
                let name = clean(property.name, LONGEST_NAME);
                problems.note(id(at), format!("{name}: {what}"));
            }
        }
    }
    if problems.is_empty() {
        Ok(Value::Object(meant))
    } else {
        Err(problems)
    }
}

/// The value of a property; none where nothing was typed and nothing has to be.
fn value(t: &ToolTexts, property: &Property<'_>, typed: &str) -> Result<Option<Value>, String> {
    if typed.trim().is_empty() {
        return match property.required {
            true => Err(t.needed.to_owned()),
            false => Ok(None),
        };
    }
    let value = match &property.kind {
        Kind::Text => Value::from(typed),
        Kind::Number { whole } => Value::Number(number(t, typed, *whole)?),
        Kind::Truth => picked(t, &[Value::Bool(true), Value::Bool(false)], typed)?,
        Kind::Choice(values) => picked(t, values, typed)?,
        Kind::Texts => lines(typed).collect(),
        Kind::Numbers { whole } => lines(typed)
            .map(|line| number(t, line, *whole).map(Value::Number))
            .collect::<Result<Value, String>>()?,
        Kind::Json => serde_json::from_str(typed).map_err(|error| no_json(t, &error))?,
    };
    Ok(Some(value))
}

fn number(t: &ToolTexts, typed: &str, whole: bool) -> Result<Number, String> {
    let sentence = if whole { t.not_whole } else { t.not_number };
    let wrong = || fill(sentence, &[("text", &clean(typed, LONGEST_NAME))]);
    let plain = typed.trim().trim_start_matches('+');
    let number: Number = serde_json::from_str(plain).map_err(|_| wrong())?;
    if whole && !(number.is_i64() || number.is_u64()) {
        return Err(wrong());
    }
    Ok(number)
}

fn picked(t: &ToolTexts, values: &[Value], typed: &str) -> Result<Value, String> {
    let meant = serde_json::from_str(typed).ok();
    let found = meant.filter(|value| values.contains(value));
    found.ok_or_else(|| t.pick_one.to_owned())
}

fn no_json(t: &ToolTexts, error: &serde_json::Error) -> String {
    fill(t.no_json, &[("what", &error.to_string())])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;
    use shukuba_pages::Language;

    use super::*;
    use crate::console::texts;

    fn schema() -> Value {
        json!({
            "type": "object",
            "properties": {
                "a": {"type": "integer"},
                "b": {"type": "number"},
                "note": {"type": "string"},
                "loud": {"type": "boolean"},
                "colour": {"enum": ["red", 3, null]},
                "tags": {"type": "array", "items": {"type": "string"}},
                "sizes": {"type": "array", "items": {"type": "number"}},
                "deep": {"type": "object"},
            },
            "required": ["a"],
        })
    }

    fn meant(typed: &[(&str, &str)], whole: &str) -> Result<Value, Vec<(String, String)>> {
        let typed = typed.iter();
        let typed = typed.map(|(name, text)| (format!("argument.{name}"), (*text).to_owned()));
        let t = texts::tools(Language::English);
        arguments(t, &schema(), &typed.collect(), ("json", whole)).map_err(|problems| {
            let problems = problems.iter();
            let pairs = problems.map(|problem| (problem.field.to_string(), problem.text.clone()));
            pairs.collect()
        })
    }

    #[test]
    fn what_was_typed_becomes_values_of_the_types_asked_for() {
        let typed = [
            ("a", " +2 "),
            ("b", "3.5"),
            ("note", " as typed "),
            ("loud", "false"),
            ("colour", "\"red\""),
            ("tags", "one\n\n two \n"),
            ("sizes", "1\n2.5"),
            ("deep", "{\"x\": [1]}"),
        ];
        let wanted = json!({
            "a": 2, "b": 3.5, "note": " as typed ", "loud": false, "colour": "red",
            "tags": ["one", "two"], "sizes": [1, 2.5], "deep": {"x": [1]},
        });
        assert_eq!(meant(&typed, ""), Ok(wanted));
    }

    #[test]
    fn what_is_empty_is_not_sent_unless_it_is_required() {
        assert_eq!(meant(&[("a", "1"), ("note", "")], ""), Ok(json!({"a": 1})));
        let problems = meant(&[("a", "  ")], "").unwrap_err();
        assert_eq!(problems[0].0, "argument-0");
        assert!(problems[0].1.starts_with("a: "), "{problems:?}");
    }

    #[test]
    fn a_value_of_another_type_is_refused_at_its_field() {
        let cases = [
            ("a", "2.5", "argument-0"),
            ("a", "two", "argument-0"),
            ("b", "\"2\"", "argument-1"),
            ("b", "", ""),
            ("colour", "blue", "argument-2"),
            ("deep", "{", "argument-3"),
            ("loud", "yes", "argument-4"),
            ("sizes", "1\nx", "argument-6"),
        ];
        for (name, text, field) in cases {
            let problems = match meant(&[("a", "1"), (name, text)], "") {
                Ok(_) => Vec::new(),
                Err(problems) => problems,
            };
            let fields: Vec<&str> = problems.iter().map(|(field, _)| field.as_str()).collect();
            let wanted: &[&str] = if field.is_empty() { &[] } else { &[field] };
            assert_eq!(fields, wanted, "{name}={text}");
        }
    }

    #[test]
    fn all_of_it_may_be_json_and_takes_the_place_of_the_fields() {
        let whole = "{\"a\": \"anything\"}";
        assert_eq!(meant(&[("a", "1")], whole), Ok(json!({"a": "anything"})));
        for wrong in ["[]", "{", "3"] {
            assert_eq!(meant(&[("a", "1")], wrong).unwrap_err()[0].0, "json");
        }
    }

    fn anything() -> impl Strategy<Value = Value> {
        let words = [
            "type",
            "properties",
            "required",
            "items",
            "enum",
            "anyOf",
            "$ref",
            "a",
            "b",
            "default",
            "title",
            "string",
            "integer",
            "array",
            "object",
            "null",
            "#/properties/a",
        ];
        let word = proptest::sample::select(words.to_vec());
        let leaf = prop_oneof![
            word.clone().prop_map(Value::from),
            any::<i32>().prop_map(Value::from),
            any::<bool>().prop_map(Value::from),
            Just(Value::Null),
        ];
        leaf.prop_recursive(5, 60, 6, move |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                proptest::collection::vec((word.clone(), inner), 0..6).prop_map(|members| {
                    let members = members.into_iter();
                    members
                        .map(|(name, value)| (name.to_owned(), value))
                        .collect()
                }),
            ]
        })
    }

    proptest! {
        #[test]
        fn no_schema_and_nothing_typed_is_more_than_a_form_can_take(
            schema in anything(),
            typed in proptest::collection::btree_map("argument\\.[ab]", ".{0,8}", 0..3),
            json in "[ -~]{0,8}",
        ) {
            let t = texts::tools(Language::English);
            let asked = Inputs::of(t, &schema, &typed).inputs.len();
            match arguments(t, &schema, &typed, ("json", &json)) {
                Ok(meant) => prop_assert!(meant.is_object()),
                Err(problems) => prop_assert!(problems.iter().count() <= asked.max(1)),
            }
        }
    }
}
