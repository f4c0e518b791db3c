"""Runs a server's entry point so that it listens where it is expected.

By AgentCore's contract a server binds 0.0.0.0:8000. Instances that share one
machine cannot all have that port, so each is given its own, in PORT, and a
bind to port 8000 (or PORT) of any address becomes one to 127.0.0.1:PORT.

Usage: python bootstrap.py ENTRYPOINT APP_DIRECTORY
"""

import importlib.machinery
import os
import runpy
import socket
import sys

CONTRACT_PORT = 8000
LOOPBACK = "127.0.0.1"


def main():
    entrypoint, app = sys.argv[1], sys.argv[2]
    port = int(os.environ["PORT"])
    os.environ["FASTMCP_HOST"] = LOOPBACK
    os.environ["FASTMCP_PORT"] = str(port)
    redirect_sockets(port)
    sys.meta_path.insert(
        0,
        PatchAfterImport(
            {
                "uvicorn.config": lambda module: redirect_uvicorn(module, port),
                "uvloop": lambda module: redirect_uvloop(module, port),
            }
        ),
    )
    # As `python ENTRYPOINT` would have it, then the project's own directory.
    sys.path[0] = os.path.dirname(entrypoint)
    if app not in sys.path:
        sys.path.insert(1, app)
    sys.argv = [entrypoint]
    runpy.run_path(entrypoint, run_name="__main__")


def is_contract_port(value, port):
    return value in (CONTRACT_PORT, port, str(CONTRACT_PORT), str(port))


def redirect_sockets(port):
    """Covers every server that binds a socket in Python: asyncio, http.server."""
    bind = socket.socket.bind
    families = []

    def bind_to_loopback(self, address):
        if self.family not in (socket.AF_INET, socket.AF_INET6):
            return bind(self, address)
        if not is_contract_port(address[1], port):
            note_other_port(self, address)
            return bind(self, address)
        # A server that listens for IPv4 and IPv6 has one socket too many:
        # the second is given a port that nobody asks for.
        number = port if self.family in families or not families else 0
        if self.family == socket.AF_INET:
            result = bind(self, (LOOPBACK, number))
        elif number == 0:
            result = bind(self, ("::1", number))
        else:
            self.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
            result = bind(self, ("::ffff:" + LOOPBACK, number))
        families.append(self.family)
        return result

    socket.socket.bind = bind_to_loopback


def note_other_port(sock, address):
    """A server that listens elsewhere is never reached: say so in its log."""
    if sock.type == socket.SOCK_STREAM and address[1] not in (0, "0"):
        print(
            "shukuba: the server binds port %s; the contract is port %d, or the "
            "environment variable PORT" % (address[1], CONTRACT_PORT),
            file=sys.stderr,
            flush=True,
        )


def redirect_uvicorn(module, port):
    """Covers uvicorn on every event loop, and makes its log tell the truth."""
    initialize = module.Config.__init__

    def initialize_on_loopback(self, *args, **kwargs):
        initialize(self, *args, **kwargs)
        if self.uds is None and self.fd is None and is_contract_port(self.port, port):
            self.host, self.port = LOOPBACK, port

    module.Config.__init__ = initialize_on_loopback


def redirect_uvloop(module, port):
    """Covers servers on uvloop, which does not bind in Python."""
    create_server = module.Loop.create_server

    def create_server_on_loopback(self, factory, host=None, number=None, **kwargs):
        number = kwargs.pop("port", number)
        if kwargs.get("sock") is None and is_contract_port(number, port):
            host, number = LOOPBACK, port
        return create_server(self, factory, host, number, **kwargs)

    module.Loop.create_server = create_server_on_loopback


class PatchAfterImport:
    """Patches modules right after they were first imported."""

    def __init__(self, patches):
        self.patches = patches

    def find_spec(self, name, path=None, target=None):
        patch = self.patches.pop(name, None)
        if patch is None:
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path, target)
        if spec is None or spec.loader is None:
            return spec
        execute = spec.loader.exec_module

        def execute_and_patch(module):
            execute(module)
            patch(module)

        spec.loader.exec_module = execute_and_patch
        return spec


if __name__ == "__main__":
    main()
