"""What the steps about logging in share: the server, and how a login looks on the wire."""

from bed.proxy import Log
from bed.registry import step
from bed.web import request
from bed.world import World


@step("login-server", tools=("node", "browser", "chromium"))
def login_server(bed) -> None:
    """A server with a user and a runtime open to people, behind a log of requests."""
    world = bed.login = bed.keep(World(bed))
    answer = request("POST", world.url, {"content-type": "application/json"}, b"{}")
    assert answer.status == 401, answer
    challenge = answer.headers["www-authenticate"]
    place = f"{world.origin}/.well-known/oauth-protected-resource{world.path}"
    assert f'resource_metadata="{place}"' in challenge, challenge
    document = request("GET", place).json
    assert document["resource"] == world.url, document
    assert document["authorization_servers"] == [world.origin], document


def found_and_logged_in(world, log: Log, registers: bool, path: str | None = None) -> None:
    """From a refusal to a token by the metadata alone, with everything the grant must carry.

    `path` is that of the runtime, where it is not the first.
    """
    path = path or world.path
    address = f"{world.origin}{path}"
    registration = [("POST", "/oauth/register", 201)] if registers else []
    log.in_order(
        ("GET", f"/.well-known/oauth-protected-resource{path}", 200),
        ("GET", "/.well-known/oauth-authorization-server", 200),
        *registration,
        ("GET", "/oauth/authorize"),
        ("POST", "/oauth/token", 200),
    )
    assert registers or not log.at("/oauth/register"), f"it registered although it need not:\n{log}"
    asked = log.at("/oauth/authorize")[0].query
    assert asked["code_challenge_method"] == ["S256"] and asked["resource"] == [address], sorted(asked)
    codes = log.grants("authorization_code")
    assert len(codes) == 1, log
    assert codes[0].form["resource"] == address and codes[0].form["code_verifier"], sorted(codes[0].form)


def refreshed(log: Log, times: int = 1) -> None:
    """The token was renewed by its refresh token, and in no other way."""
    assert len(log.grants("refresh_token")) == times, f"not {times} refreshes:\n{log}"
    assert not log.grants("authorization_code"), log


def code_is_spent(world, log: Log) -> None:
    """The code that a client redeemed is refused when it is sent again (RFC 9700 section 4.5)."""
    redeemed = log.grants("authorization_code")[-1]
    assert world.proxy.replay(redeemed) == 400, redeemed
