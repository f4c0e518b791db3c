//! The flags of `configure`, as the AWS toolkit spells them.

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

use clap::{Args, Subcommand};
use shukuba_model::{AccountId, Region, RuntimeName};

/// `shukuba configure`.
#[derive(Debug, Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "In the dialogue, Enter takes what stands in brackets, and - leaves a list empty."
)]
pub(crate) struct ConfigureArgs {
    #[command(subcommand)]
    pub(super) command: Option<ConfigureCommand>,
    #[command(flatten)]
    pub(super) flags: Flags,
}

/// The verbs of `shukuba configure`.
#[derive(Debug, Subcommand)]
pub(super) enum ConfigureCommand {
    /// List the agents of the project file.
    List,
    /// Make an agent the one that is meant where none is named.
    SetDefault {
        /// The agent's name.
        name: RuntimeName,
    },
}

/// The flags of the dialogue: what they answer is not asked.
#[derive(Debug, Default, Args)]
pub(super) struct Flags {
    /// The file to start: a Python file, an executable, or Cargo.toml.
    #[arg(short, long, value_name = "FILE")]
    pub(super) entrypoint: Option<PathBuf>,
    /// The runtime's name; the entry point's, without its ending, by default.
    #[arg(short, long)]
    pub(super) name: Option<RuntimeName>,
    /// The requirements file (-rf); requirements.txt by default.
    #[arg(long, alias = "rf", value_name = "FILE")]
    pub(super) requirements_file: Option<PathBuf>,
    /// The authorizer as JSON (-ac): {"customJWTAuthorizer": {"discoveryUrl": ..., "allowedClients": [...], "allowedAudience": [...]}}.
    #[arg(long, alias = "ac", value_name = "JSON")]
    pub(super) authorizer_config: Option<String>,
    /// The protocol the server speaks: MCP.
    #[arg(short, long, value_parser = parse_protocol)]
    pub(super) protocol: Option<String>,
    /// The region of the runtime's ARN.
    #[arg(short, long)]
    pub(super) region: Option<Region>,
    /// The account of the runtime's ARN, twelve digits.
    #[arg(long)]
    pub(super) account: Option<AccountId>,
    /// Ask nothing (-ni): take flags, what the file says, and defaults.
    #[arg(long, alias = "ni")]
    pub(super) non_interactive: bool,
    /// Let people log in as well.
    #[arg(long)]
    pub(super) login: bool,
    /// AWS's execution role (-er), kept for the AWS toolkit.
    #[arg(long, value_name = "ROLE")]
    pub(super) execution_role: Option<String>,
    #[command(flatten)]
    pub(super) ignored: Ignored,
}

/// Flags of the AWS toolkit that have no meaning here, so that its command
/// lines work unchanged.
#[derive(Debug, Default, Args)]
pub(super) struct Ignored {
    #[arg(long, hide = true)]
    ecr: Option<String>,
    #[arg(long, hide = true)]
    container_runtime: Option<String>,
    #[arg(long, hide = true)]
    code_build_execution_role: Option<String>,
    #[arg(long, hide = true)]
    s3: Option<String>,
    #[arg(long, hide = true)]
    deployment_type: Option<String>,
    #[arg(long, hide = true)]
    runtime: Option<String>,
    #[arg(long, hide = true)]
    disable_otel: bool,
    #[arg(long, hide = true)]
    disable_memory: bool,
    #[arg(short, long, hide = true)]
    verbose: bool,
}

impl Ignored {
    /// A line for each flag that was given, saying why nothing comes of it.
    pub(super) fn notes(&self) -> Vec<String> {
        const IMAGE: &str = "there are no container images to keep";
        const BUILD: &str = "the server builds the project itself";
        let given = [
            (self.ecr.is_some(), "--ecr", IMAGE),
            (
                self.container_runtime.is_some(),
                "--container-runtime",
                IMAGE,
            ),
            (
                self.code_build_execution_role.is_some(),
                "--code-build-execution-role",
                BUILD,
            ),
            (self.s3.is_some(), "--s3", BUILD),
            (self.deployment_type.is_some(), "--deployment-type", BUILD),
            (
                self.runtime.is_some(),
                "--runtime",
                "the server's own Python is used",
            ),
            (
                self.disable_otel,
                "--disable-otel",
                "no telemetry is added to the server",
            ),
            (
                self.disable_memory,
                "--disable-memory",
                "there is no memory service",
            ),
        ];
        given
            .into_iter()
            .filter(|(given, ..)| *given)
            .map(|(_, flag, why)| format!("note: {flag} is ignored: {why}"))
            .collect()
    }
}

fn parse_protocol(text: &str) -> Result<String, String> {
    if text.eq_ignore_ascii_case("MCP") {
        Ok("MCP".to_owned())
    } else {
        Err("MCP is the one protocol hosted now".to_owned())
    }
}

/// The toolkit's short flags of several letters, which clap would take for
/// several flags of one letter.
const LONG_FORMS: [(&str, &str); 14] = [
    ("-rf", "--requirements-file"),
    ("-ac", "--authorizer-config"),
    ("-er", "--execution-role"),
    ("-ecr", "--ecr"),
    ("-ctr", "--container-runtime"),
    ("-cber", "--code-build-execution-role"),
    ("-do", "--disable-otel"),
    ("-dm", "--disable-memory"),
    ("-dt", "--deployment-type"),
    ("-rt", "--runtime"),
    ("-s3", "--s3"),
    ("-ni", "--non-interactive"),
    ("--ecr-repository", "--ecr"),
    ("--requirements_file", "--requirements-file"),
];

/// Spells the AWS toolkit's flags of `configure` in full: `-rf` as
/// `--requirements-file`, and so on. Other commands' arguments stay as they are.
pub(crate) fn normalise_arguments(arguments: impl Iterator<Item = OsString>) -> Vec<OsString> {
    let mut arguments: Vec<OsString> = arguments.collect();
    let Some(command) = position_of_command(&arguments) else {
        return arguments;
    };
    if arguments
        .get(command)
        .is_none_or(|name| name != "configure")
    {
        return arguments;
    }
    let flags = arguments.iter_mut().skip(command + 1);
    for argument in flags.take_while(|argument| *argument != "--") {
        if let Some(long) = long_form(argument) {
            *argument = long;
        }
    }
    arguments
}

/// Where the first argument stands that is no flag and no flag's value.
fn position_of_command(arguments: &[OsString]) -> Option<usize> {
    let mut is_value = false;
    arguments
        .iter()
        .enumerate()
        .skip(1)
        .find(|(_, argument)| {
            let command = !is_value && !argument.to_string_lossy().starts_with('-');
            is_value = matches!(argument.to_str(), Some("--server" | "--data-dir"));
            command
        })
        .map(|(index, _)| index)
}

fn long_form(argument: &OsStr) -> Option<OsString> {
    let text = argument.to_str()?;
    let (flag, value) = match text.split_once('=') {
        Some((flag, value)) => (flag, Some(value)),
        None => (text, None),
    };
    let (_, long) = LONG_FORMS.iter().find(|(short, _)| *short == flag)?;
    Some(match value {
        Some(value) => format!("{long}={value}").into(),
        None => (*long).into(),
    })
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Debug, Parser)]
    struct Only {
        #[command(flatten)]
        args: ConfigureArgs,
    }

    fn normalised(line: &str) -> String {
        let arguments = normalise_arguments(line.split(' ').map(OsString::from));
        let words: Vec<&str> = arguments.iter().filter_map(|word| word.to_str()).collect();
        words.join(" ")
    }

    fn flags(line: &str) -> Result<Flags, clap::Error> {
        let line = normalised(&format!("shukuba configure {line}"));
        let words = line.split(' ').enumerate().filter(|(index, _)| *index != 1);
        Only::try_parse_from(words.map(|(_, word)| word)).map(|only| only.args.flags)
    }

    #[test]
    fn flags_of_several_letters_are_spelled_in_full_for_configure_only() {
        assert_eq!(
            normalised("shukuba configure -e a.py -rf r.txt -ac={} -ni"),
            "shukuba configure -e a.py --requirements-file r.txt --authorizer-config={} --non-interactive"
        );
        assert_eq!(
            normalised("shukuba --server configure --data-dir=x configure -do"),
            "shukuba --server configure --data-dir=x configure --disable-otel"
        );
        for other in [
            "shukuba launch -rf x",
            "shukuba --server configure launch -rf",
            "shukuba",
            "shukuba -rf",
        ] {
            assert_eq!(normalised(other), other);
        }
    }

    #[test]
    fn the_seeds_command_line_and_the_toolkits_flags_parse() {
        let seed = flags("-e mcp_server.py --protocol MCP --region us-west-2").unwrap();
        assert_eq!(seed.entrypoint.unwrap().to_str(), Some("mcp_server.py"));
        assert_eq!(seed.region.unwrap().as_str(), "us-west-2");
        let all = flags("-e a.py -n adder -rf r.txt -er role -ecr auto -ctr podman -do -dm -p mcp -r eu-west-1 -v --account 210987654321 -ni --login").unwrap();
        assert_eq!(all.protocol.as_deref(), Some("MCP"));
        assert!(all.non_interactive && all.login);
        assert_eq!(all.ignored.notes().len(), 4);
        assert!(all.ignored.notes()[0].starts_with("note: --ecr is ignored"));
    }

    #[test]
    fn an_unknown_region_or_protocol_is_refused_with_what_is_allowed() {
        let region = flags("-e a.py -r moon-1").unwrap_err().to_string();
        assert!(
            region.contains("'moon-1'") && region.contains("us-west-2"),
            "{region}"
        );
        let protocol = flags("-e a.py -p HTTP").unwrap_err().to_string();
        assert!(protocol.contains("MCP is the one protocol"), "{protocol}");
        assert!(flags("-e a.py --account 12").is_err());
    }
}
