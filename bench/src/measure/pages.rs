//! The console's pages where there is much to show, each against a file that
//! the same server has in memory.

use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use hyper::StatusCode;

use crate::door::Door;
use crate::filled::{self, Filled};
use crate::journey::Browser;
use crate::options::Options;
use crate::sample::Latency;

/// What came out.
pub(crate) struct Pages {
    /// The file, answered between the pages.
    pub(crate) file: Latency,
    pub(crate) pages: Vec<Page>,
    /// How often each was asked for.
    pub(crate) rounds: usize,
}

/// A page and its times, from the request to the last byte of the answer.
pub(crate) struct Page {
    pub(crate) name: &'static str,
    pub(crate) times: Latency,
    /// Of its body.
    pub(crate) bytes: usize,
}

/// Asks for every page in turns, over one connection.
pub(crate) async fn measure(options: &Options) -> anyhow::Result<Pages> {
    let (door, filled) = Door::open_filled(&options.shukuba).await?;
    let origin = format!("http://{}", door.address);
    let addresses = addresses(&filled, &origin);
    let mut browser = Browser::of_operator(&door).await?;
    let stylesheet = stylesheet(&mut browser).await?;
    let mut file = Vec::new();
    let mut times: Vec<Vec<Duration>> = vec![Vec::new(); addresses.len()];
    let mut sizes = vec![0; addresses.len()];
    let rounds = options.pick(100, 5);
    // The first round is not counted: it opens the connections to the database.
    for round in 0..=rounds {
        let (took, _) = timed(&mut browser, &stylesheet).await?;
        file.extend((round > 0).then_some(took));
        for ((times, size), (_, address)) in times.iter_mut().zip(&mut sizes).zip(&addresses) {
            let (took, bytes) = timed(&mut browser, address).await?;
            times.extend((round > 0).then_some(took));
            *size = bytes;
        }
    }
    door.program.stop().await?;
    let pages = addresses.iter().zip(&times).zip(sizes);
    Ok(Pages {
        file: Latency::of(&file),
        pages: pages
            .map(|(((name, _), times), bytes)| Page {
                name,
                times: Latency::of(times),
                bytes,
            })
            .collect(),
        rounds,
    })
}

/// What every page is compared with.
async fn stylesheet(browser: &mut Browser<'_>) -> anyhow::Result<String> {
    let page = browser.get("/console").await?;
    let page = String::from_utf8_lossy(page.body()).into_owned();
    let (before, _) = page.split_once(".css").context("no stylesheet")?;
    let (_, path) = before.rsplit_once('"').context("no stylesheet")?;
    Ok(format!("{path}.css"))
}

async fn timed(browser: &mut Browser<'_>, address: &str) -> anyhow::Result<(Duration, usize)> {
    let began = Instant::now();
    let answer = browser.get(address).await?;
    let took = began.elapsed();
    ensure!(
        answer.status() == StatusCode::OK,
        "{address} was answered {}: {}",
        answer.status(),
        String::from_utf8_lossy(answer.body())
    );
    Ok((took, answer.body().len()))
}

/// A page's name, and its address below the console's.
type Named = (&'static str, String);

fn addresses(filled: &Filled, origin: &str) -> Vec<Named> {
    let mut pages = of_runtimes();
    pages.extend(of_applications(filled, origin));
    pages.extend(of_audit(&filled.client));
    for (_, address) in &mut pages {
        let path = format!("/console/{address}");
        path.trim_end_matches('/').clone_into(address);
    }
    pages
}

fn of_runtimes() -> Vec<Named> {
    let (one, late) = (filled::runtime(100), filled::runtime(140));
    vec![
        ("home", String::new()),
        ("runtimes", "runtimes".to_owned()),
        ("runtimes, a later page", format!("runtimes?after={late}")),
        ("runtimes, searched", "runtimes?q=_19".to_owned()),
        ("one runtime", format!("runtimes/{one}")),
        (
            "one runtime, how to connect curl",
            format!("runtimes/{one}?client=curl"),
        ),
        ("who may call it", format!("runtimes/{one}/rules")),
        ("its tools, to try one", format!("runtimes/{one}/tools")),
    ]
}

fn of_applications(filled: &Filled, origin: &str) -> Vec<Named> {
    let (registered, dynamic) = (&filled.far_registered, &filled.far_dynamic);
    let api = escaped(&filled::api(origin, 0));
    let pages = [
        ("applications", "applications"),
        (
            "applications, a late page",
            &format!("applications?source=registered&after={registered}"),
        ),
        ("applications, searched", "applications?q=ion+4321"),
        (
            "applications, searched in vain",
            "applications?source=all&q=nowhere",
        ),
        ("applications, all", "applications?source=all"),
        (
            "applications that registered themselves, a late page",
            &format!("applications?source=dynamic&after={dynamic}"),
        ),
        (
            "one application",
            &format!("applications/one?id={registered}"),
        ),
        ("a new application", "applications/new"),
        ("APIs", "apis"),
        (
            "one API, of 2,500 applications",
            &format!("apis/one?identifier={api}"),
        ),
        ("get a token of it", &format!("apis/token?identifier={api}")),
        ("token inspector", "inspector"),
    ];
    pages.map(|(name, rest)| (name, rest.to_owned())).into()
}

fn of_audit(client: &str) -> Vec<Named> {
    let person = "usr_0000000007";
    let pages = [
        ("journeys", "journeys"),
        ("refusals", "audit/refusals"),
        ("audit", "audit"),
        ("audit, the oldest page", "audit?before=50"),
        ("audit of an event", "audit?event=login"),
        ("audit of a rare event", "audit?event=key.rotated"),
        ("audit of an event that never was", "audit?event=nothing"),
        ("audit of a person", &format!("audit?person={person}")),
        ("audit of `operator`", "audit?person=operator"),
        ("audit of a client", &format!("audit?client={client}")),
        (
            "audit of a client and a rare event",
            &format!("audit?client={client}&event=key.rotated"),
        ),
        (
            "audit of a person and a rare event",
            "audit?person=operator&event=key.rotated",
        ),
        (
            "audit of a person, a client and an event, a late page",
            &format!("audit?person={person}&client={client}&event=login&before=20000"),
        ),
        (
            "audit of a span of time, a late page",
            "audit?since=2001-01-01&until=2100-01-01&before=20000",
        ),
        (
            "audit of an event in a span of time, a late page",
            "audit?event=login&since=2001-01-01&until=2100-01-01&before=20000",
        ),
        ("users", "users"),
        ("keys", "keys"),
        ("settings", "settings"),
    ];
    pages.map(|(name, rest)| (name, rest.to_owned())).into()
}

/// Of an address in a query.
fn escaped(address: &str) -> String {
    address.replace(':', "%3A").replace('/', "%2F")
}
