"""Steps 1 and 2 of the seed: a server to host, an API and an application."""

import re
import shutil

from bed.bed import API
from bed.registry import step
from bed.web import request


@step("seed-1-mcp-server")
def seed_1_mcp_server(bed) -> None:
    """The MCP server is written, and `shukuba serve` runs."""
    bed.project.mkdir()
    for name in ("mcp_server.py", "requirements.txt"):
        shutil.copy(bed.root / "examples" / "adder" / name, bed.project)
    bed.server.start()
    bed.status = bed.server.json("shukuba status --json")
    assert bed.status["issuer"] == bed.server.url, bed.status


@step("seed-2-api-and-application", needs=("seed-1-mcp-server",))
def seed_2_api_and_application(bed) -> None:
    """An API with the profile RFC 9068 and a machine-to-machine application."""
    sh = bed.server.sh
    sh(
        f'shukuba api create --name "AgentCore" --identifier {API}'
        " --profile rfc9068 --token-lifetime 2592000"
    )
    printed = sh(f"shukuba app create --name mcp --type m2m --api {API}")
    bed.client_id = _value(printed, "client id")
    bed.client_secret = _value(printed, "client secret")
    bed.openid_configuration = _value(printed, "OpenID configuration")
    assert bed.openid_configuration == f"{bed.server.url}/.well-known/openid-configuration"
    metadata = request("GET", bed.openid_configuration)
    assert metadata.status == 200, metadata
    assert metadata.json["issuer"] == bed.server.url, metadata.json
    assert bed.openid_configuration in sh("shukuba status")
    applications = bed.server.json("shukuba app list --json")
    assert bed.client_secret not in str(applications), "the secret is shown a second time"


def _value(printed: str, label: str) -> str:
    found = re.search(rf"^{re.escape(label)} {{2,}}(\S+)$", printed, re.MULTILINE)
    assert found, f"no line '{label}' in:\n{printed}"
    return found.group(1)
