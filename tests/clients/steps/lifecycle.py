"""`up`, `demo`, and what is left when the server is killed."""

import json
import shutil
import signal
import subprocess
import time
from pathlib import Path

from bed.bed import API
from bed.registry import step
from bed.server import free_port, wait_until
from bed.web import call_add, sum_of
from steps.seed_clients import launch_copy


@step("up-twice")
def up_twice(bed) -> None:
    """`up` answers a call with a real token; the second time at once, with the same runtime."""
    folder = bed.make_folder("up")
    project = folder / "adder"
    shutil.copytree(bed.root / "examples" / "adder", project)
    first, _ = _up(bed, project, folder / "data", free_port())
    port = int(first["endpoint"].split(":")[2].split("/")[0])
    second, seconds = _up(bed, project, folder / "data", port)
    for fact in ("endpoint", "runtime_arn", "client_id", "client_secret"):
        assert first[fact] == second[fact], fact
    assert seconds < 10, f"the second start took {seconds:.1f} s"


def _up(bed, project: Path, data_dir: Path, port: int) -> tuple[dict, float]:
    ready = data_dir.parent / "ready.json"
    ready.unlink(missing_ok=True)
    log = data_dir.parent / "up.log"
    began = time.monotonic()
    command = ["shukuba", "up", str(project), "--port", str(port), "--ready-json", str(ready)]
    environment = {**bed.server.environment, "SHUKUBA_DATA_DIR": str(data_dir)}
    with log.open("w") as output:
        process = subprocess.Popen(
            command, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output
        )
    try:
        wait_until(lambda: ready.exists() or process.poll() is not None, "up is ready", 180)
        assert ready.exists(), log.read_text()
        seconds = time.monotonic() - began
        facts = json.loads(ready.read_text())
        assert ready.stat().st_mode & 0o077 == 0, "the facts hold a secret and others may read them"
        assert facts["smoke"] == {"tool": "add", "arguments": {"a": 2, "b": 3}, "result": "5"}, facts
        assert facts["isolation"] == "none: same user, own process", facts
        assert sum_of(call_add(facts["invocation_url"], facts["access_token"], 20, 22)) == "42"
        wait_until(lambda: "add(a=2, b=3) = 5" in log.read_text(), "the answer is printed", 5)
        children = _descendants(process.pid)
        assert children, "no instance is running"
    finally:
        process.send_signal(signal.SIGINT)
        code = process.wait(timeout=30)
    assert code == 0, log.read_text()
    _check_gone(children)
    return facts, seconds


@step("everyday-commands", needs=("seed-4-address-and-token",))
def everyday_commands(bed) -> None:
    """`invoke`, `status`, `list`, `logs` and `destroy` do what they say."""
    sh = bed.server.sh
    answer = json.loads(sh("shukuba invoke --tool add --arg a=20 --arg b=22", bed.project))
    assert answer["result"]["content"][0]["text"] == "42", answer
    listed = json.loads(sh("""shukuba invoke '{"method":"tools/list"}'""", bed.project))
    assert [tool["name"] for tool in listed["result"]["tools"]] == ["add"], listed
    assert bed.runtime["arn"] in sh("shukuba status mcp_server")
    assert "POST /mcp" in sh("shukuba logs mcp_server")
    launch_copy(bed, "passing", API)
    assert "passing" in [runtime["name"] for runtime in bed.server.json("shukuba list --json")]
    sh("shukuba destroy passing --force")
    assert "passing" not in [runtime["name"] for runtime in bed.server.json("shukuba list --json")]
    gone = call_add(f"{bed.server.url}/mcp/passing", bed.token)
    assert gone.status == 404, gone


@step("demo")
def demo(bed) -> None:
    """`demo` plays the story by itself, with the binary alone, and ends with 0."""
    told = bed.server.sh("shukuba demo", bed.make_folder("demo"))
    assert "Claim 'client_id' value mismatch with configuration." in told, told
    assert told.count("add(2, 3) = 5") == 2, told


@step("one-server-per-data-directory", needs=("seed-1-mcp-server",))
def one_server_per_data_directory(bed) -> None:
    """A second server on the same data directory, or the same port, says who has it."""
    second = bed.server.shell(f"shukuba serve --port {free_port()}")
    assert second.returncode == 1 and str(bed.server.pid) in second.stderr, second.stderr
    other = bed.make_folder("other-data")
    taken = bed.server.shell(f"shukuba serve --port {bed.server.port}", SHUKUBA_DATA_DIR=str(other))
    assert taken.returncode == 1 and str(bed.server.port) in taken.stderr, taken.stderr


@step("killed-and-started-again", needs=("seed-4-address-and-token",))
def killed_and_started_again(bed) -> None:
    """kill -9 leaves no process behind; started again, the same token works."""
    assert sum_of(call_add(bed.url, bed.token)) == "5"
    children = _descendants(bed.server.pid)
    assert children, "no instance is running"
    assert bed.server.stop(signal.SIGKILL) == -signal.SIGKILL
    _check_gone(children)
    bed.server.start()
    assert sum_of(call_add(bed.url, bed.token)) == "5"


def _check_gone(pids: list[int]) -> None:
    wait_until(lambda: not any(_alive(pid) for pid in pids), f"the processes {pids} are gone", 10)


def _alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def _descendants(pid: int) -> list[int]:
    """The processes below one, by /proc."""
    parents: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rsplit(")", 1)[1].split()
        except OSError:  # It ended while the list was made.
            continue
        parents.setdefault(int(fields[1]), []).append(int(stat.parent.name))
    found, todo = [], [pid]
    while todo:
        children = parents.get(todo.pop(), [])
        found += children
        todo += children
    return found
