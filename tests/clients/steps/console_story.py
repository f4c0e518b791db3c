"""The story and the wish, clicked: everything on the console's pages, and a client's own."""

from bed.clients import DRIVERS, bare_environment, facts, run
from bed.inspector import Page, inspector_1
from bed.registry import step
from bed.world import CLOSED, USER
from steps.login_connector import come, discover

API = "https://bedrock-agentcore.us-west-2.amazonaws.com/"
TOOLS = ("node", "browser", "chromium", "inspector-0.16")
CONNECTOR = "Claude"
RUNTIME = "clicked"
# Where a secret stands on a page: no picture shows it.
SECRETS = [
    "dl > div:has(dt:text-is('Client secret')) dd code",
    "tr:has(th:text-is('Advanced settings: OAuth Client Secret')) td code",
    "pre code:has-text('skb_')",
]
WAY_IN = [
    "Call without a token",
    "Resource metadata",
    "Issuer metadata",
    "Consent",
    "Authorization",
    "Token",
    "Call",
]


@step("console-story", needs=("login-server",), tools=TOOLS)
def console_story(bed) -> None:
    """On pages alone: API, application, runtime, token; Inspector 0.16 refused; why; mended; let in; a tool tried."""
    world = bed.login
    world.policy(*CLOSED)
    with _operator(bed, "console-story") as page:
        _register_api(bed, page)
        client_id = _create_application(bed, page)
        address = _create_runtime(bed, page, client_id)
        token = _get_token(page)
        _shot(bed, page, "story-token", hide=[".secret"])
        assert '"client_id"' not in page.do("text", at="section[aria-labelledby=decoded]")
        refused = _inspector(bed, address, token, "refused")
        assert refused["state"].startswith("Connection Error"), refused
        _ask_why(bed, page, token)
        _change_profile(bed, page)
        token = _get_token(page)
        assert f'"client_id": "{client_id}"' in page.do("text", at="section[aria-labelledby=decoded]")
        seen = _inspector(bed, address, token, "connected")
        assert (seen["state"], seen["result"]) == ("Connected", "5"), seen
        page.do("enter", path=f"/console/runtimes/{RUNTIME}")
        _shot(bed, page, "story-served", both=True)
        _try_tool(bed, page, client_id)
    world.server.sh(f"shukuba destroy {RUNTIME} --force")


@step("console-wish", needs=("login-server",), tools=("node", "browser", "chromium"))
def console_wish(bed) -> None:
    """The connector application made on the page with Claude's preset; Claude's flow; its journey, from 401 to call."""
    world = bed.login
    world.policy(*CLOSED)
    with _operator(bed, "console-wish") as page:
        given = _create_connector(bed, page)
        come(world, discover(world, registers=False), given)
        page.do("enter", path="/console/journeys")
        page.do("follow", name=CONNECTOR, within="main table")
        _shot(bed, page, "wish-journey", both=True)
        assert page.do("text", at="main .badge") == "Arrived"
        told = page.do("text", at="ol.sequence")
    assert _steps(told) == WAY_IN, told
    assert given["client_secret"] not in told, told


def _operator(bed, name: str) -> Page:
    """The console in a browser of its own, with an operator at it."""
    user = (name, USER[1])
    bed.login.create_user(user, "operator")
    return Page(bed, "console", {}, bed.make_folder(f"home-{name}"), user)


def _steps(told: str) -> list[str]:
    """The names of a journey's steps, from the call without a token on.

    Whether the person had to log in depends on what their browser did before.
    """
    names = [line.rsplit(" +", 1)[0] for line in told.splitlines() if line.endswith(" s") and " +" in line]
    return [name for name in names[names.index(WAY_IN[0]) :] if name != "Login"]


def _register_api(bed, page) -> None:
    page.do("enter", path="/console")
    page.do("follow", name="APIs")
    page.do("follow", name="Register an API")
    page.do("fill", label="Name", text="mcp-server-api")
    page.do("fill", label="Identifier", text=API)
    page.do("pick", choice="RFC 9068")
    assert '"client_id"' in page.do("text", at="[data-profile=rfc9068]")
    _follows_lifetime(page)
    page.do("pick", choice="Auth0")
    assert '"azp"' in page.do("text", at="[data-profile=auth0]")
    _shot(bed, page, "story-api")
    page.do("press", name="Register an API")
    assert "The API is registered" in page.do("text")


def _follows_lifetime(page) -> None:
    """The preview's `exp` moves with the lifetime that is typed."""

    def ends() -> int:
        return int(page.do("text", at="[data-profile=rfc9068] [data-echo=lifetime]"))

    before = ends()
    page.do("select", label="Unit", option="days")
    assert ends() - before == 23 * 3600, (before, ends())
    page.do("select", label="Unit", option="hours")
    assert ends() == before


def _create_application(bed, page) -> str:
    """A machine-to-machine application tied to the API; its id."""
    page.do("follow", name="Applications", within="nav")
    page.do("follow", name="New application")
    page.do("fill", label="Name", text="mcp-server-client")
    page.do("pick", choice="Machine to machine")
    page.do("select", label="Default API", option=API)
    page.do("press", name="Create")
    client_id, secret = (page.do("value", term=term) for term in ("Client id", "Client secret"))
    assert client_id and secret
    _shot(bed, page, "story-application", hide=SECRETS)
    page.do("follow", name="I have copied it: go on to the application")
    assert secret not in page.do("text")
    configuration = page.do("value", term="OpenID configuration")
    assert configuration == f"{bed.login.origin}/.well-known/openid-configuration", configuration
    _shot(bed, page, "story-endpoints", both=True)
    return client_id


def _create_runtime(bed, page, client_id: str) -> str:
    """The seed's server, uploaded; it takes tokens of the API that this application got. Its address."""
    project = bed.root / "examples" / "adder"
    page.do("follow", name="Runtimes", within="nav")
    page.do("follow", name="New runtime")
    page.do("fill", label="Name", text=RUNTIME)
    page.do("attach", label="Files", files=[str(project / file) for file in ("mcp_server.py", "requirements.txt")])
    page.do("fill", label="Entry point", text="mcp_server.py")
    page.do("select", label="Who may call", option=API)
    page.do("fill", label="Allowed client ids (optional)", text=client_id)
    _shot(bed, page, "story-runtime")
    page.do("press", name="Launch")
    page.do("await_text", text="Launched: version 1 serves.", seconds=120)
    _shot(bed, page, "story-launched", both=True)
    page.do("follow", name="Open the runtime")
    assert client_id in page.do("text", at="section[aria-labelledby=rules]")
    return page.do("value", term="MCP endpoint")


def _get_token(page) -> str:
    page.do("follow", name="APIs")
    page.do("follow", name="mcp-server-api")
    page.do("follow", name="Get token", within="main p.actions")
    page.do("press", name="Get token")
    return page.do("text", at="#token ~ code")


def _ask_why(bed, page, token: str) -> None:
    """The token inspector names the rule that failed, what it saw, and the page where that is mended."""
    page.do("follow", name="Token inspector")
    page.do("fill", label="Token", text=token)
    page.do("select", label="Runtime", option=RUNTIME)
    page.do("press", name="Inspect")
    _shot(bed, page, "story-inspector", hide=["#pasted"], both=True)
    rules = page.do("text", at="section[aria-labelledby=rules]")
    assert "azp" in rules and "fail" in rules, rules
    page.do("follow", name=f"Open the settings of the API {API}")


def _change_profile(bed, page) -> None:
    page.do("pick", choice="Both")
    page.do("press", name="Save")
    assert "Saved." in page.do("text")


def _try_tool(bed, page, client_id: str) -> None:
    """The tool called from its page, as the application."""
    page.do("follow", name="Try a tool")
    page.do("fill", label="a (required)", text="two")
    page.do("fill", label="b (required)", text="3")
    page.do("select", label="Application", option=client_id)
    page.do("press", name="Call add")
    assert "'two' is no whole number" in page.do("text", at="[role=alert]")
    page.do("fill", label="a (required)", text="2")
    page.do("press", name="Call add")
    told = page.do("text", at="section[aria-labelledby=answer]")
    assert "The tool answered" in told and "\n5\n" in told, told
    _shot(bed, page, "story-tool")


def _inspector(bed, url: str, token: str, expected: str) -> dict:
    """Inspector of August 2025 in Chromium, with a pasted token."""
    with inspector_1(bed, "inspector-0.16") as (page, home):
        environment = {
            **bare_environment(bed, home),
            "INSPECTOR_DIR": str(bed.tools.path("inspector-0.16")),
            **page,
            "ENDPOINT": url,
            "BEARER": token,
            "EXPECTED": expected,
            "CHROMIUM": bed.tools.browser(),
            "SCREENSHOT": str(bed.out / f"inspector-0.16.4-{expected}.png"),
        }
        return facts(run(["node", str(DRIVERS / "inspector_0_16.mjs")], environment, home))


def _create_connector(bed, page) -> dict:
    """Claude's preset; the id and secret that a person types into Claude."""
    page.do("enter", path="/console/applications/new")
    page.do("fill", label="Name", text=CONNECTOR)
    page.do("pick", choice="Connector")
    page.do("select", label="Client", option="Claude (web, desktop, phone)")
    page.do("press", name="Create")
    said = page.do("text")
    assert "https://claude.ai/api/mcp/auth_callback" in said, said
    assert "https://claude.com/api/mcp/auth_callback" in said, said
    given = {"client_id": page.do("value", term="Client id"), "client_secret": page.do("value", term="Client secret")}
    _shot(bed, page, "wish-connector", hide=SECRETS)
    return given


def _shot(bed, page, name: str, both: bool = False, **how) -> None:
    """A picture, in both languages where the page can be asked for again; kept in the documentation where wanted."""
    folder = bed.root / "docs" / "images" / "console" if bed.update_docs else bed.out / "console-story"
    folder.mkdir(parents=True, exist_ok=True)
    japanese = {"japanese": str(folder / f"{name}-ja.png")} if both else {}
    page.do("shot", path=str(folder / f"{name}.png"), **japanese, **how)
