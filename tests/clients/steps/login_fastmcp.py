"""fastmcp's command line (A16), which keeps its tokens no longer than a command lasts."""

from bed.clients import run
from bed.registry import step
from bed.world import OPEN
from steps.login_server import code_is_spent, found_and_logged_in


@step("login-fastmcp", needs=("login-server",), tools=("fastmcp",))
def login_fastmcp(bed) -> None:
    """It looks at the authorization page before a browser does, logs in, and calls the tool."""
    world = bed.login
    world.policy(*OPEN)
    environment, home = world.client_environment("home-fastmcp")
    # Python's webbrowser takes a name with its place for the address, else it waits for the browser's end.
    environment["BROWSER"] = f"{world.browser.opener} %s"
    environment["NO_COLOR"] = "1"
    fastmcp = str(bed.tools.path("fastmcp") / "venv" / "bin" / "fastmcp")
    mark = world.proxy.mark
    done = run([fastmcp, "call", world.url, "add", "a=2", "b=3", "--auth", "oauth"], environment, home)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "5" in done.stdout.split(), done.stdout
    log = world.proxy.since(mark)
    found_and_logged_in(world, log, registers=True)
    agents = [request.headers.get("user-agent", "") for request in log.at("/oauth/authorize")]
    assert any("httpx" in agent for agent in agents), f"it no longer looks first: {agents}"
    world.browser.last().check()
    code_is_spent(world, log)
