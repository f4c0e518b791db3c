"""The pages of a login, as different people see them."""

from bed.browser import Browser
from bed.clients import sdk
from bed.registry import step
from bed.world import OPEN, USER

LOOKS = {
    "en-light": {"LANGUAGE": "en-US"},
    "en-dark-phone": {"LANGUAGE": "en-GB", "SCHEME": "dark", "WIDTH": "390"},
    "ja-light-phone": {"LANGUAGE": "ja-JP", "WIDTH": "390"},
    "ja-dark": {"LANGUAGE": "ja-JP", "SCHEME": "dark"},
}


@step("login-pages", needs=("login-server",), tools=("node", "browser", "chromium", "sdk-typescript"))
def login_pages(bed) -> None:
    """In English and Japanese, light and dark, wide and on a phone, with and without scripts; axe finds nothing."""
    bed.login.policy(*OPEN)
    for scripts in (True, False):
        for look in LOOKS:
            _look_at(bed, look, scripts)


def _look_at(bed, look: str, scripts: bool) -> None:
    world = bed.login
    name = f"{look}-{'scripts' if scripts else 'no-scripts'}"
    pictures = bed.out / "login" / name
    pictures.mkdir(parents=True, exist_ok=True)
    # axe is a script itself, and cannot run where none do.
    with Browser(bed, name, world.origin, USER, scripts, axe=scripts, pictures=pictures, **LOOKS[look]) as browser:
        seen = sdk(
            *(bed, "sdk-typescript", "login_typescript_2", world.url),
            BROWSER=str(browser.opener),
            PAUSE="0",
        )
        flow = browser.last()
    assert seen["texts"] == ["5", "23"], seen
    flow.check()
    assert not flow.complaints, f"the browser complained: {flow.complaints}"
    assert flow.actions == ["login", "allow"], flow.pages
    assert all(page["language"].startswith(look[:2]) for page in flow.pages), flow.pages
    if bed.update_docs and scripts:
        images = bed.root / "docs" / "images"
        images.mkdir(parents=True, exist_ok=True)
        for page in flow.pages:
            picture = (pictures / page["picture"]).read_bytes()
            (images / f"login-{page['action']}-{look}.png").write_bytes(picture)
