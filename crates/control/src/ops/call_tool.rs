//! Calling a tool of a runtime, as any client does: through the front door.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use http::{HeaderMap, HeaderValue, header};
use serde_json::Value;
use shukuba_mcp::{Called, Conversation, Reach, Stream, Unanswered};
use shukuba_model::ClientAddress;
use shukuba_model::wire::{RuntimeView, Tool};
use shukuba_pages::shown::clean;

use crate::{Control, ControlError, FrontDoor};

/// How long a tool may take.
const PATIENCE: Duration = Duration::from_secs(300);
/// How much of a tool's name is recorded, in characters.
const LONGEST_NAME: usize = 100;
/// What the console calls itself to the server, and so in journeys.
const USER_AGENT: &str = concat!("shukuba-console/", env!("CARGO_PKG_VERSION"));

/// What the door is to judge.
pub(crate) enum Credential {
    /// A token got for this call as the application of that client id.
    Application(String),
    /// This token.
    Token(String),
}

/// A call of a tool.
pub(crate) struct ToolCall<'a> {
    /// The runtime, as it is.
    pub(crate) runtime: &'a RuntimeView,
    /// One of its tools.
    pub(crate) tool: &'a Tool,
    /// The tool's arguments.
    pub(crate) arguments: Value,
    /// What the door judges.
    pub(crate) credential: Credential,
    /// Where the person is who calls.
    pub(crate) client: ClientAddress,
}

/// The front door, for one person.
struct ThroughDoor {
    door: Arc<dyn FrontDoor>,
    client: ClientAddress,
}

impl Reach for ThroughDoor {
    fn connect(&self) -> BoxFuture<'_, io::Result<Box<dyn Stream>>> {
        Box::pin(async {
            let stream = self.door.connect(self.client)?;
            Ok(Box::new(stream) as Box<dyn Stream>)
        })
    }
}

impl Control {
    /// Calls a tool and ends the session that was begun for it. The token is
    /// neither stored nor logged; that somebody called the tool is recorded.
    ///
    /// # Errors
    /// When no token can be had, or what was given cannot be one. What the door
    /// or the server answers instead of a result is within.
    pub(crate) async fn call_tool(
        &self,
        call: ToolCall<'_>,
    ) -> Result<Result<Called, Unanswered>, ControlError> {
        let name = call.runtime.name.as_str();
        let token = match call.credential {
            Credential::Token(token) => token,
            Credential::Application(which) => {
                // Where the rules name none, the application's own is taken.
                let api = self.first_api(&call.runtime.authorizer.allowed_audience);
                let api = api.await?;
                self.issue_token(&which, api).await?.access_token
            }
        };
        let headers = self.headers(&token)?;
        let tool = clean(&call.tool.name, LONGEST_NAME);
        self.record("tool.called", name, &tool).await;
        let reach = ThroughDoor {
            door: Arc::clone(&self.parts().door),
            client: call.client,
        };
        let path = format!("/mcp/{name}");
        let mut conversation = Conversation::new(Arc::new(reach), &path, headers, PATIENCE);
        if let Err(unanswered) = conversation.begin().await {
            return Ok(Err(unanswered));
        }
        let called = conversation.call(call.tool, call.arguments).await;
        conversation.end().await;
        Ok(called)
    }

    fn headers(&self, token: &str) -> Result<HeaderMap, ControlError> {
        let mut bearer = HeaderValue::from_str(&format!("Bearer {token}")).map_err(|_| {
            ControlError::invalid(
                "this is no token: it has characters that a header cannot carry".to_owned(),
            )
        })?;
        bearer.set_sensitive(true);
        let public_url = &self.parts().public_url;
        let host = public_url.rsplit('/').next().unwrap_or_default();
        let mut headers = HeaderMap::new();
        headers.insert(header::AUTHORIZATION, bearer);
        headers.insert(header::USER_AGENT, HeaderValue::from_static(USER_AGENT));
        // An origin is written in ASCII.
        if let Ok(host) = HeaderValue::from_str(host) {
            headers.insert(header::HOST, host);
        }
        Ok(headers)
    }
}
