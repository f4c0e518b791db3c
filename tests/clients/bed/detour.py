"""A proxy of CONNECT (RFC 9110 section 9.3.6) by which a real client finds a name at a port of 127.0.0.1.

Clients that take no other address for a name take HTTPS_PROXY; the TLS inside is theirs.
"""

import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from bed.outside import Outside


class Detour:
    """A context manager."""

    def __init__(self, door: Outside) -> None:
        self._door = door
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self._server.detour = self
        self.refused: list[str] = []

    def __enter__(self) -> "Detour":
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def environment(self) -> dict[str, str]:
        """What a client must have that shall come by here and know the authority."""
        url = f"http://127.0.0.1:{self._server.server_port}"
        proxy = {"HTTPS_PROXY": url, "https_proxy": url, "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}
        return {**proxy, "NODE_EXTRA_CA_CERTS": str(self._door.ca), "SSL_CERT_FILE": str(self._door.ca)}

    def reach(self, authority: str) -> socket.socket | None:
        """A connection to the door; none for another name, which is noted."""
        if authority != f"{self._door.host}:443":
            self.refused.append(authority)
            return None
        return socket.create_connection(("127.0.0.1", self._door.port), timeout=30)


class _Handler(BaseHTTPRequestHandler):
    def do_CONNECT(self) -> None:
        far = self.server.detour.reach(self.path)
        if far is None:
            self.send_error(403)
            return
        self.send_response(200)
        self.end_headers()
        with far:
            back = threading.Thread(target=_copy, args=(far, self.connection), daemon=True)
            back.start()
            _copy(self.connection, far)
            back.join()
        self.close_connection = True

    def log_message(self, *_) -> None:
        pass


def _copy(source: socket.socket, sink: socket.socket) -> None:
    """Until either side ends; the other is told."""
    try:
        while data := source.recv(65536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        pass
