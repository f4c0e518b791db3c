"""docs/guides/outside.md: its configuration files and commands, as seen through each door."""

import re
import shutil
import subprocess
from contextlib import contextmanager
from pathlib import Path

from bed.clients import ClaudeCode
from bed.detour import Detour
from bed.doors import CERTIFICATES, HOST, UPSTREAM, caddy, listens, nginx, sshd, words
from bed.guide import Guide
from bed.model import PlayedModel
from bed.outside import CLIENT, Outside, serial_of
from bed.registry import step
from bed.server import Server, free_port, wait_until
from bed.web import sum_of

ORIGIN = f"https://{HOST}"
SPOOFED = "203.0.113.66"
# Words by which the guide's blocks are found.
BEHIND, BY_ITSELF, TUNNEL = "--trusted-proxy", "--tls-cert", "ssh -N"


@step("outside-server")
def outside_server(bed) -> None:
    """A server told its public name, a private CA, a runtime that streams, a token."""
    bed.outside = bed.keep(_World(bed))


@step("outside-tls", needs=("outside-server",))
def outside_tls(bed) -> None:
    """TLS by the server itself; a renewed certificate is served without a restart."""
    world = bed.outside
    with world.serving(BY_ITSELF):
        door = world.door(world.server.port)
        world.arrives(door)
        before = serial_of(door)
        world.renew()
        assert serial_of(door) != before, "the certificate was replaced, and the old one is shown"
        assert sum_of(door.call(world.canonical, world.token, "add", a=2, b=3)) == "5"


@step("outside-nginx", needs=("outside-server",), tools=("nginx",))
def outside_nginx(bed) -> None:
    """Through nginx, with the guide's configuration."""
    world, port = bed.outside, free_port()
    with world.serving(BEHIND), nginx(bed, world.guide, port, world.server.port, world.certificates):
        world.arrives(world.door(port))


@step("outside-caddy", needs=("outside-server",), tools=("caddy",))
def outside_caddy(bed) -> None:
    """Through Caddy, with the guide's configuration and Caddy's own private CA."""
    world, port = bed.outside, free_port()
    with world.serving(BEHIND), caddy(bed, world.guide, port, world.server.port) as ca:
        world.arrives(world.door(port, ca))


@step("outside-tunnel", needs=("outside-server",), tools=("caddy", "sshd"))
def outside_tunnel(bed) -> None:
    """Through ssh to a relay with Caddy; the tunnel ends when its port is taken there."""
    world, port, relay = bed.outside, free_port(), free_port()
    with world.serving(BEHIND), caddy(bed, world.guide, port, relay) as ca, sshd(bed) as ssh:
        forward = (f"{UPSTREAM}:{UPSTREAM}", f"127.0.0.1:{relay}:127.0.0.1:{world.server.port}")
        command = world.guide.block("sh", TUNNEL, forward=forward)
        with ssh(command):
            wait_until(lambda: listens(relay), "the tunnel is open", 20)
            world.arrives(world.door(port, ca))
            with ssh(command) as second:
                assert second.wait(timeout=20) != 0, "a second tunnel to the same port does not end"


@step("outside-claude-code", needs=("outside-server",), tools=("nginx", "node", "claude-code"))
def outside_claude_code(bed) -> None:
    """The real Claude Code, by the public name and https, trusting the private CA."""
    world, port = bed.outside, free_port()
    add = world.connect.block("sh", "claude mcp add --transport http adder").strip()
    with (
        world.serving(BEHIND),
        nginx(bed, world.guide, port, world.server.port, world.certificates),
        Detour(world.door(port)) as detour,
        PlayedModel() as model,
    ):
        claude = ClaudeCode(bed, model.url, "home-claude-outside")
        claude.sh(add)
        assert "Needs authentication" in (told := claude.sh("claude mcp list", **detour.environment)), told
        claude.sh("claude mcp remove adder")
        claude.sh(f"{add} -H 'Authorization: Bearer {world.token}'")
        assert "Connected" in (told := claude.sh("claude mcp list", **detour.environment)), told
        said = claude.sh('claude -p "add 2 and 3" --allowedTools mcp__adder__add', **detour.environment)
        assert "The tool says: 5" in said, said
        assert not detour.refused, f"it asked for others as well: {detour.refused}"


class _World:
    """A server under its public name; a context manager."""

    def __init__(self, bed) -> None:
        self._bed = bed
        guides = bed.root / "docs" / "guides"
        self.guide, self.connect = Guide(guides / "outside.md"), Guide(guides / "connect-claude.md")
        self.server = _Server(bed.server.binary, bed.make_folder("outside"), bed.tools.search_path)
        self.server.variables = {"SHUKUBA_LOG": "warn,shukuba_dataplane::account=info"}
        self.certificates = bed.make_folder("outside-certificates")

    def __enter__(self) -> "_World":
        self._bed.witnesses["the log of the server that has a name"] = self.server.told
        self._sh(self.guide.block("sh", "openssl"))
        with self.serving(BEHIND):
            self._launch()
        return self

    def __exit__(self, *_) -> None:
        pass

    def door(self, port: int, ca: Path | None = None) -> Outside:
        return Outside(HOST, port, ca or self.certificates / "ca.pem")

    @contextmanager
    def serving(self, word: str):
        """The server, started as the guide's command with the word starts it."""
        filled = {}
        if word == BY_ITSELF:
            filled = {
                "listen": ("--listen 0.0.0.0 --port 443 ", ""),
                "certificates": (CERTIFICATES, str(self.certificates)),
            }
        program, verb, *arguments = words(self.guide.block("sh", word, **filled))
        assert (program, verb) == ("shukuba", "serve"), f"the guide runs {program} {verb}"
        self.server.arguments = arguments
        self.server.door = self.door(self.server.port) if word == BY_ITSELF else None
        self.server.start()
        try:
            yield
        finally:
            self.server.stop()

    def renew(self) -> None:
        """Makes the pair anew by the guide's commands."""
        self._sh(self.guide.block("sh", "openssl"))

    def arrives(self, door: Outside) -> None:
        """What has to be true of everything before the server."""
        self._metadata_names_the_origin(door)
        self._check_of_the_guide(door)
        for url in (self.canonical, self.agentcore):
            self._challenge_names_the_origin(door, url)
            self._is_called(door, url)
        self._streams(door)
        self._client_is_the_client(door)

    def _launch(self) -> None:
        folder = self._bed.make_folder("outside-project")
        shutil.copy(self._bed.root / "tests/clients/hosted/streamer/mcp_server.py", folder)
        sh = self.server.sh
        sh(self.connect.block("sh", "shukuba launch"), folder)
        link = re.search(r"https?://\S+", sh(self.connect.block("sh", "user create")))
        assert link and link.group().startswith(f"{ORIGIN}/"), link
        connector = sh(self.connect.block("sh", "--preset claude\n"))
        for line in ("client id", "client secret", "https://claude.ai/api/mcp/auth_callback"):
            assert line in connector, connector
        runtime = self.server.json("shukuba status adder --json")
        self.canonical, self.agentcore = runtime["endpoint"], runtime["invocation_url"]
        assert self.canonical == f"{ORIGIN}/mcp/adder" and "%3A" in self.agentcore, runtime
        sh(f"shukuba app create --name machine --type m2m --api {self.canonical}")
        self.token = self.server.token("machine")

    def _metadata_names_the_origin(self, door: Outside) -> None:
        for name in ("oauth-authorization-server", "openid-configuration"):
            document = door.get(f"{ORIGIN}/.well-known/{name}").json
            assert document["issuer"] == ORIGIN, document
            addresses = {key: value for key, value in document.items() if str(value).startswith("http")}
            assert len(addresses) > 3, document
            for key, address in addresses.items():
                assert address == ORIGIN or address.startswith(f"{ORIGIN}/"), f"{key} is {address}"
        assert door.get(f"{ORIGIN}/.well-known/jwks.json").json["keys"]

    def _challenge_names_the_origin(self, door: Outside, url: str) -> None:
        answer = door.post(url, "tools/list", {})
        assert answer.status == 401 and answer.json["id"] == 7, answer
        challenge = answer.headers["www-authenticate"]
        place = f"{ORIGIN}/.well-known/oauth-protected-resource{url.removeprefix(ORIGIN).partition('?')[0]}"
        assert f'resource_metadata="{place}"' in challenge, challenge
        document = door.get(place).json
        assert document["resource"] == url.partition("?")[0], document
        assert document["authorization_servers"] == [ORIGIN], document

    def _is_called(self, door: Outside, url: str) -> None:
        client = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}}
        answer = door.post(url, "initialize", client, authorization=f"Bearer {self.token}")
        assert answer.status == 200 and answer.json["result"]["serverInfo"]["name"] == "streamer", answer
        assert sum_of(door.call(url, self.token, "add", a=2, b=3)) == "5"

    def _check_of_the_guide(self, door: Outside) -> None:
        told = door.sh(self.guide.block("sh", "curl"), self._bed.make_folder("outside-home"), self.server.environment)
        assert f'"issuer":"{ORIGIN}"' in told and re.search(r"HTTP/\S+ 401", told), told
        expected = self.guide.block("text", "www-authenticate").strip()
        assert expected in told.lower().replace("bearer", "Bearer"), told

    def _streams(self, door: Outside) -> None:
        """The first event is read before the last can have been sent."""
        connection = door.connect()
        try:
            answer = door.stream(connection, self.canonical, self.token, "wait")
            assert answer.status == 200 and answer.getheader("content-type").startswith("text/event-stream")
            assert "waiting" in _event(answer)
            assert sum_of(door.call(self.canonical, self.token, "finish")) == "finished"
            assert "finished" in _event(answer)
        finally:
            connection.close()

    def _client_is_the_client(self, door: Outside) -> None:
        """The log has the address the connection came from, whatever the client says."""
        seen = self.server.log.stat().st_size
        for header in ("x-forwarded-for", "forwarded", "x-real-ip"):
            said = f"for={SPOOFED}" if header == "forwarded" else SPOOFED
            assert door.post(self.canonical, "tools/list", {}, **{header: said}).status == 401
        lines = lambda: re.findall(r" from=(\S+)", self.server.log.read_bytes()[seen:].decode())
        wait_until(lambda: len(lines()) >= 3, "the requests are in the log", 10)
        assert set(lines()) == {CLIENT}, lines()

    def _sh(self, lines: str) -> None:
        done = subprocess.run(["sh", "-ec", lines], cwd=self.certificates, capture_output=True, text=True)
        assert done.returncode == 0, f"{lines}\n{done.stderr}"


class _Server(Server):
    """A server that is asked through `door` whether it answers, where it speaks TLS."""

    door: Outside | None = None

    def _answers(self) -> bool:
        if self.door is None or not self.running:
            return super()._answers()
        try:
            return self.door.get(f"{ORIGIN}/.well-known/openid-configuration").status == 200
        except OSError:
            return False


def _event(answer) -> str:
    """The data of a stream's next event, as soon as it is there."""
    while line := answer.readline().decode():
        if line.startswith("data:"):
            return line
    raise AssertionError("the stream ended before its event")
