"""Foreign identity providers: one shaped like Auth0, one like Cognito."""

import json
import subprocess
from contextlib import contextmanager

from bed.bed import API
from bed.registry import Skip, step
from bed.web import call_add, refusal_of, request, sum_of
from steps.refusals import MISMATCH
from steps.seed_clients import launch


@step("foreign-auth0", needs=("seed-2-api-and-application",))
def foreign_auth0(bed) -> None:
    """The story with a provider like Auth0: refused in its own profile, let in as RFC 9068."""
    with _provider(bed, "auth0") as provider:
        assert provider["issuer"].endswith("/"), provider
        _launch(bed, "auth0", provider, {"allowedAudience": [API]})
        url = f"{bed.server.url}/mcp/auth0"
        sentence = refusal_of(call_add(url, _token(bed, provider, f" --api {API}")))
        assert sentence.startswith(MISMATCH) and "azp" in sentence, sentence
        _control(provider, "profile/rfc9068")
        token = _token(bed, provider, f" --api {API}")
        assert sum_of(call_add(url, token)) == "5"
        _control(provider, "rotate")
        assert sum_of(call_add(url, _token(bed, provider, f" --api {API}"))) == "5", "the new key is not found"
        assert sum_of(call_add(url, token)) == "5", "a key change must not refuse older tokens"
        _control(provider, "down/true")
        assert sum_of(call_add(url, token)) == "5", "a provider that is down must not refuse known tokens"


@step("foreign-cognito", needs=("seed-2-api-and-application",))
def foreign_cognito(bed) -> None:
    """The story with a provider like Cognito: a client id, no audience, one day at most."""
    with _provider(bed, "cognito") as provider:
        _launch(bed, "cognito", provider, {})
        url = f"{bed.server.url}/mcp/cognito"
        assert sum_of(call_add(url, _token(bed, provider))) == "5"
        longer = request("POST", _origin(provider) + "/_control/lifetime/86401")
        assert longer.status == 400, longer


@contextmanager
def _provider(bed, kind: str):
    binary = bed.server.binary.with_name("fake-provider")
    if not binary.exists():
        raise Skip(f"{binary.name} is not built (cargo build -p shukuba-testkit)")
    process = subprocess.Popen([str(binary), "--kind", kind], stdout=subprocess.PIPE, text=True)
    try:
        yield json.loads(process.stdout.readline())
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def _launch(bed, name: str, provider: dict, rules: dict) -> None:
    folder = bed.make_folder(name)
    for file in ("mcp_server.py", "requirements.txt"):
        (folder / file).write_bytes((bed.project / file).read_bytes())
    rules = {"allowedClients": [provider["client_id"]], **rules}
    launch(bed, folder, name, "mcp_server.py", rules, provider["discovery_url"])


def _token(bed, provider: dict, more: str = "") -> str:
    line = f"shukuba token get --issuer {provider['issuer']} --client-id {provider['client_id']}{more}"
    return bed.server.sh(line, SHUKUBA_CLIENT_SECRET=provider["client_secret"]).strip()


def _control(provider: dict, what: str) -> None:
    answer = request("POST", f"{_origin(provider)}/_control/{what}")
    assert answer.status == 200, answer


def _origin(provider: dict) -> str:
    return "/".join(provider["token_endpoint"].split("/")[:3])
