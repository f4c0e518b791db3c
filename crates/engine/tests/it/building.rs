//! From a bundle to a version that can be started.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;
use shukuba_engine::{
    Build, BuildError, BuildEvent, BuildSource, Engine, EngineSettings, OuterEnvironment,
};
use tokio::sync::mpsc;

use super::fixture::House;

/// A project as it would be uploaded; names that end in `!` are executable.
pub(crate) fn bundle(directory: &Path, files: &[(&str, &str)]) -> PathBuf {
    let mut archive = tar::Builder::new(Vec::new());
    for (name, text) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(text.len().try_into().unwrap());
        header.set_mode(if name.ends_with('!') { 0o755 } else { 0o644 });
        archive
            .append_data(&mut header, name.trim_end_matches('!'), text.as_bytes())
            .unwrap();
    }
    compressed(directory, &archive.into_inner().unwrap())
}

/// Writes a tar as an uploaded bundle.
pub(crate) fn compressed(directory: &Path, archive: &[u8]) -> PathBuf {
    use std::io::Write as _;
    let path = directory.join("bundle.tar.gz");
    let mut file = GzEncoder::new(std::fs::File::create(&path).unwrap(), Compression::fast());
    file.write_all(archive).unwrap();
    file.finish().unwrap();
    path
}

pub(crate) fn source(bundle: PathBuf, entrypoint: &str) -> BuildSource {
    BuildSource::Bundle {
        bundle,
        entrypoint: entrypoint.to_owned(),
        requirements_file: None,
    }
}

/// Builds and returns what was told meanwhile.
pub(crate) async fn build(
    engine: &Engine,
    source: BuildSource,
) -> (Result<Build, BuildError>, Vec<BuildEvent>) {
    let (sender, mut receiver) = mpsc::channel(64);
    let listening = tokio::spawn(async move {
        let mut events = Vec::new();
        while let Some(event) = receiver.recv().await {
            events.push(event);
        }
        events
    });
    let outcome = engine.build(source, sender).await;
    (outcome, listening.await.unwrap())
}

/// The directories of versions there are.
pub(crate) fn versions(data_dir: &Path) -> Vec<PathBuf> {
    std::fs::read_dir(data_dir.join("versions"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect()
}

/// A directory of programs that do what a test wants.
pub(crate) fn programs(directory: &Path, scripts: &[(&str, &str)]) -> OuterEnvironment {
    let bin = directory.join("bin");
    std::fs::create_dir_all(&bin).unwrap();
    for (name, script) in scripts {
        let path = bin.join(name);
        std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    }
    OuterEnvironment::from_iter([
        ("PATH", bin.display().to_string()),
        ("PYTHONDONTWRITEBYTECODE", "1".to_owned()),
        ("AWS_SECRET_ACCESS_KEY", "secret".to_owned()),
        ("PIP_INDEX_URL", "https://index.example/".to_owned()),
        ("CARGO_HOME", "/cargo".to_owned()),
    ])
}

pub(crate) fn engine(directory: &Path, environment: OuterEnvironment) -> Engine {
    Engine::new(EngineSettings {
        environment,
        ..EngineSettings::new(directory.join("data"))
    })
    .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_executable_file_is_its_own_command_and_is_built_once() {
    let house = House::new();
    let packed = bundle(
        house.directory.path(),
        &[("server!", "#!/bin/sh\n"), ("lib/data.txt", "x")],
    );
    let (first, told) = build(&house.engine, source(packed.clone(), "./server")).await;
    let first = first.unwrap();
    assert!(told.contains(&BuildEvent::Step("Unpacking the project".to_owned())));
    assert!(
        first
            .command
            .program
            .ends_with(format!("versions/{}/app/server", first.digest))
    );
    assert_eq!(first.command.path, "/mcp");
    let data = first.command.directory.join("lib/data.txt");
    assert_eq!(std::fs::read_to_string(data).unwrap(), "x");

    let (second, told) = build(&house.engine, source(packed, "server")).await;
    assert_eq!(second.unwrap(), first);
    assert_eq!(
        told,
        [BuildEvent::Step(
            "Nothing to build: this version is there already".to_owned()
        )]
    );
    let other = bundle(
        house.directory.path(),
        &[("server!", "#!/bin/sh\n# changed\n")],
    );
    let (third, _) = build(&house.engine, source(other, "server")).await;
    assert_ne!(third.unwrap().digest, first.digest);
    house.engine.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_builtin_server_is_built_in_no_time_and_keeps_its_digest() {
    let house = House::new();
    let builtin = |program: &str| BuildSource::Builtin {
        program: program.into(),
        arguments: vec!["__adder".to_owned()],
    };
    let (first, _) = build(&house.engine, builtin("/bin/one")).await;
    let (moved, _) = build(&house.engine, builtin("/bin/two")).await;
    let (first, moved) = (first.unwrap(), moved.unwrap());
    assert_eq!(first.digest, moved.digest);
    assert_eq!(moved.command.program, Path::new("/bin/two"));
    assert_eq!(moved.command.arguments, ["__adder"]);
    house.engine.shutdown().await;
}

const FAKE_CARGO: &str = r#"
while [ $# -gt 0 ]; do
  [ "$1" = --target-dir ] && target=$2
  [ "$1" = --locked ] && locked=1
  shift
done
[ -z "$AWS_SECRET_ACCESS_KEY" ] || exit 8
[ "$CARGO_HOME" = /cargo ] || exit 7
/bin/grep -q '^\[workspace\]' Cargo.toml || exit 6
/bin/mkdir -p $target/release
printf '#!/bin/sh\n# locked=%s\n' "$locked" > $target/release/adder
/bin/chmod 755 $target/release/adder
echo '   Compiling adder' >&2
echo '{"reason":"compiler-artifact","target":{"kind":["lib"],"name":"dep"},"executable":null}'
echo "{\"reason\":\"compiler-artifact\",\"target\":{\"kind\":[\"bin\"],\"name\":\"adder\"},\"executable\":\"$target/release/adder\"}"
[ -f src/two.rs ] && echo "{\"target\":{\"kind\":[\"bin\"],\"name\":\"two\"},\"executable\":\"/x\"}"
exit 0
"#;

#[tokio::test(flavor = "multi_thread")]
async fn a_rust_project_is_compiled_locked_when_it_has_a_lock_and_stands_alone() {
    let directory = tempfile::tempdir().unwrap();
    let engine = engine(
        directory.path(),
        programs(directory.path(), &[("cargo", FAKE_CARGO)]),
    );
    for (lock, expected) in [(Some("Cargo.lock"), "# locked=1"), (None, "# locked=\n")] {
        let mut files = vec![
            ("Cargo.toml", "[package]\nname = 'adder'\n"),
            ("src/main.rs", ""),
        ];
        files.extend(lock.map(|name| (name, "")));
        let packed = bundle(directory.path(), &files);
        let (built, told) = build(&engine, source(packed, "Cargo.toml")).await;
        let built = built.unwrap();
        let program = std::fs::read_to_string(&built.command.program).unwrap();
        assert!(program.contains(expected), "{program}");
        let kept = directory.path().join("data/versions").join(&built.digest);
        assert!(
            built
                .command
                .program
                .starts_with(kept.canonicalize().unwrap())
        );
        assert!(told.contains(&BuildEvent::Output("   Compiling adder".to_owned())));
        assert!(
            !told
                .iter()
                .any(|event| matches!(event, BuildEvent::Output(line) if line.starts_with('{')))
        );
    }
    let two = [("Cargo.toml", ""), ("src/main.rs", ""), ("src/two.rs", "")];
    let packed = bundle(directory.path(), &two);
    let (unclear, _) = build(&engine, source(packed.clone(), "Cargo.toml")).await;
    assert!(unclear.unwrap_err().message.contains("adder, two"));
    let (named, _) = build(&engine, source(packed, "adder")).await;
    assert!(named.unwrap().command.program.ends_with("bin/adder"));
    engine.shutdown().await;
}

/// Plays pip: what is asked of it is written where a test finds it.
const FAKE_PYTHON: &str = r#"
if [ "$1" = -c ]; then
  case "$2" in *tomllib*) echo 'mcp<2' ;; *) echo 3.12.1; echo "$0" ;; esac
elif [ "$2" = venv ]; then
  /bin/mkdir -p "$3/bin" && /bin/cp "$0" "$3/bin/python"
elif [ "$2" = pip ]; then
  [ -z "$PYTHONDONTWRITEBYTECODE$AWS_SECRET_ACCESS_KEY" ] || exit 8
  [ "$PIP_INDEX_URL" = https://index.example/ ] || exit 7
  for last; do :; done
  echo "Collecting $(/bin/cat "$last")"
elif [ "$2" = compileall ]; then
  echo "compiled $4"
fi
"#;

#[tokio::test(flavor = "multi_thread")]
async fn a_python_project_is_installed_from_its_list_and_compiled_in_a_built_environment() {
    let directory = tempfile::tempdir().unwrap();
    let engine = engine(
        directory.path(),
        programs(directory.path(), &[("python3", FAKE_PYTHON)]),
    );
    let entry = ("mcp_server.py", "from mcp.server.fastmcp import FastMCP\n");
    for (name, text) in [
        ("requirements.txt", "mcp<2"),
        ("pyproject.toml", "[project]\ndependencies = ['mcp<2']\n"),
    ] {
        let packed = bundle(directory.path(), &[entry, (name, text)]);
        let (built, told) = build(&engine, source(packed, "mcp_server.py")).await;
        let built = built.unwrap();
        assert!(
            told.contains(&BuildEvent::Output("Collecting mcp<2".to_owned())),
            "{told:?}"
        );
        let app = built.command.directory.display().to_string();
        assert!(
            told.contains(&BuildEvent::Output(format!("compiled {app}"))),
            "{told:?}"
        );
        assert!(built.command.program.ends_with("venv/bin/python"));
        assert_eq!(built.command.arguments[1], format!("{app}/mcp_server.py"));
        assert_eq!(built.command.environment["PYTHONUNBUFFERED"], "1");
    }
    engine.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn uv_is_used_when_it_is_there() {
    let directory = tempfile::tempdir().unwrap();
    let uv = r#"
if [ "$1" = venv ]; then
  [ "$3" = '>=3.10' ] || exit 5
  /bin/mkdir -p "$4/bin"
  printf '#!/bin/sh\n' > "$4/bin/python" && /bin/chmod 755 "$4/bin/python"
else
  echo "uv $*" >&2
fi
"#;
    let engine = engine(directory.path(), programs(directory.path(), &[("uv", uv)]));
    let packed = bundle(
        directory.path(),
        &[("server.py", ""), ("requirements.txt", "x")],
    );
    let (built, told) = build(&engine, source(packed, "server.py")).await;
    built.unwrap();
    assert!(
        told.iter().any(|event| matches!(
            event,
            BuildEvent::Output(line) if line.starts_with("uv pip install --compile-bytecode --python")
                && line.ends_with("-r requirements.txt")
        )),
        "{told:?}"
    );
    engine.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_launches_of_one_bundle_build_it_once() {
    let directory = tempfile::tempdir().unwrap();
    let engine = engine(
        directory.path(),
        programs(directory.path(), &[("cargo", FAKE_CARGO)]),
    );
    let packed = bundle(directory.path(), &[("Cargo.toml", ""), ("src/main.rs", "")]);
    let (one, two) = tokio::join!(
        build(&engine, source(packed.clone(), "Cargo.toml")),
        build(&engine, source(packed, "Cargo.toml"))
    );
    assert_eq!(one.0.unwrap(), two.0.unwrap());
    let compiled = |told: &[BuildEvent]| {
        told.iter()
            .any(|event| matches!(event, BuildEvent::Step(text) if text.contains("cargo")))
    };
    assert_ne!(compiled(&one.1), compiled(&two.1));
    engine.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_build_that_is_given_up_or_was_never_finished_is_built_anew() {
    let directory = tempfile::tempdir().unwrap();
    let slow = "[ -f /bin/sleep ] && /bin/sleep 600";
    let outer = programs(directory.path(), &[("cargo", slow)]);
    let engine = engine(directory.path(), outer.clone());
    let packed = bundle(directory.path(), &[("Cargo.toml", ""), ("src/main.rs", "")]);
    let (sender, mut told) = mpsc::channel(64);
    let building = engine.build(source(packed, "Cargo.toml"), sender);
    let compiling = async {
        while told.recv().await
            != Some(BuildEvent::Step(
                "Compiling with cargo build --release".to_owned(),
            ))
        {}
    };
    tokio::select! {
        outcome = building => panic!("{outcome:?}"),
        () = compiling => {}
    }
    assert_eq!(
        versions(&directory.path().join("data")),
        Vec::<PathBuf>::new()
    );
    engine.shutdown().await;

    let unfinished = directory.path().join("data/versions/0123");
    std::fs::create_dir_all(&unfinished).unwrap();
    std::fs::write(unfinished.join(".partial"), "").unwrap();
    let next = self::engine(directory.path(), outer);
    assert!(!unfinished.exists());
    next.shutdown().await;
}
