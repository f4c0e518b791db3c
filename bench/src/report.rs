//! What is written down.

pub(crate) mod pages;
mod row;

use crate::machine::Machine;
use crate::measure::calls::{CLIENTS, Calls, Flow};
use crate::measure::memory::Memory;
use crate::measure::pages::Pages;
use crate::measure::sessions::Sessions;
use crate::measure::tokens::Tokens;
use crate::measure::up::Up;
use crate::report::row::{Budget, Row, misses, rounded};
use crate::sample::{Latency, Spread};

/// Everything a run found out.
pub(crate) struct Report {
    pub(crate) machine: Machine,
    /// Share of the cores that other programs used during the run.
    pub(crate) others: f64,
    pub(crate) quick: bool,
    pub(crate) calls: Calls,
    pub(crate) sessions: Sessions,
    pub(crate) memory: Memory,
    pub(crate) tokens: Tokens,
    pub(crate) up: Option<Up>,
    pub(crate) pages: Pages,
}

impl Report {
    /// The whole report, in Markdown.
    pub(crate) fn render(&self) -> String {
        let rows = self.rows();
        let mut text = String::from(INTRODUCTION);
        if self.quick {
            text.push_str(
                "\n**A quick run: it shows that everything works; its numbers mean little.**\n",
            );
        }
        if cfg!(debug_assertions) {
            text.push_str("\n**The bench is a debug build: its numbers mean nothing.**\n");
        }
        text.push_str(&self.machine_section());
        text.push_str("\n## Against the budgets\n");
        text.push_str("The middle of all rounds, and the lowest and highest round.\n\n");
        text.push_str("| what | budget | measured | rounds | |\n| --- | --- | --- | --- | --- |\n");
        for row in &rows {
            text.push_str(&row.line());
        }
        text.push_str(&misses(&rows));
        if self.up.is_none() {
            text.push_str("\n`up` was not measured: no binary of examples/adder-rs was given.\n");
        }
        let failures = self.up.iter().flat_map(|up| &up.failures);
        text.extend(failures.map(|failure| {
            let failure = failure.replace('\n', " ");
            format!("\nAn `up` that failed and is not counted: {failure}\n")
        }));
        text.push_str(&self.round_trips());
        text.push_str(&self.absolute_section());
        text.push_str(&pages::section(&self.pages));
        text.push_str(METHOD);
        text
    }

    fn rows(&self) -> Vec<Row> {
        let mut rows = self.latency_rows();
        rows.extend(self.flow_rows());
        rows.extend(self.start_rows());
        rows.extend(self.memory_rows());
        rows.extend(self.token_rows());
        rows
    }

    fn latency_rows(&self) -> Vec<Row> {
        let mut rows = Vec::new();
        let percentiles = [
            ("p50", self.calls.alone.map(|round| round.p50), 100.0),
            ("p99", self.calls.alone.map(|round| round.p99), 500.0),
        ];
        for (name, series, limit) in percentiles {
            let added = Spread::between(&series.door, &series.direct, |door, direct| door - direct);
            let by_proxy = Spread::between(&series.proxy, &series.direct, |proxy, direct| {
                proxy - direct
            });
            let slower =
                Spread::between(&series.door, &series.direct, |door, direct| door / direct);
            let over_proxy =
                Spread::between(&series.door, &series.proxy, |door, proxy| door / proxy);
            rows.push(Row::new(
                format!("`tools/call` with a token, {name}: added to the server's own time"),
                Some(Budget::Under(limit)),
                added,
                " µs",
            ));
            rows.push(Row::new(
                format!("for comparison, {name}: added by the bare proxy"),
                None,
                by_proxy,
                " µs",
            ));
            rows.push(Row::new(
                format!("`tools/call` with a token, {name}: times the direct call"),
                None,
                slower,
                "×",
            ));
            rows.push(Row::new(
                format!("the same, {name}: times the bare proxy"),
                None,
                over_proxy,
                "×",
            ));
        }
        rows
    }

    fn flow_rows(&self) -> Vec<Row> {
        let per_core = self.calls.together.map(|flow| flow.per_core_second);
        let per_second = self.calls.together.map(|flow| flow.per_second);
        let ratio =
            |this: &[f64], that: &[f64]| Spread::between(this, that, |this, that| this / that);
        vec![
            Row::new(
                "calls per second of CPU time: Shukuba's against the bare proxy's",
                Some(Budget::AtLeast(0.7)),
                ratio(&per_core.door, &per_core.proxy),
                "×",
            ),
            Row::new(
                format!(
                    "calls per second, {CLIENTS} clients: through Shukuba against through the bare proxy"
                ),
                None,
                ratio(&per_second.door, &per_second.proxy),
                "×",
            ),
            Row::new(
                format!("calls per second, {CLIENTS} clients: through Shukuba against directly"),
                None,
                ratio(&per_second.door, &per_second.direct),
                "×",
            ),
        ]
    }

    fn start_rows(&self) -> Vec<Row> {
        let Sessions { direct, door } = &self.sessions;
        let mut rows = vec![Row::new(
            "session start: our part above the server's own",
            Some(Budget::Under(10.0)),
            Spread::between(door, direct, |door, direct| door - direct),
            " ms",
        )];
        if let Some(up) = &self.up {
            for (name, runs) in [("fresh data directory", &up.fresh), ("again", &up.again)] {
                rows.push(Row::new(
                    format!("`up` of adder-rs to the first answered call, {name}"),
                    Some(Budget::Under(1.0)),
                    Spread::of(runs.iter().copied()),
                    " s",
                ));
            }
        }
        rows
    }

    fn memory_rows(&self) -> Vec<Row> {
        let Memory {
            idle,
            per_session,
            sessions,
        } = &self.memory;
        vec![
            Row::new(
                "memory (RSS) of an idle server",
                Some(Budget::Under(40.0)),
                Spread::of([*idle as f64 / 1024.0 / 1024.0]),
                " MiB",
            ),
            Row::new(
                format!("memory (RSS) of our own per idle session, over {sessions} sessions"),
                Some(Budget::Under(16.0)),
                Spread::of([per_session / 1024.0]),
                " KiB",
            ),
        ]
    }

    fn token_rows(&self) -> Vec<Row> {
        let Tokens {
            rs256,
            es256,
            refreshes,
            ..
        } = &self.tokens;
        let against =
            |these: &[f64], raw: &[f64]| Spread::between(these, raw, |this, raw| this / raw);
        let mut rows = Vec::new();
        for (name, budget, issued, raw) in [
            (
                "client_credentials RS256",
                Some(Budget::AtLeast(0.7)),
                &rs256.issued,
                &rs256.signatures,
            ),
            (
                "client_credentials ES256",
                None,
                &es256.issued,
                &es256.signatures,
            ),
            (
                "refresh_token, signed with RS256",
                None,
                refreshes,
                &rs256.signatures,
            ),
        ] {
            rows.push(Row::new(
                format!("token endpoint, {name}, one connection: tokens against raw signatures, per second"),
                budget,
                against(&issued.per_second, raw),
                "×",
            ));
            rows.push(Row::new(
                "the same per second of CPU time",
                budget,
                against(&issued.per_core_second, raw),
                "×",
            ));
        }
        rows
    }

    fn round_trips(&self) -> String {
        let Tokens {
            first_call,
            renewed_call,
            ..
        } = &self.tokens;
        format!(
            "\n## From a bare address to the first call, in round trips\n\
             | what | the client's | the browser's |\n| --- | --- | --- |\n\
             | a person logs in and allows; the handshake of MCP and the first call | {} | {} |\n\
             | the token has expired: refresh, handshake and call | {} | {} |\n",
            first_call.client, first_call.browser, renewed_call.client, renewed_call.browser
        )
    }

    fn machine_section(&self) -> String {
        let Machine {
            cpu,
            cores,
            virtual_machine,
            kernel,
            rustc,
            shukuba,
        } = &self.machine;
        let place = if *virtual_machine {
            ", in a virtual machine"
        } else {
            ""
        };
        format!(
            "\n## The machine\n{cpu}, {cores} cores{place}; Linux {kernel}; {rustc}; {shukuba}.\n\
             Clients, servers, proxy and Shukuba share these cores. Other programs used {:.0} % of them \
             during the run: the more, the wider the rounds lie apart.\n",
            self.others * 100.0
        )
    }

    fn absolute_section(&self) -> String {
        let Calls {
            alone, together, ..
        } = &self.calls;
        [
            ABSOLUTE,
            &way("A: the server directly", &alone.direct, &together.direct),
            &way("B: through a bare proxy", &alone.proxy, &together.proxy),
            &way(
                "C: through Shukuba, with a token",
                &alone.door,
                &together.door,
            ),
            &self.other_numbers(),
        ]
        .concat()
    }

    fn other_numbers(&self) -> String {
        let Self {
            calls,
            sessions,
            tokens,
            ..
        } = self;
        format!(
            "\nFirst call of a new session {} ms, of the server started by hand {} ms. \
             Per second: raw signatures on one thread {} with RSA-2048 and {} with P-256; on one connection {} \
             tokens with RS256, {} with ES256, {} refreshes.\n\
             Rounds: {} of {} calls for the times, {} for calls per second, {} for tokens; {} session starts.\n",
            middle(&sessions.door, |start| *start),
            middle(&sessions.direct, |start| *start),
            middle(&tokens.rs256.signatures, |rate| *rate),
            middle(&tokens.es256.signatures, |rate| *rate),
            middle(&tokens.rs256.issued.per_second, |rate| *rate),
            middle(&tokens.es256.issued.per_second, |rate| *rate),
            middle(&tokens.refreshes.per_second, |rate| *rate),
            calls.alone.door.len(),
            calls.calls_per_round,
            calls.together.door.len(),
            tokens.refreshes.per_second.len(),
            sessions.door.len()
        )
    }
}

fn way(name: &str, times: &[Latency], flows: &[Flow]) -> String {
    format!(
        "| {name} | {} µs | {} µs | {} | {} µs |\n",
        middle(times, |round| round.p50),
        middle(times, |round| round.p99),
        middle(flows, |round| round.per_second),
        middle(flows, |round| 1e6 / round.per_core_second)
    )
}

fn middle<T>(rounds: &[T], number: impl Fn(&T) -> f64) -> String {
    rounded(Spread::of(rounds.iter().map(number)).median)
}

const ABSOLUTE: &str = "
## The same in absolute numbers
They hold for this machine and this run only.

| way | p50 | p99 | calls per second | CPU time per call of the process called |
| --- | --- | --- | --- | --- |
";

const INTRODUCTION: &str = "\
# Benchmarks

What Shukuba adds to the MCP server behind it. Written by
`cargo xtask bench --write docs/benchmarks.md`; do not edit it by hand.
`cargo xtask bench` alone prints it, `--quick` makes it short.
";

/// Where the last section begins.
pub(crate) const LAST_SECTION: &str = "\n## How it is measured";

const METHOD: &str = "
## How it is measured
- Three ways lead to the same server, the adder that is part of the binary: **A** directly, **B** through a
  proxy of hyper's server and hyper's client that checks nothing and keeps one connection to the server for each
  client, **C** through `shukuba serve` with an access token of its own issuer. B and C run on tokio's
  multi-threaded runtime with its default number of threads. Everything is on loopback, HTTP/1.1, release builds.
- All are up at the same time and take turns: A B C, B C A, C A B, and so on. A ratio or a difference is made
  within a round; the table shows the middle of the rounds.
- Times: one client, one connection, one call after the other, each answer checked. Only C's calls carry a token.
- Calls per second of CPU time: user and system time of the proxy's or Shukuba's process alone, as the kernel
  counts it, so that client and server on the same cores do not blur the comparison.
- Session start: the first call with a new session id, which waits for a new instance, against starting the
  same server by hand and calling it as soon as it listens. The token's signature was checked before.
- Memory: VmRSS of a fresh server with one runtime and one answered call; then its growth over further sessions,
  each with its own instance, after 20 sessions that are not counted. Instances are other processes and not in it.
- Tokens: `POST /oauth/token` over one connection, one after the other, client authentication, database and
  client's side included, against signatures of aws-lc-rs (RSA-2048 PKCS #1 SHA-256, P-256 SHA-256) on one thread of
  another process. Within a round each has its turn. A refresh signs one access token and, before it is answered,
  commits the rotation to the disk (`synchronous=FULL`); each one uses the token that the one before it gave.
- Round trips: requests that were really sent, by a client of MCP 2025-11-25 that registers itself and by a browser;
  connections are kept, stylesheets are not counted.
- The console's pages: a data directory filled by the store itself (each runtime with 3 versions of 10 tools and an
  API of its own, half of the applications of one API; no instance runs), opened by `shukuba serve`; one person with
  the role operator, one connection that is kept, every page once in each round, the session looked up each time.
  To check the chain and to export the log read all of it and are not in the table.
- `up`: from the start of the process to its line `Ready in`, which it prints once its own call of the first tool is
  answered, on a compiled examples/adder-rs.
";
