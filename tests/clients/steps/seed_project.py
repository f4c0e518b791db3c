"""Steps 3 and 4 of the seed: configure, the project file, launch, the address, a token."""

import re
import shutil
from urllib.parse import quote

from bed.bed import API
from bed.registry import step
from bed.terminal import converse
from bed.web import call_add, refusal_of, request, sum_of

CONFIGURE = "shukuba configure -e mcp_server.py --protocol MCP --region us-west-2"


@step("seed-3-configure-dialogue", needs=("seed-2-api-and-application",))
def seed_3_configure_dialogue(bed) -> None:
    """The dialogue under a terminal, against a recorded transcript."""
    answers = [
        ("Execution role", ""),
        ("Requirements file", ""),
        ("Configure OAuth authorizer instead? (yes/no) [yes]", "yes"),
        ("Enter OAuth discovery URL", "http://127.0.0.1:9/.well-known/openid-configuration"),
        ("Enter OAuth discovery URL", bed.openid_configuration),
        ("Enter allowed OAuth client IDs (comma-separated)", bed.client_id),
        ("Enter allowed OAuth audience (comma-separated)", API),
        ("Let people log in as well? (yes/no) [yes]", ""),
    ]
    code, screen = converse(CONFIGURE.split(), answers, str(bed.project), bed.server.environment)
    assert code == 0, screen
    _compare(bed, _without_particulars(bed, screen))
    bed.project_file = bed.project / ".bedrock_agentcore.yaml"
    written = bed.project_file.read_text()
    for expected in (bed.openid_configuration, bed.client_id, API, "us-west-2"):
        assert expected in written, f"'{expected}' is not in\n{written}"


@step("seed-3-project-file", needs=("seed-3-configure-dialogue",))
def seed_3_project_file(bed) -> None:
    """The seed's own file, edited by `configure`, keeps every key, null, order and comment."""
    folder = bed.make_folder("seed-file")
    shutil.copy(bed.project / "mcp_server.py", folder)
    fixture = bed.root / "crates" / "model" / "tests" / "fixtures" / "bedrock_agentcore.yaml"
    file = folder / "bedrock_agentcore.yaml"
    before = fixture.read_text()
    file.write_text(before)
    bed.server.sh(
        "shukuba configure -e mcp_server.py -n mcp_server --protocol MCP --region us-west-2 --non-interactive",
        folder,
    )
    after = file.read_text()
    lost = [line for line in before.splitlines() if line not in after.splitlines()]
    assert not lost, f"lines were lost or rewritten: {lost}\n{after}"
    assert not (folder / ".bedrock_agentcore.yaml").exists(), "a second project file was written"


@step("seed-3-launch", needs=("seed-3-configure-dialogue",))
def seed_3_launch(bed) -> None:
    """`launch` builds, starts, and writes the id and the ARN back."""
    bed.launched = bed.server.sh("shukuba launch", bed.project)
    bed.runtime = bed.server.json("shukuba status mcp_server --json")
    arn = bed.runtime["arn"]
    shape = r"arn:aws:bedrock-agentcore:us-west-2:123456789012:runtime/mcp_server-[A-Za-z0-9]{10}"
    assert re.fullmatch(shape, arn), arn
    written = bed.project_file.read_text()
    assert arn in written and f"agent_id: {bed.runtime['id']}" in written, written
    assert bed.runtime["endpoint"] in bed.launched, bed.launched
    tools = [tool["name"] for tool in bed.runtime["versions"][-1]["tools"]]
    assert tools == ["add"], tools


@step("seed-4-address-and-token", needs=("seed-3-launch",))
def seed_4_address_and_token(bed) -> None:
    """The AgentCore-style address, a token by `token get`, and an answered call at both addresses."""
    bed.url = f"{bed.server.url}/runtimes/{quote(bed.runtime['arn'], safe='')}/invocations?qualifier=DEFAULT"
    assert bed.runtime["invocation_url"] == bed.url, bed.runtime["invocation_url"]
    printed = bed.server.sh("shukuba token get --app mcp")
    assert re.fullmatch(r"[\w-]+\.[\w-]+\.[\w-]+\n", printed), "more than the token went to stdout"
    bed.token = printed.strip()
    assert sum_of(call_add(bed.url, bed.token)) == "5"
    assert sum_of(call_add(f"{bed.server.url}/mcp/mcp_server", bed.token, 20, 22)) == "42"
    refusal_of(call_add(bed.url, None))
    _check_metadata(bed)


def _check_metadata(bed) -> None:
    """What the seed got 404 for: resource metadata at its places, and the issuer's."""
    origin = bed.server.url
    path = bed.url[len(origin):].split("?")[0]
    for place in (f"/.well-known/oauth-protected-resource{path}", f"{path}/.well-known/oauth-protected-resource"):
        document = request("GET", f"{origin}{place}?qualifier=DEFAULT").json
        assert document["resource"] == f"{origin}{path}", document
        assert document["authorization_servers"] == [origin], document
    for place in ("oauth-authorization-server", "openid-configuration"):
        assert request("GET", f"{origin}/.well-known/{place}").json["issuer"] == origin


def _without_particulars(bed, screen: str) -> str:
    named = {bed.server.url: "http://127.0.0.1:8430", bed.client_id: "CLIENT_ID", str(bed.project): "PROJECT"}
    for particular, name in named.items():
        screen = screen.replace(particular, name)
    screen = re.sub(r"os error \d+", "os error N", screen)
    return "\n".join(line.rstrip() for line in screen.splitlines()) + "\n"


def _compare(bed, screen: str) -> None:
    golden = bed.golden("configure.txt")
    if bed.update_docs:
        golden.write_text(screen)
    recorded = golden.read_text()
    if screen != recorded:
        (bed.out / "configure.txt").write_text(screen)
    assert screen == recorded, f"the dialogue differs from {golden.name}; it was:\n{screen}"
