"""A log of every request, in front of a server: what a client asked, and in which order.

Bodies are kept in memory only, for a step to replay or to look into.
"""

import http.client
import json
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

FORM = "application/x-www-form-urlencoded"
# RFC 9110 section 7.6.1: these speak of one connection, not of the message.
HOP_BY_HOP = {"connection", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade", "proxy-connection"}


@dataclass
class Request:
    """One request and the status it got, 0 until it is answered.

    `took` is how many seconds passed until the answer began.
    """

    method: str
    target: str
    headers: dict[str, str]
    body: bytes = field(repr=False)
    status: int = 0
    began: float = field(default_factory=time.monotonic)
    took: float = 0

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, list[str]]:
        return parse_qs(urlsplit(self.target).query, keep_blank_values=True)

    @property
    def form(self) -> dict[str, str]:
        """The first value of each field of a form; empty where the body is none."""
        # Somewhere in it: Inspector 0.22 lists another type before it.
        if FORM not in self.headers.get("content-type", ""):
            return {}
        fields = parse_qs(self.body.decode(errors="replace"), keep_blank_values=True)
        return {name: values[0] for name, values in fields.items()}

    @property
    def message(self) -> str:
        """The method of the JSON-RPC request or notification in the body, or nothing."""
        try:
            return json.loads(self.body).get("method", "")
        except (ValueError, AttributeError):
            return ""

    def __str__(self) -> str:
        """Without a value that could be a secret."""
        names = ", ".join([*self.query, *self.form])
        kind = self.form.get("grant_type") or self.message
        parts = [self.method, self.path, f"({names})" if names else "", kind, str(self.status)]
        when = f"[at {self.began:.1f} s, took {self.took:.1f} s]"
        return " ".join(part for part in [*parts, when] if part)


class Proxy:
    """On a loopback port, by default a free one, in front of another of them; a context manager."""

    def __init__(self, upstream: int, port: int = 0) -> None:
        self._server = _Listener(("127.0.0.1", port), _Handler)
        self._server.proxy = self
        self._lock = threading.Lock()
        self._requests: list[Request] = []
        self.upstream = upstream
        self.port = self._server.server_port
        self.url = f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> "Proxy":
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_) -> None:
        self._server.shutdown()
        self._server.server_close()

    def note(self, request: Request) -> None:
        with self._lock:
            self._requests.append(request)

    @property
    def mark(self) -> int:
        """A place in the log, for `since`."""
        return len(self._requests)

    def since(self, mark: int) -> "Log":
        """The requests that began after a mark, oldest first."""
        with self._lock:
            return Log(self._requests[mark:])

    def replay(self, request: Request) -> int:
        """Sends a request once more, byte for byte, past the log; the status it gets."""
        connection = http.client.HTTPConnection("127.0.0.1", self.upstream, timeout=30)
        try:
            connection.request(request.method, request.target, request.body, request.headers)
            return connection.getresponse().status
        finally:
            connection.close()


class Log(list):
    """Requests in their order."""

    def at(self, path: str) -> "Log":
        """Those for a path."""
        return Log(request for request in self if request.path == path)

    def grants(self, kind: str) -> "Log":
        """The token requests of a grant type that were answered with 200."""
        return Log(request for request in self if request.form.get("grant_type") == kind and request.status == 200)

    def in_order(self, *expected: tuple) -> None:
        """Each (method, path[, status]) is there, after the one before it; others may lie between."""
        rest = iter(self)
        for wanted in expected:
            found = any(wanted == (request.method, request.path, request.status)[: len(wanted)] for request in rest)
            assert found, f"{wanted} is not there, or not in this place:\n{self}"

    def __str__(self) -> str:
        return "\n".join(map(str, self))


class _Listener(ThreadingHTTPServer):
    daemon_threads = True
    # Clients open many connections at once, more than the five that would be held by default.
    request_queue_size = 128

    def handle_error(self, *_) -> None:
        """A client that closes its connection in the middle is no event."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_) -> None:
        pass

    def _forward(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        if "chunked" in self.headers.get("transfer-encoding", ""):
            body = self._read_chunks()
        lowered = {name.lower(): value for name, value in self.headers.items()}
        request = Request(self.command, self.path, lowered, body)
        self.server.proxy.note(request)
        connection = http.client.HTTPConnection("127.0.0.1", self.server.proxy.upstream, timeout=300)
        try:
            self._send_on(connection, body)
            response = connection.getresponse()
            request.status = response.status
            request.took = time.monotonic() - request.began
            self._send_back(response)
        except (OSError, http.client.HTTPException):
            # The server is down, or the client has gone: either sees a closed connection.
            self.close_connection = True
        finally:
            connection.close()

    do_GET = do_POST = do_HEAD = do_DELETE = do_PUT = do_PATCH = do_OPTIONS = _forward

    def _send_on(self, connection: http.client.HTTPConnection, body: bytes) -> None:
        connection.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
        for name, value in self.headers.items():
            if name.lower() not in HOP_BY_HOP | {"content-length"}:
                connection.putheader(name, value)
        if body or self.command in ("POST", "PUT", "PATCH"):
            connection.putheader("content-length", str(len(body)))
        connection.endheaders(body or None)

    def _send_back(self, response: http.client.HTTPResponse) -> None:
        self.send_response_only(response.status, response.reason)
        for name, value in response.getheaders():
            if name.lower() not in HOP_BY_HOP:
                self.send_header(name, value)
        bodiless = self.command == "HEAD" or response.status in (204, 304)
        streams = not bodiless and response.getheader("content-length") is None
        if streams:
            self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        while not bodiless and (part := response.read1(65536)):
            self.wfile.write(b"%x\r\n%s\r\n" % (len(part), part) if streams else part)
        if streams:
            self.wfile.write(b"0\r\n\r\n")

    def _read_chunks(self) -> bytes:
        body = b""
        while size := int(self.rfile.readline().split(b";")[0], 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        while self.rfile.readline().strip():  # Trailers.
            pass
        return body
