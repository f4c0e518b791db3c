//! The headers of the modern era that repeat what the body says (MCP
//! 2026-07-28, streamable HTTP).

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;

const METHOD: HeaderName = HeaderName::from_static("mcp-method");
const NAME: HeaderName = HeaderName::from_static("mcp-name");
/// The keyword of a tool's schema that names the header of an argument.
const ANNOTATION: &str = "x-mcp-header";
/// How deep a schema is searched for it.
const DEPTH: usize = 8;

/// Adds what a request's method and parameters demand; `schema` is that of the
/// arguments, where a tool is called.
pub(crate) fn add(headers: &mut HeaderMap, method: &str, parameters: &Value, schema: &Value) {
    headers.insert(METHOD, value(method));
    if let Some(name) = parameters.get("name").and_then(Value::as_str) {
        headers.insert(NAME, value(name));
    }
    if let Some(arguments) = parameters.get("arguments") {
        add_arguments(headers, arguments, schema, DEPTH);
    }
}

fn add_arguments(headers: &mut HeaderMap, arguments: &Value, schema: &Value, depth: usize) {
    let properties = schema.get("properties").and_then(Value::as_object);
    if depth == 0 {
        return;
    }
    for (property, schema) in properties.into_iter().flatten() {
        let Some(argument) = arguments.get(property) else {
            continue;
        };
        if let Some(header) = schema.get(ANNOTATION).and_then(Value::as_str)
            && let Ok(header) = format!("mcp-param-{header}").parse::<HeaderName>()
            && let Some(text) = text(argument)
        {
            headers.insert(header, value(&text));
        }
        add_arguments(headers, argument, schema, depth - 1);
    }
}

/// What a header says of an argument; only these kinds may be annotated.
fn text(argument: &Value) -> Option<String> {
    match argument {
        Value::String(text) => Some(text.clone()),
        Value::Bool(_) | Value::Number(_) => Some(argument.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// Outside visible ASCII a value travels as `=?base64?…?=`.
fn value(text: &str) -> HeaderValue {
    let plain = text.bytes().all(|byte| matches!(byte, 0x20..=0x7e));
    let padded = text.starts_with(' ') || text.ends_with(' ');
    let sentinel = text.starts_with("=?base64?");
    let encoded = || format!("=?base64?{}?=", BASE64_STANDARD.encode(text));
    let written = if plain && !padded && !sentinel {
        HeaderValue::from_str(text)
    } else {
        HeaderValue::from_str(&encoded())
    };
    // Neither form has a byte that a header cannot have.
    written.unwrap_or_else(|_| HeaderValue::from_static(""))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn headers(parameters: &Value, schema: &Value) -> HeaderMap {
        let mut headers = HeaderMap::new();
        add(&mut headers, "tools/call", parameters, schema);
        headers
    }

    #[test]
    fn the_method_and_the_tool_are_repeated() {
        let headers = headers(&json!({"name": "足す", "arguments": {}}), &Value::Null);
        assert_eq!(headers["mcp-method"], "tools/call");
        assert_eq!(headers["mcp-name"], "=?base64?6Laz44GZ?=");
    }

    #[test]
    fn arguments_with_the_annotation_are_repeated_and_no_others() {
        let schema = json!({"properties": {
            "region": {"type": "string", "x-mcp-header": "Region"},
            "count": {"type": "integer", "x-mcp-header": "Count"},
            "secret": {"type": "string"},
            "where": {"properties": {"city": {"x-mcp-header": "City"}}},
            "bad": {"type": "string", "x-mcp-header": "no header"},
        }});
        let arguments = json!({
            "region": "eu", "count": 3, "secret": "s", "bad": "b", "where": {"city": " Kyoto"},
        });
        let headers = headers(&json!({"name": "t", "arguments": arguments}), &schema);
        assert_eq!(headers["mcp-param-region"], "eu");
        assert_eq!(headers["mcp-param-count"], "3");
        assert_eq!(headers["mcp-param-city"], "=?base64?IEt5b3Rv?=");
        assert_eq!(headers.len(), 5);
    }
}
