"""Tokens that are not let in, and how each is explained and mended."""

import json

from bed.bed import API
from bed.registry import step
from bed.web import call_add, refusal_of, request, sum_of

MISMATCH = "OAuth authorization failed: Claim 'client_id' value mismatch with configuration."


@step("refusal-auth0-profile", needs=("seed-4-address-and-token",))
def refusal_auth0_profile(bed) -> None:
    """A token of Auth0's own profile is refused with the known sentence; RFC 9068 mends it."""
    sh = bed.server.sh
    sh("shukuba api update --profile auth0")
    token = bed.server.token("mcp")
    sh("shukuba api update --profile rfc9068")
    sentence = refusal_of(call_add(bed.url, token))
    assert sentence.startswith(MISMATCH), sentence
    for part in ("azp", bed.client_id, "rfc9068"):
        assert part in sentence, f"'{part}' is not in: {sentence}"
    explained = sh(f"shukuba token explain {token}", code=3)
    assert MISMATCH in explained and "fix:" in explained, explained
    assert sum_of(call_add(bed.url, bed.server.token("mcp"))) == "5"


@step("refusal-token-explain", needs=("seed-4-address-and-token",))
def refusal_token_explain(bed) -> None:
    """`token explain` ends with 0 for a token that would be let in, with 3 for one that would not."""
    sh = bed.server.sh
    passed = sh(f"shukuba token explain {bed.token} --runtime mcp_server")
    assert "FAIL" not in passed and "pass" in passed, passed
    verdict = json.loads(sh(f"shukuba token explain {bed.token} --runtime mcp_server --json"))
    assert verdict["admitted"] is True, verdict
    spoilt = bed.token[:-8] + ("A" * 8 if not bed.token.endswith("A" * 8) else "B" * 8)
    for token in (spoilt, "garbage"):
        refused = sh(f"shukuba token explain {token} --runtime mcp_server", code=3)
        assert "FAIL" in refused, refused


@step("refusal-every-method", needs=("seed-4-address-and-token",))
def refusal_every_method(bed) -> None:
    """Without a good token every method is answered 401 with a challenge."""
    for method in ("POST", "GET", "HEAD", "DELETE"):
        for headers in ({}, {"authorization": "Bearer garbage"}, {"authorization": "Basic eDp5"}):
            answer = request(method, bed.url, headers)
            assert answer.status == 401, f"{method} with {headers}: {answer.status}"
            assert "resource_metadata=" in answer.headers["www-authenticate"], answer.headers


@step("refusal-wrong-audience", needs=("seed-4-address-and-token",))
def refusal_wrong_audience(bed) -> None:
    """An API whose identifier lacks the slash is another API, and the refusal points at the slash."""
    sh = bed.server.sh
    sh(f"shukuba api create --name slashless --identifier {API.rstrip('/')} --profile rfc9068")
    sh(f"shukuba app create --name mcp-slashless --type m2m --api {API.rstrip('/')}")
    applications = bed.server.json("shukuba app list --json")
    other = next(each for each in applications if each["name"] == "mcp-slashless")
    _allow_client(bed, bed.client_id, other["client_id"])
    answer = call_add(bed.url, bed.server.token("mcp-slashless"))
    _allow_client(bed, other["client_id"], bed.client_id)
    assert "slash" in refusal_of(answer), refusal_of(answer)


@step("project-file-by-hand", needs=("seed-4-address-and-token",))
def project_file_by_hand(bed) -> None:
    """`allowedClients` edited by hand and launched again changes the verdict on the same token."""
    assert sum_of(call_add(bed.url, bed.token)) == "5"
    _allow_client(bed, bed.client_id, "SomeOtherClient")
    answer = call_add(bed.url, bed.token)
    _allow_client(bed, "SomeOtherClient", bed.client_id)
    sentence = refusal_of(answer)
    assert sentence.startswith(MISMATCH), sentence
    assert sum_of(call_add(bed.url, bed.token)) == "5"


@step("project-file-mistake", needs=("seed-3-launch",))
def project_file_mistake(bed) -> None:
    """A wrong value in the file is named with file, line and key, and nothing is launched."""
    good = bed.project_file.read_text()
    version = bed.server.json("shukuba status mcp_server --json")["version"]
    lines = good.splitlines()
    number = next(i for i, line in enumerate(lines, 1) if line.strip().startswith("discoveryUrl:"))
    bed.project_file.write_text(good.replace(bed.openid_configuration, "not-a-url"))
    refused = bed.server.shell("shukuba launch", bed.project)
    bed.project_file.write_text(good)
    assert refused.returncode != 0, refused.stdout
    for part in (bed.project_file.name, str(number), "discoveryUrl"):
        assert part in refused.stderr, f"'{part}' is not in: {refused.stderr}"
    assert bed.server.json("shukuba status mcp_server --json")["version"] == version


@step("launch-failure-keeps-the-old-version", needs=("seed-4-address-and-token",))
def launch_failure_keeps_the_old_version(bed) -> None:
    """A launch that cannot start says why, and the old version goes on serving."""
    source = bed.project / "mcp_server.py"
    good = source.read_text()
    source.write_text("from mcp.server.fastmcp import FastMCP\nraise SystemExit('the adder is out of order')\n")
    refused = bed.server.shell("shukuba launch", bed.project)
    source.write_text(good)
    assert refused.returncode != 0, refused.stdout
    assert "the adder is out of order" in refused.stderr, refused.stderr
    assert sum_of(call_add(bed.url, bed.token)) == "5"


def _allow_client(bed, old: str, new: str) -> None:
    text = bed.project_file.read_text()
    assert text.count(old) == 1, f"'{old}' is not in the file once:\n{text}"
    bed.project_file.write_text(text.replace(old, new))
    bed.server.sh("shukuba launch", bed.project)
