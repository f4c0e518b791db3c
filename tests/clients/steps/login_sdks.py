"""The official SDKs log in (A15): as a person by a code, as a machine by a key."""

from bed.clients import sdk
from bed.registry import step
from bed.world import CLOSED, OPEN, SHORT_LIFETIME
from steps.login_server import found_and_logged_in

ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


@step("login-sdk-python-1", needs=("login-server",), tools=("sdk-python-1",))
def login_sdk_python_1(bed) -> None:
    """Python SDK 1.30: registered, with id and secret, and private_key_jwt."""
    _play(bed, "sdk-python-1", "login_python_1")


@step("login-sdk-python-2", needs=("login-server",), tools=("sdk-python-2",))
def login_sdk_python_2(bed) -> None:
    """Python SDK 2.3: registered, with id and secret, and private_key_jwt."""
    _play(bed, "sdk-python-2", "login_python_2")


@step("login-sdk-typescript-1", needs=("login-server",), tools=("node", "sdk-typescript"))
def login_sdk_typescript_1(bed) -> None:
    """TypeScript SDK 1.32: registered, with id and secret, and private_key_jwt."""
    _play(bed, "sdk-typescript", "login_typescript_1")


@step("login-sdk-typescript-2", needs=("login-server",), tools=("node", "sdk-typescript"))
def login_sdk_typescript_2(bed) -> None:
    """TypeScript SDK 2.4: registered, with id and secret, and private_key_jwt."""
    _play(bed, "sdk-typescript", "login_typescript_2")


def _play(bed, tool: str, driver: str) -> None:
    world = bed.login
    world.policy(*OPEN)
    with world.short_tokens():
        log = _log_in(bed, tool, driver)
        found_and_logged_in(world, log, registers=True)
        assert log.grants("refresh_token"), f"the dead token was not renewed:\n{log}"
        log = _machine(bed, tool, driver)
        assert len(log.grants("client_credentials")) >= 2, f"the dead token was not replaced:\n{log}"
    world.policy(*CLOSED)
    redirect = "--redirect-uri http://127.0.0.1/callback"
    application = world.create_app(driver.replace("_", "-"), "connector", redirect)
    secrets = {"CLIENT_ID": application["client_id"], "CLIENT_SECRET": application["client_secret"]}
    log = _log_in(bed, tool, driver, **secrets)
    found_and_logged_in(world, log, registers=False)
    assert log.grants("authorization_code")[0].headers["authorization"].startswith("Basic "), log


def _log_in(bed, tool: str, driver: str, **how: str):
    """Both calls are answered, and the browser was opened once. Gives the log."""
    world, mark = bed.login, bed.login.proxy.mark
    pause = "0" if how else str(SHORT_LIFETIME + 1)
    seen = sdk(bed, tool, driver, world.url, BROWSER=str(world.browser.opener), PAUSE=pause, **how)
    assert seen["texts"] == ["5", "23"] and seen["opened"] == 1, seen
    world.browser.last().check()
    return world.proxy.since(mark)


def _machine(bed, tool: str, driver: str):
    """Both calls are answered for a machine that signs with its key. Gives the log."""
    world, mark = bed.login, bed.login.proxy.mark
    key = {"CLIENT_ID": world.key_machine["client_id"], "PRIVATE_KEY": world.keys["private_key"]}
    seen = sdk(bed, tool, driver, world.url, ISSUER=world.origin, PAUSE=str(SHORT_LIFETIME + 1), **key)
    assert seen["texts"] == ["5", "23"], seen
    log = world.proxy.since(mark)
    assert log.grants("client_credentials")[0].form["client_assertion_type"] == ASSERTION, log
    return log
