"""The pages of a login, as different people see them."""

from bed.browser import Browser
from bed.clients import sdk
from bed.registry import step
from bed.world import OPEN, USER

# What each look sets, and who looks: a person of their own, so that their account is short.
LOOKS = {
    "en-light": ("ann", {"LANGUAGE": "en-US"}),
    "en-dark-phone": ("bob", {"LANGUAGE": "en-GB", "SCHEME": "dark", "WIDTH": "390"}),
    "ja-light-phone": ("hana", {"LANGUAGE": "ja-JP", "WIDTH": "390"}),
    "ja-dark": ("ken", {"LANGUAGE": "ja-JP", "SCHEME": "dark"}),
}
# The pictures that the documentation shows; all of them are in the folder of what came out.
SHOWN = {
    ("login", "en-light"),
    ("allow", "en-light"),
    ("account", "en-dark-phone"),
    ("account", "ja-light-phone"),
}


@step("login-pages", needs=("login-server",), tools=("node", "browser", "chromium", "sdk-typescript"))
def login_pages(bed) -> None:
    """In English and Japanese, light and dark, wide and on a phone, with and without scripts; axe finds nothing."""
    bed.login.policy(*OPEN)
    for look, (person, settings) in LOOKS.items():
        user = (person, USER[1])
        bed.login.create_user(user)
        for scripts in ("on", "off"):
            _look_at(bed, look, settings, user, scripts)


def _look_at(bed, look: str, settings: dict[str, str], user: tuple[str, str], scripts: str) -> None:
    world = bed.login
    name = f"{look}-scripts-{scripts}"
    pictures = bed.out / "login" / name
    pictures.mkdir(parents=True, exist_ok=True)
    # axe is a script itself, and cannot run where none do.
    with Browser(bed, name, world.origin, user, scripts, axe=scripts == "on", pictures=pictures, **settings) as browser:
        seen = sdk(
            *(bed, "sdk-typescript", "login_typescript_2", world.url),
            BROWSER=str(browser.opener),
            PAUSE="0",
        )
        login = browser.last()
        browser.open(f"{world.origin}/account")
        account = browser.last()
        browser.open(f"{world.origin}/device")
        device = browser.last()
    assert seen["texts"] == ["5", "23"], seen
    login.check()
    assert login.actions == ["login", "allow"], login.pages
    for flow in (account, device):
        flow.check(answer=None, outcome="stopped")
        assert len(flow.pages) == 1, flow.pages
    for flow in (login, account, device):
        assert not flow.complaints, f"the browser complained: {flow.complaints}"
        assert all(page["language"].startswith(look[:2]) for page in flow.pages), flow.pages
    assert "TypeScript SDK 2" in account.pages[0]["text"], account.pages
    if bed.update_docs and scripts == "on":
        named = {page["action"]: page for page in login.pages}
        named |= {"account": account.pages[0], "device": device.pages[0]}
        for what, page in named.items():
            if (what, look) in SHOWN:
                picture = (pictures / page["picture"]).read_bytes()
                (bed.root / "docs" / "images" / f"login-{what}-{look}.png").write_bytes(picture)
