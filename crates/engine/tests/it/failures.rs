//! Each failure of a build: its paragraph, the tool's lines, what to do, and
//! nothing left on the disk.

use std::path::Path;

use shukuba_engine::{BuildError, BuildFailure, BuildSource, OuterEnvironment};

use super::building::{build, bundle, engine, programs, source, versions};

type Files<'a> = &'a [(&'a str, &'a str)];

async fn failure(directory: &Path, outer: OuterEnvironment, source: BuildSource) -> BuildError {
    let engine = engine(directory, outer);
    let (outcome, _) = build(&engine, source).await;
    engine.shutdown().await;
    let error = outcome.unwrap_err();
    assert_eq!(
        versions(&directory.join("data")).len(),
        0,
        "left behind by {error}"
    );
    assert!(
        !error.message.contains('\n') && error.message.ends_with('.'),
        "{error}"
    );
    assert!(!error.hint.is_empty(), "{error}");
    assert!(error.output.len() <= 15, "{} lines", error.output.len());
    error
}

/// A failure of a Python project whose python3 does as `script` says.
async fn python_failure(script: &str, files: Files<'_>) -> BuildError {
    let directory = tempfile::tempdir().unwrap();
    let outer = programs(directory.path(), &[("python3", script)]);
    let packed = bundle(directory.path(), files);
    failure(directory.path(), outer, source(packed, "server.py")).await
}

/// A python3 that makes environments and whose pip prints `lines` and fails.
fn failing_pip(lines: &str) -> String {
    format!(
        "if [ \"$1\" = -c ]; then echo 3.12.1; echo \"$0\"\n\
         elif [ \"$2\" = venv ]; then /bin/mkdir -p \"$3/bin\"; /bin/cp \"$0\" \"$3/bin/python\"\n\
         else /bin/cat <<'END'\n{lines}\nEND\nexit 1; fi"
    )
}

const PROJECT: Files<'_> = &[
    ("server.py", "import httpx\n"),
    ("requirements.txt", "httpx\n"),
];
const WORKING: &str = "if [ \"$1\" = -c ]; then echo 3.12.1; echo \"$0\"; fi";

#[tokio::test]
async fn no_python_or_one_too_old_names_what_was_found_and_the_rust_example() {
    let directory = tempfile::tempdir().unwrap();
    let packed = bundle(directory.path(), PROJECT);
    let nothing = programs(directory.path(), &[]);
    let error = failure(directory.path(), nothing, source(packed, "server.py")).await;
    assert_eq!(error.failure, BuildFailure::NoPython);
    assert!(error.message.contains("none was found"), "{error}");
    let error = python_failure("echo 3.9.2; echo \"$0\"", PROJECT).await;
    assert_eq!(error.failure, BuildFailure::NoPython);
    assert!(error.message.contains("found only 3.9.2 at "), "{error}");
    assert!(error.hint.contains("python3-venv") && error.hint.contains("examples/adder-rs"));
}

#[tokio::test]
async fn a_python_without_venv_is_told_the_package() {
    let script = "if [ \"$1\" = -c ]; then echo 3.12.1; echo \"$0\"; else
echo 'The virtual environment was not created successfully because ensurepip is not available.'
exit 1; fi";
    let error = python_failure(script, PROJECT).await;
    assert_eq!(error.failure, BuildFailure::NoVenv);
    assert!(
        error.hint.contains("apt install python3-venv"),
        "{}",
        error.hint
    );
    assert!(error.output[0].contains("ensurepip"));
}

#[tokio::test]
async fn an_index_out_of_reach_is_told_from_pips_and_uvs_words() {
    let pip = "WARNING: Retrying (Retry(total=0)) after connection broken by 'NewConnectionError(Failed to establish a new connection: [Errno -3] Temporary failure in name resolution)': /simple/httpx/
ERROR: Could not find a version that satisfies the requirement httpx (from versions: none)
ERROR: No matching distribution found for httpx";
    let error = python_failure(&failing_pip(pip), PROJECT).await;
    assert_eq!(error.failure, BuildFailure::NoNetwork);
    assert!(error.hint.contains("examples/adder-rs"));
    assert!(
        error
            .output
            .iter()
            .any(|line| line.contains("No matching distribution"))
    );

    let directory = tempfile::tempdir().unwrap();
    let uv = "[ \"$1\" = venv ] && exit 0
echo 'error: Failed to fetch: `https://index.example/simple/httpx/`' >&2
echo '  Caused by: Could not connect, are you offline?' >&2
exit 2";
    let outer = programs(directory.path(), &[("uv", uv)]);
    let packed = bundle(directory.path(), PROJECT);
    let error = failure(directory.path(), outer, source(packed, "server.py")).await;
    assert_eq!(error.failure, BuildFailure::NoNetwork);
}

#[tokio::test]
async fn a_requirement_that_cannot_be_met_is_named() {
    let pip = "ERROR: Could not find a version that satisfies the requirement httpx==99 (from versions: 0.1)
ERROR: No matching distribution found for httpx==99";
    let error = python_failure(&failing_pip(pip), PROJECT).await;
    assert_eq!(error.failure, BuildFailure::BrokenRequirement);
    assert!(
        error.message.contains("the requirement httpx==99"),
        "{error}"
    );
    assert!(error.hint.contains("requirements.txt"));
    assert!(!error.hint.contains("network"), "{}", error.hint);

    let unreached = pip.replace("0.1", "none");
    let error = python_failure(&failing_pip(&unreached), PROJECT).await;
    assert!(error.hint.contains("check the network"), "{}", error.hint);
}

#[tokio::test]
async fn another_failure_of_the_tool_shows_its_last_lines_only() {
    let many: Vec<String> = (0..100).map(|number| format!("line {number}")).collect();
    let error = python_failure(&failing_pip(&many.join("\n")), PROJECT).await;
    assert_eq!(error.failure, BuildFailure::ToolFailed);
    assert_eq!(error.output.len(), 15);
    assert_eq!(error.output[14], "line 99");
}

#[tokio::test]
async fn fastmcp_with_an_mcp_that_may_be_version_2_fails_before_anything_is_installed() {
    let entry = ("server.py", "from mcp.server.fastmcp import FastMCP\n");
    for (file, text) in [
        ("requirements.txt", "mcp\n"),
        ("requirements.txt", "# tools\nmcp[cli]>=1.10\n"),
        ("requirements.txt", "mcp==2.3.0\n"),
        (
            "pyproject.toml",
            "[project]\ndependencies = [\"mcp[cli]>=1.2\"]\n",
        ),
    ] {
        let error = python_failure(WORKING, &[entry, (file, text)]).await;
        assert_eq!(error.failure, BuildFailure::FastMcpRemoved, "{text}");
        assert!(
            error.message.contains(file) && error.message.contains("was removed"),
            "{error}"
        );
        assert!(error.hint.contains("mcp<2") && error.hint.contains("mcp.server.mcpserver"));
    }
}

#[tokio::test]
async fn an_import_of_mcp_without_any_list_of_packages_is_told() {
    let error = python_failure(WORKING, &[("server.py", "import mcp\n")]).await;
    assert_eq!(error.failure, BuildFailure::MissingRequirements);
    assert!(error.hint.contains("mcp<2"), "{}", error.hint);
}

#[tokio::test]
async fn a_requirements_file_that_was_named_must_be_there() {
    let directory = tempfile::tempdir().unwrap();
    let outer = programs(directory.path(), &[("python3", WORKING)]);
    let source = BuildSource::Bundle {
        bundle: bundle(directory.path(), PROJECT),
        entrypoint: "server.py".to_owned(),
        requirements_file: Some("deps.txt".to_owned()),
    };
    let error = failure(directory.path(), outer, source).await;
    assert_eq!(error.failure, BuildFailure::MissingRequirements);
    assert!(error.message.contains("deps.txt"));
}

#[tokio::test]
async fn an_entry_point_that_is_not_there_names_those_that_are() {
    let error = python_failure(WORKING, &[("mcp_server.py", ""), ("other.py", "")]).await;
    assert_eq!(error.failure, BuildFailure::MissingEntrypoint);
    assert!(
        error.hint.contains("mcp_server.py, other.py"),
        "{}",
        error.hint
    );

    let directory = tempfile::tempdir().unwrap();
    for outside in ["../server.py", "/etc/passwd", ""] {
        let packed = bundle(directory.path(), PROJECT);
        let outer = programs(directory.path(), &[]);
        let error = failure(directory.path(), outer, source(packed, outside)).await;
        assert_eq!(error.failure, BuildFailure::MissingEntrypoint);
    }
    let packed = bundle(directory.path(), &[("notes.txt", "")]);
    let outer = programs(directory.path(), &[]);
    let error = failure(directory.path(), outer, source(packed, "notes.txt")).await;
    assert!(error.message.contains("nothing can run it"), "{error}");
}

#[tokio::test]
async fn rust_projects_name_a_missing_cargo_a_registry_out_of_reach_and_the_compilers_words() {
    let files: Files<'_> = &[("Cargo.toml", ""), ("src/main.rs", "")];
    for (script, expected) in [
        (None, BuildFailure::NoCargo),
        (
            Some("echo 'warning: spurious network error (3 tries remaining)' >&2; exit 101"),
            BuildFailure::NoNetwork,
        ),
        (
            Some("echo 'error[E0425]: cannot find value' >&2; exit 101"),
            BuildFailure::ToolFailed,
        ),
        (Some("exit 0"), BuildFailure::MissingEntrypoint),
    ] {
        let directory = tempfile::tempdir().unwrap();
        let scripts: Vec<(&str, &str)> =
            script.map(|script| ("cargo", script)).into_iter().collect();
        let outer = programs(directory.path(), &scripts);
        let packed = bundle(directory.path(), files);
        let error = failure(directory.path(), outer, source(packed, "Cargo.toml")).await;
        assert_eq!(error.failure, expected, "{error}");
    }
}
