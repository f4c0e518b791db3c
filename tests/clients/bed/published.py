"""A document that lies on the Internet, as an https server of a public name publishes it."""

import json
import ssl
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


class Published:
    """One JSON document at `https://HOST/PATH`, on a public address of this machine; a context manager.

    `certificates` is a folder with `fullchain.pem` and `privkey.pem`; `lifetime` is for how
    many seconds the document says it may be kept.
    """

    def __init__(self, address: str, path: str, document: dict, certificates: Path, lifetime: int) -> None:
        self.path = path
        self.body = json.dumps(document).encode()
        self.lifetime = lifetime
        # When it was asked for (time.monotonic) and by whom, oldest first.
        self.asked: list[tuple[float, str]] = []
        self._up = False
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(certificates / "fullchain.pem", certificates / "privkey.pem")
        self._server = _Listener((address, 443), _Handler)
        self._server.published = self
        self._server.tls = tls

    def __enter__(self) -> "Published":
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self._up = True
        return self

    def __exit__(self, *_) -> None:
        self.take_down()

    def take_down(self) -> None:
        """From now on nobody answers at that address."""
        if self._up:
            self._up = False
            self._server.shutdown()
            self._server.server_close()

    @property
    def stale_in(self) -> float:
        """In how many seconds the copies of whoever asked first are stale."""
        return self.asked[0][0] + self.lifetime - time.monotonic()


class _Listener(ThreadingHTTPServer):
    def finish_request(self, request, client_address) -> None:
        # Here, in the thread of the connection: a handshake must not hold up the next one.
        request.settimeout(10)
        with self.tls.wrap_socket(request, server_side=True) as inside:
            super().finish_request(inside, client_address)

    def handle_error(self, *_) -> None:
        """A client that goes away, or that does not know the authority, is no event."""


class _Handler(BaseHTTPRequestHandler):
    def log_message(self, *_) -> None:
        pass

    def do_GET(self) -> None:
        published = self.server.published
        if self.path != published.path:
            self.send_error(404)
            return
        published.asked.append((time.monotonic(), self.headers.get("user-agent", "")))
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("cache-control", f"public, max-age={published.lifetime}")
        self.send_header("content-length", str(len(published.body)))
        self.end_headers()
        self.wfile.write(published.body)
