//! `shukuba app show`.

use clap::Args;
use shukuba_model::wire::{ApplicationView, SecretView};
use shukuba_model::{ClientSource, Clock};

use crate::client::Client;
use crate::failure::Failure;
use crate::ui;

/// `shukuba app show`.
#[derive(Debug, Args)]
pub(crate) struct ShowArgs {
    /// Its name or client id; its client id where you did not register it.
    application: String,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// Shows an application.
///
/// # Errors
/// When the server cannot be reached or there is no such application.
pub(super) async fn run(client: &Client, args: &ShowArgs) -> Result<(), Failure> {
    let application: ApplicationView = client.get(&super::path(&args.application)).await?;
    if args.json {
        ui::json(&application);
        return Ok(());
    }
    print(&application);
    Ok(())
}

/// Prints what is known of an application.
pub(super) fn print(application: &ApplicationView) {
    let now = Clock::system().now();
    ui::data(format!("name          {}", application.name));
    ui::data(format!("client id     {}", application.client_id));
    ui::data(format!("type          {}", application.kind.as_str()));
    ui::data(format!("source        {}", source(application)));
    let document = application.document.as_ref();
    if let Some(problem) = document.and_then(|document| document.problem.as_ref()) {
        ui::data(format!("problem       {problem}"));
    }
    for api in &application.apis {
        ui::data(format!("API           {api}"));
    }
    for uri in &application.redirect_uris {
        ui::data(format!("redirect URI  {uri}"));
    }
    let since = match &application.document {
        None => "registered",
        Some(document) if document.imported => "imported",
        Some(_) => "fetched",
    };
    let created = ago(now, Some(application.created_at));
    ui::data(format!("{since:<14}{created}"));
    ui::data(format!(
        "last token    {}",
        ago(now, application.last_used_at)
    ));
    for secret in &application.secrets {
        ui::data(format!("secret        {}", line(now, secret)));
    }
}

/// Who vouches for it, in words.
fn source(application: &ApplicationView) -> &'static str {
    match (application.source, &application.document) {
        (ClientSource::Registered, _) => "registered by the operator",
        (ClientSource::Dynamic, _) => "registered itself",
        (ClientSource::Document, Some(document)) if document.imported => {
            "metadata document, given by the operator"
        }
        (ClientSource::Document, _) => "metadata document at its client id",
    }
}

/// A secret in a line: what it is removed by, and whether it is in use.
pub(super) fn line(now: i64, secret: &SecretView) -> String {
    format!(
        "{}, made {}, last used {}",
        secret.id,
        ago(now, Some(secret.created_at)),
        ago(now, secret.last_used_at)
    )
}

/// How long ago something was, in words.
pub(super) fn ago(now: i64, then: Option<i64>) -> String {
    let Some(then) = then else {
        return "never".to_owned();
    };
    let seconds = now.saturating_sub(then).max(0);
    for (unit, length) in [("day", 86_400), ("hour", 3_600), ("minute", 60)] {
        let count = seconds / length;
        if count > 0 {
            let plural = if count == 1 { "" } else { "s" };
            return format!("{count} {unit}{plural} ago");
        }
    }
    "just now".to_owned()
}

#[cfg(test)]
mod tests {
    use super::ago;

    #[test]
    fn times_are_told_in_the_largest_unit_that_fits() {
        for (seconds, words) in [
            (-5, "just now"),
            (59, "just now"),
            (60, "1 minute ago"),
            (7_199, "1 hour ago"),
            (172_800, "2 days ago"),
        ] {
            assert_eq!(ago(1_000_000, Some(1_000_000 - seconds)), words);
        }
        assert_eq!(ago(1_000_000, None), "never");
    }
}
