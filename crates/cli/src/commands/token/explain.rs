//! `shukuba token explain`: the judgement, rule by rule.

use std::io::Read as _;
use std::process::ExitCode;

use clap::Args;
use shukuba_model::wire::{ExplainRequest, Explanation, RuleVerdict, Verdict};

use crate::client::Client;
use crate::failure::Failure;
use crate::{Global, ui};

/// `shukuba token explain`.
#[derive(Debug, Args)]
pub(crate) struct ExplainArgs {
    /// The token; `-` reads it from stdin.
    token: String,
    /// The runtime to judge it for; may be left out when there is only one.
    #[arg(long)]
    runtime: Option<String>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// Prints every rule with its verdict.
///
/// # Errors
/// When the server cannot be reached or there is no such runtime.
pub(crate) async fn run(global: &Global, args: ExplainArgs) -> Result<ExitCode, Failure> {
    let client = Client::new(global)?;
    let token = match args.token.as_str() {
        "-" => {
            let mut text = String::new();
            std::io::stdin().read_to_string(&mut text)?;
            text.trim().to_owned()
        }
        token => token.to_owned(),
    };
    let request = ExplainRequest {
        token,
        runtime: args.runtime,
    };
    let explanation: Explanation = client.post("/api/v1/explain", &request).await?;
    if args.json {
        ui::json(&explanation);
    } else {
        show(&explanation);
    }
    let code = if explanation.admitted { 0 } else { 3 };
    Ok(ExitCode::from(code))
}

fn show(explanation: &Explanation) {
    let verdict = if explanation.admitted {
        "would be let in"
    } else {
        "would be refused"
    };
    ui::data(format!(
        "At runtime {} this token {verdict}.",
        explanation.runtime
    ));
    if let Some(entry) = &explanation.entry {
        ui::data(format!("Judged by the entry {entry}."));
    }
    if let Some(message) = &explanation.message {
        ui::data(message);
    }
    for rule in &explanation.rules {
        show_rule(rule);
    }
}

fn show_rule(rule: &RuleVerdict) {
    let mark = match rule.verdict {
        Verdict::Pass => "pass",
        Verdict::Fail => "FAIL",
        Verdict::Skipped => "  - ",
    };
    let mut line = format!("  {mark}  {:<10}", rule.rule);
    if let Some(seen) = &rule.seen {
        line.push_str(&format!(" seen: {seen}"));
    }
    if let Some(expected) = &rule.expected {
        line.push_str(&format!("  expected: {expected}"));
    }
    ui::data(line.trim_end());
    for fix in &rule.fixes {
        ui::data(format!("        fix: {fix}"));
    }
}
