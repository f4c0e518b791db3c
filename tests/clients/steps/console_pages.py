"""The console, as different people see it."""

from bed.browser import Browser
from bed.clients import sdk
from bed.registry import step
from bed.world import OPEN, USER
from steps.login_pages import LOOKS

# Every page that a menu or a list leads to. `{journey}` and `{application}` are filled in.
PAGES = {
    "home": "/console",
    "runtimes": "/console/runtimes",
    "launches-new": "/console/launches/new",
    "runtime": "/console/runtimes/adder",
    "runtime-rules": "/console/runtimes/adder/rules",
    "runtime-tools": "/console/runtimes/adder/tools",
    "runtime-destroy": "/console/runtimes/adder/destroy",
    "apis": "/console/apis",
    "apis-new": "/console/apis/new",
    "api": "/console/apis/one?identifier=https%3A%2F%2Flogin.example%2F",
    "token": "/console/apis/token?identifier=https%3A%2F%2Flogin.example%2F",
    "applications": "/console/applications",
    "applications-new": "/console/applications/new",
    "application": "/console/applications/one?id={application}",
    "applications-import": "/console/applications/import",
    "registration-tokens": "/console/applications/registration-tokens",
    "inspector": "/console/inspector",
    "journeys": "/console/journeys",
    "journey": "/console/journeys/{journey}",
    "audit": "/console/audit",
    "refusals": "/console/audit/refusals",
    "users": "/console/users",
    "users-new": "/console/users/new",
    "keys": "/console/keys",
    "settings": "/console/settings",
}
# The looks of which the documentation keeps a picture of every page.
SHOWN = ("en-light", "ja-dark")


@step("console-pages", needs=("login-server",), tools=("node", "browser", "chromium", "sdk-typescript"))
def console_pages(bed) -> None:
    """Every page in both languages, light and dark, wide and on a phone, scripts on and off; axe finds nothing."""
    world = bed.login
    world.policy(*OPEN)
    journey = _arrive(bed)
    for look, (_, settings) in LOOKS.items():
        user = (f"{look}-operator", USER[1])
        world.create_user(user, "operator")
        for scripts in ("on", "off", "silent"):
            _look_at(bed, look, settings, user, scripts, journey)


def _arrive(bed) -> int:
    """A real client logs in and calls; the number of its journey, from challenge to call."""
    world = bed.login
    sdk(bed, "sdk-typescript", "login_typescript_2", world.url, BROWSER=str(world.browser.opener), PAUSE="0")
    views = world.server.json("shukuba journeys --json")
    view = next(view for view in views if view["journey"].get("client_name") == "TypeScript SDK 2")
    assert view["state"] == {"is": "arrived"}, view
    steps = [taken["step"] for taken in view["journey"]["steps"]]
    expected = ["challenge", "resource-metadata", "issuer-metadata", "registration", "consent", "authorization"]
    assert [taken for taken in steps if taken in expected] == expected, steps
    assert steps.index("token") < steps.index("call"), steps
    return view["journey"]["id"]


def _look_at(bed, look: str, settings: dict, user: tuple[str, str], scripts: str, journey: int) -> None:
    world = bed.login
    name = f"console-{look}-scripts-{scripts}"
    pictures = bed.out / "console" / name
    pictures.mkdir(parents=True, exist_ok=True)
    # axe is a script itself, and cannot run where none do: there the page's own are silenced.
    look_settings = {**settings, "WIDTH": settings.get("WIDTH", "1280")}
    with Browser(bed, name, world.origin, user, scripts, axe=scripts != "off", pictures=pictures, **look_settings) as browser:
        for what, path in PAGES.items():
            path = path.format(journey=journey, application=world.machine["client_id"])
            browser.open(f"{world.origin}{path}")
            flow = browser.last()
            flow.check(answer=None, outcome="stopped")
            assert not flow.complaints, f"the browser complained: {flow.complaints}"
            page = flow.pages[-1]
            assert page["language"].startswith(look[:2]), page
            assert page["url"].split("?")[0] == f"{world.origin}{path}".split("?")[0], page
            if bed.update_docs and scripts == "on" and look in SHOWN:
                picture = (pictures / page["picture"]).read_bytes()
                (bed.root / "docs" / "images" / "console" / f"{what}-{look}.png").write_bytes(picture)
