"""A server where people log in: a user, a runtime open to them, a browser, a request log."""

import json
import shlex
import shutil
import time
from contextlib import ExitStack, contextmanager

from bed.browser import Browser
from bed.clients import DRIVERS, bare_environment, facts, run
from bed.proxy import Log, Proxy
from bed.server import Server

LOGIN_API = "https://login.example/"
USER = ("ada", "correct horse battery staple")
OPEN = ("--registration", "open", "--cimd", "off")
CLOSED = ("--registration", "off", "--cimd", "off")
BY_DOCUMENT = ("--registration", "open", "--cimd", "on")
# Seconds: long enough for a client to log in and call once, short enough to wait for.
SHORT_LIFETIME = 5


class World:
    """A context manager. Clients and the browser see the server only through the log.

    CIMD is off unless a step turns it on: a client's document lies on the internet, and
    everything here stays on 127.0.0.1.
    """

    def __init__(self, bed) -> None:
        self._bed = bed
        self.server = Server(bed.server.binary, bed.make_folder("login"), bed.tools.search_path)
        self.proxy = Proxy(self.server.port)
        self.origin = self.proxy.url
        self.path = "/mcp/adder"
        self.url = f"{self.origin}{self.path}"
        self.user = USER
        self.browser = Browser(bed, "ada", self.origin, USER)
        self._policy = OPEN
        self._closing = ExitStack()

    def __enter__(self) -> "World":
        self._bed.witnesses["the login server's log"] = self.server.told
        self._bed.witnesses["the log of requests"] = lambda: str(Log(self.proxy.since(0)[-25:]))
        self._closing.enter_context(self.proxy)
        self._start()
        self._closing.callback(self._stop)
        self.create_user(USER)
        self.server.sh(f"shukuba api create --name login --identifier {LOGIN_API} --profile rfc9068")
        self.machine = self.create_app("machine", "m2m", f"--api {LOGIN_API}")
        self.keys = self._make_keys()
        jwks = self._bed.make_folder("login-keys") / "jwks.json"
        jwks.write_text(json.dumps(self.keys["jwks"]))
        self.key_machine = self.create_app("key-machine", "m2m", f"--api {LOGIN_API} --jwks {shlex.quote(str(jwks))}")
        self.host("adder", "adder")
        self._closing.enter_context(self.browser)
        return self

    def __exit__(self, *_) -> None:
        self._closing.close()

    def create_user(self, user: tuple[str, str], role: str = "none") -> None:
        """A person who can log in, by name and password, and what they may do in the console."""
        password = shlex.quote(user[1])
        self.server.sh(f"printf %s {password} | shukuba user create {user[0]} --password-stdin --role {role}")

    def create_app(self, name: str, kind: str, more: str) -> dict:
        """An application registered beforehand; its id and, unless it has a key, its secret."""
        return self.server.json(f"shukuba app create --name {name} --type {kind} {more} --json")

    def policy(self, *flags: str) -> None:
        """Starts the server again where its policy on registration is another one."""
        if flags != self._policy:
            self._policy = flags
            self.restart()

    def restart(self) -> None:
        self.server.stop()
        self._start()

    def host(self, example: str, name: str, edit=lambda source: source) -> str:
        """Launches a Python example, edited, as a runtime with both entries; its address.

        Machines come in by the configured entry, people by `login`.
        """
        folder = self._bed.make_folder(f"login-{name}")
        source = self._bed.root / "examples" / example
        shutil.copy(source / "requirements.txt", folder)
        (folder / "mcp_server.py").write_text(edit((source / "mcp_server.py").read_text()))
        rules = {
            "discoveryUrl": f"{self.origin}/.well-known/openid-configuration",
            "allowedClients": [self.machine["client_id"], self.key_machine["client_id"]],
            "allowedAudience": [LOGIN_API],
        }
        authorizer = shlex.quote(json.dumps({"customJWTAuthorizer": rules}))
        self.server.sh(
            f"shukuba configure -e mcp_server.py -n {name} --protocol MCP --region us-west-2"
            f" -ac {authorizer} --login --non-interactive",
            folder,
        )
        self.server.sh("shukuba launch", folder)
        return f"{self.origin}/mcp/{name}"

    @contextmanager
    def hosted(self, example: str, name: str, edit=lambda source: source):
        """While inside, there is a second runtime. Gives its address."""
        try:
            yield self.host(example, name, edit)
        finally:
            self.server.sh(f"shukuba destroy {name} --force")

    def stateful(self):
        """While inside, there is a second runtime whose server gives out sessions. Gives its address."""
        return self.hosted("adder", "sessions", lambda source: source.replace(", stateless_http=True", ""))

    @contextmanager
    def lent(self):
        """The server stands still meanwhile, so that a process elsewhere may run it (`borrowed`)."""
        self.server.stop()
        try:
            yield
        finally:
            self._start()

    @contextmanager
    def borrowed(self, name: str, *policy: str):
        """In a process with another network: the same server, a log and a browser of that network."""
        self._policy = policy
        self.proxy = Proxy(self.server.port, self.proxy.port)
        self.browser = Browser(self._bed, name, self.origin, USER)
        with self.proxy:
            self._start()
            try:
                with self.browser:
                    yield
            finally:
                self._stop()

    @contextmanager
    def short_tokens(self):
        """While inside, access tokens live for SHORT_LIFETIME seconds. Gives a wait for their death."""
        set_lifetime = f"shukuba api update {LOGIN_API} --token-lifetime"
        self.server.sh(f"{set_lifetime} {SHORT_LIFETIME}")
        try:
            yield lambda: time.sleep(SHORT_LIFETIME + 1)
        finally:
            self.server.sh(f"{set_lifetime} 3600")

    def client_environment(self, home_name: str) -> tuple[dict[str, str], object]:
        """A bare environment that opens addresses in the person's browser, and its home."""
        home = self._bed.make_folder(home_name)
        return self.browser.environment(bare_environment(self._bed, home)), home

    @contextmanager
    def quiet(self):
        """No one is asked anything meanwhile: nothing is opened, nothing is authorized. Gives the log."""
        opened, mark = self.browser.opened, self.proxy.mark
        seen = self.proxy.since(mark)
        yield seen
        seen += self.proxy.since(mark)
        assert self.browser.opened == opened, f"the browser was opened again:\n{seen}"
        assert not seen.at("/oauth/authorize"), f"someone asked for authorization:\n{seen}"
        assert not seen.at("/oauth/register"), f"someone registered:\n{seen}"

    def _start(self) -> None:
        self.server.arguments = ["--public-url", self.origin, *self._policy]
        self.server.start()

    def _stop(self) -> None:
        if self.server.running:
            self.server.stop()

    def _make_keys(self) -> dict:
        folder = self._bed.make_folder("login-keys")
        return facts(run(["node", str(DRIVERS / "keys.mjs")], bare_environment(self._bed, folder), folder))
