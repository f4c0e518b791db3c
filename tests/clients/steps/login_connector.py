"""Claude's connectors live in Anthropic's network: the requests its documentation describes, replayed."""

import base64
import hashlib
import json
import secrets
from urllib.parse import parse_qs, urlencode, urlsplit

from bed.registry import step
from bed.web import Answer, call_add, request, sum_of
from bed.world import CLOSED, OPEN

CALLBACK = "https://claude.ai/api/mcp/auth_callback"
FORM = {"content-type": "application/x-www-form-urlencoded", "accept": "application/json"}
JSON = {"content-type": "application/json", "accept": "application/json"}
INITIALIZE = {
    "jsonrpc": "2.0",
    "id": 0,
    "method": "initialize",
    "params": {
        "protocolVersion": "2025-06-18",
        "capabilities": {},
        "clientInfo": {"name": "claude-ai", "version": "0.1.0"},
    },
}
REGISTRATION = {
    "client_name": "Claude",
    "redirect_uris": [CALLBACK],
    "grant_types": ["authorization_code", "refresh_token"],
    "response_types": ["code"],
    "token_endpoint_auth_method": "none",
    "scope": "offline_access",
}


@step("login-connector-replayed", needs=("login-server",), tools=("node", "browser", "chromium"))
def login_connector_replayed(bed) -> None:
    """Claude on the web: registered by itself, and with the id and secret of its preset."""
    world = bed.login
    world.policy(*OPEN)
    metadata = discover(world, registers=True)
    answer = request("POST", metadata["registration_endpoint"], JSON, json.dumps(REGISTRATION).encode())
    assert answer.status == 201, answer
    assert answer.json["redirect_uris"] == [CALLBACK], answer.json
    assert "client_secret" not in answer.json, "a client that said `none` got a secret"
    registered = {"client_id": answer.json["client_id"]}
    _come_and_stay(world, metadata, registered)
    _forgotten(world, metadata, answer.json)
    world.policy(*CLOSED)
    metadata = discover(world, registers=False)
    application = world.server.json("shukuba app create --name claude-web --type connector --preset claude --json")
    given = {name: application[name] for name in ("client_id", "client_secret")}
    _come_and_stay(world, metadata, given)


def discover(world, registers: bool) -> dict:
    """From a refused `initialize` to the server's metadata, which must let Claude go on."""
    challenge = _initialize(world, None)
    assert challenge.status == 401, challenge
    place = challenge.headers["www-authenticate"].split('resource_metadata="')[1].split('"')[0]
    resource = request("GET", place, {"accept": "application/json"}).json
    # Claude compares with the address as it was typed, and reads the first server only.
    assert resource["resource"] == world.url and resource["authorization_servers"][0] == world.origin, resource
    place = f"{resource['authorization_servers'][0]}/.well-known/oauth-authorization-server"
    metadata = request("GET", place, {"accept": "application/json"}).json
    assert metadata["issuer"] == world.origin, metadata
    assert "S256" in metadata["code_challenge_methods_supported"], metadata
    assert {"none", "client_secret_post"} <= set(metadata["token_endpoint_auth_methods_supported"]), metadata
    # What makes Claude ask for a refresh token. Its CIMD is not tried here: the document is on the internet.
    assert "offline_access" in metadata["scopes_supported"], metadata
    assert not metadata.get("client_id_metadata_document_supported"), metadata
    assert ("registration_endpoint" in metadata) == registers, metadata
    return metadata


def _come_and_stay(world, metadata: dict, client: dict) -> None:
    """One login by a person; then the token is used, dies, and is renewed by the refresh token."""
    with world.short_tokens() as wait_for_expiry:
        exchange, first = come(world, metadata, client)
        wait_for_expiry()
        died = _initialize(world, first["access_token"])
        assert died.status == 401 and 'error="invalid_token"' in died.headers["www-authenticate"], died
        again = {"grant_type": "refresh_token", "resource": world.url, **client}
        with world.quiet():
            second = _token(metadata, {**again, "refresh_token": first["refresh_token"]})
            assert second["refresh_token"] != first["refresh_token"], "the refresh token was not rotated"
            _may_enter(world, second["access_token"])
        _refused(metadata, {**again, "refresh_token": "skr_of-another-day"}, 400, "invalid_grant")
        _refused(metadata, exchange, 400, "invalid_grant")
        # The code came twice: whoever has it, and all that came of it, are out (RFC 9700 section 4.5).
        _refused(metadata, {**again, "refresh_token": second["refresh_token"]}, 400, "invalid_grant")
        assert _initialize(world, second["access_token"]).status == 401


def come(world, metadata: dict, client: dict) -> tuple[dict, dict]:
    """A person logs in; the code is exchanged and the token used. Gives the exchange and its answer."""
    code, verifier = _log_in(world, metadata, client["client_id"])
    grant = {"grant_type": "authorization_code", "code": code, "code_verifier": verifier}
    exchange = {**grant, "redirect_uri": CALLBACK, "resource": world.url, **client}
    first = _token(metadata, exchange)
    _may_enter(world, first["access_token"])
    return exchange, first


def _log_in(world, metadata: dict, client_id: str) -> tuple[str, str]:
    """The person allows; the code as it would have reached claude.ai, and the verifier it is bound to."""
    verifier, state = secrets.token_urlsafe(48), secrets.token_urlsafe(24)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    asked = {
        "response_type": "code",
        "client_id": client_id,
        "redirect_uri": CALLBACK,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
        "state": state,
        "scope": "offline_access",
        "resource": world.url,
    }
    world.browser.open(f"{metadata['authorization_endpoint']}?{urlencode(asked)}")
    flow = world.browser.last()
    flow.check()
    assert not flow.complaints, flow.complaints
    address = urlsplit(world.browser.left_by())
    assert f"{address.scheme}://{address.netloc}{address.path}" == CALLBACK, address
    came = {name: values[0] for name, values in parse_qs(address.query).items()}
    assert came["state"] == state and came["iss"] == metadata["issuer"], sorted(came)
    return came["code"], verifier


def _may_enter(world, token: str) -> None:
    answer = _initialize(world, token)
    assert answer.status == 200 and answer.json["result"]["serverInfo"], answer
    assert sum_of(call_add(world.url, token)) == "5"


def _initialize(world, token: str | None) -> Answer:
    headers = {"content-type": "application/json", "accept": "application/json, text/event-stream"}
    if token is not None:
        headers["authorization"] = f"Bearer {token}"
    return request("POST", world.url, headers, json.dumps(INITIALIZE).encode())


def _token(metadata: dict, form: dict) -> dict:
    answer = request("POST", metadata["token_endpoint"], FORM, urlencode(form).encode())
    assert answer.status == 200, answer
    assert answer.headers["cache-control"] == "no-store", answer.headers
    assert answer.json["token_type"] == "Bearer" and answer.json["refresh_token"], sorted(answer.json)
    return answer.json


def _refused(metadata: dict, form: dict, status: int, error: str) -> None:
    answer = request("POST", metadata["token_endpoint"], FORM, urlencode(form).encode())
    assert (answer.status, answer.json["error"]) == (status, error), answer


def _forgotten(world, metadata: dict, registration: dict) -> None:
    """A registration that was deleted is told by 401 `invalid_client`, which makes Claude register again."""
    headers = {"authorization": f"Bearer {registration['registration_access_token']}"}
    answer = request("DELETE", registration["registration_client_uri"], headers)
    assert answer.status == 204, answer
    form = {"grant_type": "refresh_token", "refresh_token": "skr_of-another-day", "resource": world.url}
    _refused(metadata, {**form, "client_id": registration["client_id"]}, 401, "invalid_client")
