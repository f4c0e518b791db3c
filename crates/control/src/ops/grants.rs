//! What people allowed clients.

use shukuba_model::ClientId;
use shukuba_model::wire::GrantView;
use shukuba_store::GrantFilter;

use crate::{Control, ControlError};

impl Control {
    /// The live grants, newest first: of a person, of a client, or all.
    ///
    /// # Errors
    /// When there is no such person, or the database cannot be read.
    pub(crate) async fn grants(
        &self,
        user: Option<&str>,
        client: Option<&ClientId>,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<GrantView>, ControlError> {
        let user = match user {
            Some(which) => Some(self.find_user(which).await?.id),
            None => None,
        };
        let filter = GrantFilter {
            user_id: user.as_ref(),
            client_id: client,
            after,
            limit,
        };
        let store = &self.parts().store;
        let mut views = Vec::new();
        for grant in store.grants(&filter, self.parts().clock.now()).await? {
            let Some(user) = store.user(&grant.user_id).await? else {
                continue;
            };
            views.push(GrantView {
                id: grant.id,
                user: user.name,
                client_id: grant.client_id,
                client_name: grant.client_name,
                api: grant.api,
                scope: grant.scope,
                created_at: grant.created_at,
                last_used_at: grant.last_used_at,
                expires_at: grant.expires_at,
            });
        }
        Ok(views)
    }

    /// Ends a grant and every token of it, at once.
    ///
    /// # Errors
    /// When there is no such grant.
    pub(crate) async fn revoke_grant(&self, grant: &str) -> Result<(), ControlError> {
        if self.parts().store.grant(grant).await?.is_none() {
            return Err(ControlError::NotFound(format!(
                "there is no grant '{grant}': `shukuba grant list` names them"
            )));
        }
        let authority = &self.parts().authority;
        let actor = self.actor().to_owned();
        authority.revoke_grant(grant.to_owned(), actor).await
    }
}
