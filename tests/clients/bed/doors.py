"""What stands before a server in docs/guides/outside.md: nginx, Caddy, and ssh to a relay.

Each is a context manager that runs the guide's own configuration on free ports of 127.0.0.1.
"""

import os
import pwd
import shlex
import socket
import subprocess
from contextlib import contextmanager
from pathlib import Path

from bed.guide import Guide
from bed.outside import Outside, ended, serial_of, started
from bed.server import free_port, wait_until

HOST = "mcp.example.com"
RELAY = "relay.example.com"
# Where the guide keeps certificates, and where its server listens.
CERTIFICATES = f"/etc/ssl/{HOST}"
UPSTREAM = "127.0.0.1:8430"


def words(command: str) -> list[str]:
    """A command as the shell takes it apart, lines joined where they end in a backslash."""
    return shlex.split(command.replace("\\\n", ""))


def listens(port: int) -> bool:
    with socket.socket() as connection:
        return connection.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def nginx(bed, guide: Guide, port: int, upstream: int, certificates: Path):
    """With the certificate of a folder."""
    folder = bed.make_folder("nginx")
    server = guide.block(
        "nginx",
        "server_name",
        port=("listen 443 ssl;", f"listen 127.0.0.1:{port} ssl;"),
        certificates=(CERTIFICATES, str(certificates)),
        upstream=(UPSTREAM, f"127.0.0.1:{upstream}"),
    )
    places = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    temporary = "".join(f"{each}_temp_path {folder}/{each};\n" for each in places)
    # Where root starts it, its workers would be people who may not enter the folder.
    user = f"user {pwd.getpwuid(0).pw_name};\n" if os.geteuid() == 0 else ""
    configuration = folder / "nginx.conf"
    configuration.write_text(
        f"{user}daemon off;\npid {folder}/pid;\nerror_log stderr;\nevents {{}}\n"
        f"http {{\naccess_log off;\n{temporary}{server}}}\n"
    )
    command = [bed.tools.system("nginx"), "-e", "stderr", "-p", str(folder), "-c", str(configuration)]
    with _running(bed, "nginx", command, port):
        yield


@contextmanager
def caddy(bed, guide: Guide, port: int, upstream: int):
    """Gives the certificate of Caddy's own CA, which stands for the public one here."""
    folder = bed.make_folder("caddy")
    site = guide.block("caddyfile", "reverse_proxy", upstream=(UPSTREAM, f"127.0.0.1:{upstream}"))
    options = (
        f"admin off\nlocal_certs\nskip_install_trust\nhttp_port {free_port()}\nhttps_port {port}\n"
        f"default_bind 127.0.0.1\nstorage file_system {folder}\n"
    )
    configuration = folder / "Caddyfile"
    configuration.write_text(f"{{\n{options}}}\n{site}")
    command = [bed.tools.system("caddy"), "run", "--config", str(configuration), "--adapter", "caddyfile"]
    ca = folder / "pki" / "authorities" / "local" / "root.crt"
    home = {**os.environ, "HOME": str(folder), "XDG_CONFIG_HOME": str(folder), "XDG_DATA_HOME": str(folder)}
    with _running(bed, "caddy", command, port, home):
        wait_until(lambda: ca.is_file() and _shows_a_certificate(Outside(HOST, port, ca)), "Caddy has a certificate", 20)
        yield ca


@contextmanager
def sshd(bed):
    """The relay's sshd, for the user who runs this, with keys of its own. Gives what runs `ssh`."""
    folder, port = bed.make_folder("sshd"), free_port()
    for name in ("host", "client"):
        (folder / name).unlink(missing_ok=True)
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)], check=True)
    host_key = (folder / "host.pub").read_text()
    (folder / "known_hosts").write_text(f"[127.0.0.1]:{port} {host_key}")
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)
    (folder / "sshd_config").write_text(
        f"ListenAddress 127.0.0.1\nPort {port}\nHostKey {folder}/host\nPidFile none\nStrictModes no\n"
        f"AuthorizedKeysFile {folder}/client.pub\nPasswordAuthentication no\nUsePAM no\n"
        "KbdInteractiveAuthentication no\nPermitRootLogin prohibit-password\n"
    )
    (folder / "ssh_config").write_text(
        f"Host {RELAY}\nHostName 127.0.0.1\nPort {port}\nUser {pwd.getpwuid(os.geteuid()).pw_name}\n"
        f"IdentityFile {folder}/client\nIdentitiesOnly yes\nBatchMode yes\n"
        f"UserKnownHostsFile {folder}/known_hosts\nStrictHostKeyChecking yes\n"
    )

    @contextmanager
    def ssh(command: str):
        program, *arguments = words(command)
        process = started([program, "-F", str(folder / "ssh_config"), *arguments], folder / "ssh.log")
        try:
            yield process
        finally:
            ended(process)

    bed.witnesses["ssh"] = lambda: (folder / "ssh.log").read_text() if (folder / "ssh.log").exists() else ""
    command = [bed.tools.system("sshd"), "-D", "-e", "-f", str(folder / "sshd_config")]
    with _running(bed, "sshd", command, port):
        yield ssh


@contextmanager
def _running(bed, name: str, command: list[str], port: int, environment: dict | None = None):
    log = bed.make_folder(name) / "log"
    bed.witnesses[name] = lambda: "\n".join(log.read_text(errors="replace").splitlines()[-15:])
    process = started(command, log, environment)
    try:
        wait_until(lambda: process.poll() is not None or listens(port), f"{name} listens", 20)
        assert process.poll() is None, f"{name} ended with {process.returncode}:\n{log.read_text()}"
        yield
    finally:
        ended(process)


def _shows_a_certificate(door: Outside) -> bool:
    try:
        return bool(serial_of(door))
    except OSError:
        return False
