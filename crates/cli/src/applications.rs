//! The applications of a server, page by page.

use shukuba_model::wire::{ApplicationView, ListedSource};

use crate::client::{Client, segment};
use crate::failure::Failure;

/// The most applications of one answer.
const PAGE: usize = 1000;

/// Every application of a source.
///
/// # Errors
/// When the server cannot be reached or refuses.
pub(crate) async fn of_source(
    client: &Client,
    source: ListedSource,
) -> Result<Vec<ApplicationView>, Failure> {
    let first = format!(
        "/api/v1/applications?source={}&limit={PAGE}",
        source.as_str()
    );
    let mut path = first.clone();
    let mut all = Vec::new();
    loop {
        let page: Vec<ApplicationView> = client.get(&path).await?;
        let is_last = page.len() < PAGE;
        all.extend(page);
        match all.last() {
            Some(last) if !is_last => {
                path = format!("{first}&after={}", segment(last.client_id.as_str()));
            }
            _ => return Ok(all),
        }
    }
}

/// Every application that the operator registered, oldest first.
///
/// # Errors
/// As [`of_source`].
pub(crate) async fn registered(client: &Client) -> Result<Vec<ApplicationView>, Failure> {
    of_source(client, ListedSource::Registered).await
}
