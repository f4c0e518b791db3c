//! Judging a token without calling anything.

use std::sync::Arc;

use shukuba_model::Route;
use shukuba_model::wire::{Explanation, ServerStatus};

use crate::{Control, ControlError};

impl Control {
    /// Judges `token` as the runtime would. The token is neither stored nor logged.
    ///
    /// # Errors
    /// When there is no such runtime, or several and none was named.
    pub(crate) async fn explain(
        &self,
        token: &str,
        runtime: Option<&str>,
    ) -> Result<Explanation, ControlError> {
        let route = self.route_for(runtime)?;
        Ok(self.judged_at(&route, token).await)
    }

    /// Judges a token of our own at the runtimes that ask us for tokens, by
    /// name, at most `most` of them.
    pub(crate) async fn explain_everywhere(
        &self,
        token: &str,
        most: usize,
    ) -> Vec<(Arc<Route>, Explanation)> {
        let ours = &self.parts().public_url;
        let mut judged = Vec::new();
        let asks_us = |route: &Arc<Route>| route.authorization_server == *ours;
        for route in self.callable().into_iter().filter(asks_us).take(most) {
            let explanation = self.judged_at(&route, token).await;
            judged.push((route, explanation));
        }
        judged
    }

    /// Every runtime that can be called, by name.
    pub(crate) fn callable(&self) -> Vec<Arc<Route>> {
        let routes = self.parts().routes.load_full();
        let mut routes: Vec<Arc<Route>> = routes.iter().cloned().collect();
        routes.sort_by(|one, other| one.name.cmp(&other.name));
        routes
    }

    async fn judged_at(&self, route: &Route, token: &str) -> Explanation {
        let (rules, name) = (&route.authorizer, route.name.as_str());
        let verifier = &self.parts().verifier;
        verifier.explain(rules, name, &route.addresses, token).await
    }

    fn route_for(&self, runtime: Option<&str>) -> Result<Arc<Route>, ControlError> {
        let routes = self.parts().routes.load_full();
        let Some(wanted) = runtime else {
            return routes.only().cloned().ok_or_else(|| {
                let names: Vec<&str> = routes.iter().map(|route| route.name.as_str()).collect();
                ControlError::Invalid {
                    message: format!(
                        "this server has {} runtimes: name the one to judge for",
                        names.len()
                    ),
                    hint: (!names.is_empty()).then(|| format!("one of {}", names.join(", "))),
                }
            });
        };
        let id = wanted.rsplit('/').next().unwrap_or(wanted);
        let route = routes.by_name(wanted).or_else(|| routes.by_id(id));
        route
            .cloned()
            .ok_or_else(|| ControlError::NotFound(format!("there is no runtime '{wanted}'")))
    }

    /// The server's facts.
    pub(crate) fn status(&self) -> ServerStatus {
        let parts = self.parts();
        ServerStatus {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            issuer: parts.public_url.clone(),
            openid_configuration: self.openid_configuration(),
            isolation: parts.engine.isolation().to_owned(),
            data_dir: parts.data_dir.display().to_string(),
            pid: std::process::id(),
        }
    }

    /// Where the issuer's discovery document lies.
    pub(crate) fn openid_configuration(&self) -> String {
        format!(
            "{}/.well-known/openid-configuration",
            self.parts().public_url
        )
    }
}
