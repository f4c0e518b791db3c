//! What Shukuba costs: an authenticated `tools/call` through it, against the
//! same server directly and against a bare byte proxy, and what starting,
//! waiting and signing cost. Everything is measured side by side in one run,
//! and told as ratios.

mod bed;
mod client;
mod door;
mod filled;
mod journey;
mod machine;
mod measure;
mod options;
mod program;
mod proxy;
mod report;
mod sample;

use std::time::Duration;

use anyhow::Context as _;

use crate::bed::Bed;
use crate::machine::{Machine, Watch};
use crate::measure::{calls, memory, pages, sessions, tokens, up};
use crate::options::{Mode, Options};
use crate::report::Report;

/// No run takes longer, whatever happens.
const LONGEST_RUN: Duration = Duration::from_secs(20 * 60);

fn main() -> anyhow::Result<()> {
    match Mode::of(std::env::args().skip(1))? {
        Mode::Help => {
            println!("{}", options::USAGE);
            Ok(())
        }
        // As many threads as the server has: both begin with tokio's default.
        Mode::Proxy(upstream) => tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()?
            .block_on(proxy::run(upstream)),
        Mode::Measure(options) => tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?
            .block_on(async {
                let work = async {
                    match options.pages {
                        true => measure_pages(&options).await,
                        false => measure_all(&options).await,
                    }
                };
                tokio::time::timeout(LONGEST_RUN, work)
                    .await
                    .context("the run took too long and was given up")?
            }),
    }
}

async fn measure_all(options: &Options) -> anyhow::Result<()> {
    let watch = Watch::begin()?;
    let memory = told("memory", memory::measure(options)).await?;
    let up = told("up", up::measure(options)).await?;
    let bed = Bed::start(&options.shukuba).await?;
    let calls = told("calls", calls::measure(&bed, options)).await?;
    let tokens = told("tokens", tokens::measure(&bed, options)).await?;
    let sessions = told("session starts", sessions::measure(&bed.door, options)).await?;
    bed.stop().await?;
    let pages = told("the console's pages", pages::measure(options)).await?;
    let report = Report {
        machine: Machine::read(&options.shukuba)?,
        others: watch.others()?,
        quick: options.quick,
        calls,
        sessions,
        memory,
        tokens,
        up,
        pages,
    };
    let text = report.render();
    print!("{text}");
    if let Some(path) = &options.write {
        std::fs::write(path, &text).with_context(|| format!("writing {}", path.display()))?;
    }
    Ok(())
}

/// The console's pages alone; a report that is there keeps the rest.
async fn measure_pages(options: &Options) -> anyhow::Result<()> {
    let pages = told("the console's pages", pages::measure(options)).await?;
    let section = report::pages::section(&pages);
    print!("{section}");
    if let Some(path) = &options.write {
        let named = || path.display().to_string();
        let kept = std::fs::read_to_string(path).with_context(named)?;
        let text = report::pages::replaced(&kept, &section, report::LAST_SECTION);
        std::fs::write(path, text).with_context(named)?;
    }
    Ok(())
}

async fn told<T>(what: &str, work: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    eprintln!("measuring: {what}");
    Box::pin(work)
        .await
        .with_context(|| format!("measuring {what}"))
}
