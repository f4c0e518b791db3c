//! The first call through the whole door.

use std::time::Duration;

use serde_json::{Map, Value};
use shukuba_model::wire::{RuntimeView, TokenIssued, Tool};

use crate::client::Client;
use crate::failure::Failure;
use crate::mcp::Connection;

/// What was called, and what came back.
pub(crate) struct SmokeCall {
    /// The tool, or `None` when none can be called unasked.
    pub(crate) tool: Option<String>,
    /// Its arguments.
    pub(crate) arguments: Value,
    /// The text it answered.
    pub(crate) result: String,
    /// How long the answer took.
    pub(crate) elapsed: Duration,
    /// The token it was called with.
    pub(crate) token: TokenIssued,
}

/// Calls the runtime's first tool with a real token. A tool whose arguments
/// are not all numbers, or that calls itself destructive, is not called
/// unasked: the tools are listed instead.
pub(crate) async fn call(
    client: &Client,
    runtime: &RuntimeView,
    token: TokenIssued,
) -> Result<SmokeCall, Failure> {
    let endpoint = client.reachable(&runtime.endpoint);
    let mut connection =
        Connection::open_with(client.http(), &endpoint, &token.access_token).await?;
    let tools = runtime.tools();
    let callable = tools
        .first()
        .and_then(|tool| Some((tool, harmless_arguments(tool)?)));
    let call = match callable {
        Some((tool, arguments)) => {
            let (result, elapsed) = connection.call_tool(&tool.name, &arguments).await?;
            SmokeCall {
                tool: Some(tool.name.clone()),
                arguments,
                result,
                elapsed,
                token,
            }
        }
        None => {
            let answer = connection
                .request("tools/list", Value::Object(Map::new()))
                .await?;
            if let Some(message) = answer.error() {
                return Err(Failure::failed(format!(
                    "tools/list was not answered: {message}"
                )));
            }
            let result = runtime.tool_names().join(", ");
            SmokeCall {
                tool: None,
                arguments: Value::Null,
                result,
                elapsed: answer.elapsed,
                token,
            }
        }
    };
    connection.close().await;
    Ok(call)
}

impl SmokeCall {
    /// One line: `add(a=2, b=3) = 5 in 4 ms`.
    pub(crate) fn line(&self) -> String {
        let milliseconds = self.elapsed.as_millis();
        match &self.tool {
            Some(tool) => {
                let arguments: Vec<String> = self
                    .arguments
                    .as_object()
                    .into_iter()
                    .flatten()
                    .map(|(name, value)| format!("{name}={value}"))
                    .collect();
                format!(
                    "{tool}({}) = {} in {milliseconds} ms",
                    arguments.join(", "),
                    self.result
                )
            }
            None => format!("tools/list = {} in {milliseconds} ms", self.result),
        }
    }
}

/// 2, 3, 4 … for the required arguments, when all of them are numbers.
fn harmless_arguments(tool: &Tool) -> Option<Value> {
    if tool.destructive {
        return None;
    }
    let required = tool
        .input_schema
        .get("required")
        .and_then(Value::as_array)?;
    let mut arguments = Map::new();
    for (number, name) in (2_u64..).zip(required) {
        let name = name.as_str()?;
        let kind = tool
            .input_schema
            .pointer(&format!("/properties/{name}/type"))?;
        if !matches!(kind.as_str(), Some("integer" | "number")) {
            return None;
        }
        arguments.insert(name.to_owned(), number.into());
    }
    (!arguments.is_empty()).then_some(Value::Object(arguments))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn tool(properties: Value, required: Value, destructive: bool) -> Tool {
        let input_schema =
            json!({ "type": "object", "properties": properties, "required": required });
        Tool {
            name: "t".into(),
            input_schema,
            destructive,
            ..Tool::default()
        }
    }

    #[test]
    fn only_tools_of_numbers_are_called_unasked() {
        let numbers = json!({ "a": { "type": "integer" }, "b": { "type": "number" } });
        let add = tool(numbers.clone(), json!(["a", "b"]), false);
        assert_eq!(harmless_arguments(&add), Some(json!({ "a": 2, "b": 3 })));
        assert_eq!(harmless_arguments(&tool(numbers, json!(["a"]), true)), None);
        let path = json!({ "path": { "type": "string" } });
        assert_eq!(
            harmless_arguments(&tool(path, json!(["path"]), false)),
            None
        );
        assert_eq!(harmless_arguments(&tool(json!({}), json!([]), false)), None);
    }
}
