//! One event per request, when it is over.

use std::sync::Arc;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use http::request::Parts;
use http::{Method, StatusCode};
use http_body::Frame;
use shukuba_model::ClientAddress;
use shukuba_verify::{Permit, Reason};

use crate::reply::BodyError;
use crate::resolve::Target;

/// What is told of a request when it is over: never a token, an argument or a result.
#[derive(Debug)]
pub(crate) struct Account {
    began: Instant,
    from: Option<ClientAddress>,
    method: Method,
    target: Option<Target>,
    permit: Option<Arc<Permit>>,
    instance: Option<Box<str>>,
    status: Option<StatusCode>,
    fault: Option<&'static str>,
    bytes: u64,
}

impl Account {
    pub(crate) fn open(head: &Parts) -> Box<Self> {
        Box::new(Self {
            began: Instant::now(),
            from: head.extensions.get().copied(),
            method: head.method.clone(),
            target: None,
            permit: None,
            instance: None,
            status: None,
            fault: None,
            bytes: 0,
        })
    }

    pub(crate) fn resolved(&mut self, target: &Target) {
        self.target = Some(target.clone());
    }

    pub(crate) fn admitted(&mut self, permit: &Arc<Permit>) {
        self.permit = Some(Arc::clone(permit));
    }

    pub(crate) fn attached(&mut self, instance: &str) {
        self.instance = Some(instance.into());
    }

    pub(crate) fn failed(&mut self, fault: &'static str) {
        self.fault = Some(fault);
    }

    pub(crate) fn answered(&mut self, status: StatusCode) {
        self.status = Some(status);
        let Some(target) = &self.target else {
            return;
        };
        let refused = matches!(status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN);
        if self.instance.is_some() {
            target.route.traffic.count_call(now());
        } else if refused && self.fault != Some(Reason::MissingToken.as_str()) {
            target.route.traffic.count_refusal(now());
        }
    }

    /// The runtime's name, once it is known.
    pub(crate) fn runtime(&self) -> &str {
        self.target
            .as_ref()
            .map_or("", |target| target.route.name.as_str())
    }

    /// Counts a frame of the answer's body.
    pub(crate) fn sent(&mut self, frame: Option<&Result<Frame<Bytes>, BodyError>>) {
        match frame {
            Some(Ok(frame)) => {
                self.bytes += frame.data_ref().map_or(0, |data| data.len() as u64);
            }
            Some(Err(_)) => self.fault = Some("answer_broke_off"),
            None => {}
        }
    }
}

/// Seconds since 1970.
fn now() -> i64 {
    let elapsed = SystemTime::now().duration_since(UNIX_EPOCH);
    elapsed.map_or(0, |elapsed| {
        i64::try_from(elapsed.as_secs()).unwrap_or(i64::MAX)
    })
}

impl Drop for Account {
    fn drop(&mut self) {
        // Preflights and metadata are answered for nobody in particular.
        let Some(target) = &self.target else {
            tracing::debug!(
                from = self.from.map(tracing::field::display),
                method = %self.method,
                status = self.status.map(|status| status.as_u16()),
                fault = self.fault,
                "answered without a runtime"
            );
            return;
        };
        tracing::info!(
            runtime = target.route.name.as_str(),
            version = target.version.number,
            qualifier = target.qualifier.as_str(),
            form = target.form.as_str(),
            from = self.from.map(tracing::field::display),
            method = %self.method,
            status = self.status.map(|status| status.as_u16()),
            fault = self.fault,
            client = self.permit.as_ref().map(|permit| permit.principal().client.as_str()),
            principal = self.permit.as_ref().map(|permit| permit.principal().key()),
            instance = self.instance.as_deref(),
            bytes = self.bytes,
            microseconds = u64::try_from(self.began.elapsed().as_micros()).unwrap_or(u64::MAX),
            "request"
        );
    }
}
