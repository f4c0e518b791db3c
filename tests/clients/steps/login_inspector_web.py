"""The web pages of Inspector log in through ours: 2.12 (A7), 0.16.4 and 0.22 (A8).

What the pages cannot do, as seen here, and not for want of an answer of ours:

- 2.12 says that it revokes its tokens when its OAuth state is cleared, and does not: it looks for the
  server's metadata where it has not stored them.
- 0.16.4 and 0.22 go on with the token they connected with. Past its death a call shows the refusal;
  "Reconnect" forgets the login first. Reloading the page and "Connect" renews the token.
- 0.22 in Direct mode adds the headers of its last MCP request to those for the token endpoint.
- 0.16.4 starts a login only when it reads 401 in the body that its proxy passes on. It has no Direct
  mode, and its "Quick OAuth Flow" sends `resource=undefined` with the code.
"""

from bed.inspector import Page, inspector_1, inspector_2
from bed.proxy import Log
from bed.registry import step
from bed.world import CLOSED, OPEN
from steps.login_server import found_and_logged_in, refreshed

TOOLS = ("node", "browser", "chromium")
LOGGED_IN = ["login", "allow"]


@step("login-inspector-2-web", needs=("login-server",), tools=(*TOOLS, "inspector-2"))
def login_inspector_2_web(bed) -> None:
    """Today's page with nothing but the address (A7): registered, add = 5, and again past the token's death."""
    world = bed.login
    world.policy(*OPEN)
    with inspector_2(bed, "home-inspector-2-web") as (settings, home), world.short_tokens() as wait_for_expiry:
        with Page(bed, "inspector_2_web", settings, home) as page:
            page.do("addServer", name="adder", url=world.url)
            mark = world.proxy.mark
            assert page.do("connect", name="adder") == LOGGED_IN
            found_and_logged_in(world, world.proxy.since(mark), registers=True)
            _refused_then_welcome(world.proxy.since(mark), world.path)
            assert page.do("add") == {"heading": "Tools (1)", "result": "5"}
            assert "Dynamic (DCR)" in page.do("oauth")
            wait_for_expiry()
            with world.quiet() as log:
                assert page.do("add")["result"] == "5"
            refreshed(log)
            _keep_picture(bed, page, "inspector-2.12.png")
            mark = world.proxy.mark
            page.do("clear")
            assert not world.proxy.since(mark).at("/oauth/revoke"), "it has learnt to revoke: say so above"
    # So the login goes on until the person or the operator ends it.
    assert "MCP Inspector" in world.server.sh("shukuba grant list")


@step("login-inspector-2-web-id-and-secret", needs=("login-server",), tools=(*TOOLS, "inspector-2"))
def login_inspector_2_web_id_and_secret(bed) -> None:
    """Today's page with a client id and secret from `app create --preset inspector`, where no one may register."""
    world = bed.login
    world.policy(*CLOSED)
    made = world.create_app("inspector-web", "connector", "--preset inspector")
    given = {"clientId": made["client_id"], "clientSecret": made["client_secret"]}
    running = inspector_2(bed, "home-inspector-2-web-static")
    with running as (settings, home), Page(bed, "inspector_2_web", settings, home) as page:
        page.do("addServer", name="adder", url=world.url, **given)
        mark = world.proxy.mark
        assert page.do("connect", name="adder") == LOGGED_IN
        log = world.proxy.since(mark)
        found_and_logged_in(world, log, registers=False)
        assert log.grants("authorization_code")[0].headers["authorization"].startswith("Basic "), log
        assert page.do("add")["result"] == "5"


@step("login-inspector-0.16", needs=("login-server",), tools=(*TOOLS, "inspector-0.16"))
def login_inspector_0_16(bed) -> None:
    """The page of August 2025 (A8): metadata, registration and token by the browser itself, calls by its proxy."""
    world = bed.login
    world.policy(*OPEN)
    with inspector_1(bed, "inspector-0.16") as (settings, home), world.short_tokens() as wait_for_expiry:
        settings["ENDPOINT"] = world.url
        with Page(bed, "inspector_1", settings, home) as page:
            assert not page.do("open"), "it has learnt to connect directly: say so above"
            mark = world.proxy.mark
            assert page.do("connect") == LOGGED_IN
            log = world.proxy.since(mark)
            # It asks for the metadata of the whole server first, to learn the scopes.
            log.in_order(
                ("GET", "/.well-known/oauth-protected-resource", 200),
                ("GET", "/.well-known/oauth-authorization-server", 200),
                ("GET", f"/.well-known/oauth-protected-resource{world.path}", 200),
                ("POST", "/oauth/register", 201),
                ("GET", "/oauth/authorize", 200),
                ("POST", "/oauth/token", 200),
            )
            _refused_then_welcome(log, world.path)
            _asked_by_a_browser(log, "/.well-known/oauth-protected-resource", "mcp-protocol-version")
            _asked_by_a_browser(log, "/.well-known/oauth-authorization-server", "mcp-protocol-version")
            _asked_by_a_browser(log, "/oauth/register", "content-type")
            assert page.do("add") == {"result": "5"}
            wait_for_expiry()
            assert "The token has expired" in page.do("add")["error"]
            with world.quiet() as log:
                page.do("reload")
                assert page.do("connect") == []
                assert page.do("add") == {"result": "5"}
            refreshed(log)
            assert page.do("history") == ["initialize", "tools/list", "tools/call"]


@step("login-inspector-0.16-auth-settings", needs=("login-server",), tools=(*TOOLS, "inspector-0.16"))
def login_inspector_0_16_auth_settings(bed) -> None:
    """"Guided OAuth Flow" of 0.16.4 comes to its end, and Connect uses its token; the quick one cannot."""
    world = bed.login
    world.policy(*OPEN)
    with inspector_1(bed, "inspector-0.16") as (settings, home):
        settings["ENDPOINT"] = world.url
        with Page(bed, "inspector_1", settings, home) as page:
            page.do("open")
            mark = world.proxy.mark
            assert page.do("guided") == LOGGED_IN
            found_and_logged_in(world, world.proxy.since(mark), registers=True)
            _keep_picture(bed, page, "inspector-0.16.4-guided.png", hide="Authorization Code")
            with world.quiet():
                assert page.do("connect") == []
                assert page.do("add") == {"result": "5"}
        with Page(bed, "inspector_1", settings, home) as page:
            page.do("open")
            mark = world.proxy.mark
            assert "'undefined' is none of its addresses" in page.do("quick")
            assert world.proxy.since(mark).at("/oauth/token")[-1].form["resource"] == "undefined"


@step("login-inspector-0.22", needs=("login-server",), tools=(*TOOLS, "inspector-0.22"))
def login_inspector_0_22(bed) -> None:
    """The last page before 2.0 by its proxy, which also carries what it asks the authorization server."""
    world = bed.login
    world.policy(*OPEN)
    with inspector_1(bed, "inspector-0.22") as (settings, home), world.short_tokens() as wait_for_expiry:
        settings["ENDPOINT"] = world.url
        with Page(bed, "inspector_1", settings, home) as page:
            page.do("open", way="Via Proxy")
            mark = world.proxy.mark
            assert page.do("connect") == LOGGED_IN
            log = world.proxy.since(mark)
            found_and_logged_in(world, log, registers=True)
            _refused_then_welcome(log, world.path)
            assert page.do("add") == {"result": "5"}
            wait_for_expiry()
            assert "The token has expired" in page.do("add")["error"]
            with world.quiet() as log:
                page.do("reload")
                assert page.do("connect") == []
                assert page.do("add") == {"result": "5"}
            refreshed(log)


@step("login-inspector-0.22-direct", needs=("login-server",), tools=(*TOOLS, "inspector-0.22"))
def login_inspector_0_22_direct(bed) -> None:
    """The last page before 2.0, whose browser speaks to a server with sessions itself (A8): CORS from end to end."""
    world = bed.login
    world.policy(*OPEN)
    with world.stateful() as url, inspector_1(bed, "inspector-0.22") as (settings, home):
        settings["ENDPOINT"] = url
        path = url.removeprefix(world.origin)
        with Page(bed, "inspector_1", settings, home) as page, world.short_tokens() as wait_for_expiry:
            page.do("open", way="Direct")
            seen = page.do("look", url=url, method="POST")
            assert seen["status"] == 401 and "resource_metadata=" in seen["headers"]["www-authenticate"], seen
            mark = world.proxy.mark
            assert page.do("connect") == LOGGED_IN
            log = world.proxy.since(mark)
            found_and_logged_in(world, log, registers=True, path=path)
            _refused_then_welcome(log, path)
            for place in ("/.well-known/oauth-protected-resource", "/.well-known/oauth-authorization-server"):
                _asked_by_a_browser(log, place + (path if "resource" in place else ""), "mcp-protocol-version")
            _asked_by_a_browser(log, "/oauth/register", "content-type")
            assert page.do("add") == {"result": "5"}
            log = world.proxy.since(mark)
            _asked_by_a_browser(log, path, "authorization,content-type,mcp-protocol-version,mcp-session-id")
            calls = [request for request in log.at(path) if request.message == "tools/call"]
            # A page sees the header of an answer only where it is exposed.
            assert calls[0].headers["mcp-session-id"], calls
            _keep_picture(bed, page, "inspector-0.22-direct.png")
            wait_for_expiry()
            with world.quiet() as log:
                # Renewed; but the page goes on to send the token of its first request.
                assert "401 after successful authentication" in page.do("add")["error"]
            refreshed(log)
            wait_for_expiry()
            with world.quiet() as log:
                page.do("reload")
                assert page.do("connect") == []
                assert page.do("add") == {"result": "5"}
            # Once with that token beside it, and once more without.
            refreshed(log, times=2)


def _refused_then_welcome(log: Log, path: str) -> None:
    """The first `initialize` had no token and was refused; one after the login was answered."""
    told = [request for request in log if request.path == path and request.message == "initialize"]
    assert told[0].status == 401 and "authorization" not in told[0].headers, log
    token = log.grants("authorization_code")[0]
    answered = next(request for request in told if request.status == 200)
    assert log.index(token) < log.index(answered), log


def _asked_by_a_browser(log: Log, path: str, headers: str) -> None:
    """A page of another origin asked, after a preflight about these headers that was answered."""
    preflights = [request for request in log.at(path) if request.method == "OPTIONS"]
    asked = [request.headers.get("access-control-request-headers") for request in preflights if request.status == 204]
    assert any(set(headers.split(",")) <= set((names or "").split(",")) for names in asked), f"{path}: {asked}\n{log}"
    assert any("origin" in request.headers for request in log.at(path) if request.method != "OPTIONS"), log


def _keep_picture(bed, page: Page, name: str, hide: str | None = None) -> None:
    page.do("picture", path=str(bed.out / name), hide=hide)
    if bed.update_docs:
        images = bed.root / "docs" / "images"
        images.mkdir(parents=True, exist_ok=True)
        (images / name).write_bytes((bed.out / name).read_bytes())
