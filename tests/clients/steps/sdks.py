"""The official SDKs, old and new, against a server of each era and language."""

import shutil

from bed.bed import API
from bed.clients import sdk
from bed.registry import step
from steps.seed_clients import inspector_2, launch

LEGACY, MODERN = "2025-11-25", "2026-07-28"


@step("sdk-servers", needs=("seed-4-address-and-token",))
def sdk_servers(bed) -> None:
    """`examples/adder-modern` and `examples/adder-rs` are built by the server, beside the seed's."""
    rules = {"allowedClients": [bed.client_id], "allowedAudience": [API]}
    modern = bed.make_folder("adder-modern")
    for name in ("mcp_server.py", "requirements.txt"):
        shutil.copy(bed.root / "examples" / "adder-modern" / name, modern)
    launch(bed, modern, "adder_modern", "mcp_server.py", rules)

    rust = bed.make_folder("adder-rs")
    for name in ("Cargo.toml", "Cargo.lock", "src"):
        source = bed.root / "examples" / "adder-rs" / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, rust / name)
    launch(bed, rust, "adder_rs", "Cargo.toml", rules)


@step("inspector-2-modern-era", needs=("sdk-servers",), tools=("node", "inspector-2"))
def inspector_2_modern_era(bed) -> None:
    """Today's Inspector in the modern era, against both servers that speak it."""
    for name in ("adder_modern", "adder_rs"):
        for era in ("modern", "auto", "legacy"):
            assert inspector_2(bed, f"{bed.server.url}/mcp/{name}", bed.token, era) == "5", (name, era)


@step("sdk-python-1", needs=("sdk-servers",), tools=("sdk-python-1",))
def sdk_python_1(bed) -> None:
    """Python SDK 1.30: a bearer, and client_credentials found from the address alone."""
    _play_everywhere(bed, "sdk-python-1", {"adder_modern": LEGACY, "adder_rs": LEGACY})


@step("sdk-python-2", needs=("sdk-servers",), tools=("sdk-python-2",))
def sdk_python_2(bed) -> None:
    """Python SDK 2.3: a bearer, and client_credentials found from the address alone."""
    _play_everywhere(bed, "sdk-python-2", {"adder_modern": MODERN, "adder_rs": MODERN})


@step("sdk-typescript-1", needs=("sdk-servers",), tools=("node", "sdk-typescript"))
def sdk_typescript_1(bed) -> None:
    """TypeScript SDK 1.32: a bearer, and client_credentials found from the address alone."""
    _play_everywhere(bed, "sdk-typescript", {"adder_modern": LEGACY, "adder_rs": LEGACY}, driver="sdk_typescript_1")


@step("sdk-typescript-2", needs=("sdk-servers",), tools=("node", "sdk-typescript"))
def sdk_typescript_2(bed) -> None:
    """TypeScript SDK 2.4, choosing the era by itself: a bearer, and client_credentials."""
    versions = {"adder_modern": MODERN, "adder_rs": MODERN}
    _play_everywhere(bed, "sdk-typescript", versions, driver="sdk_typescript_2", MODE="auto")


def _play_everywhere(bed, tool: str, versions: dict, driver: str | None = None, **more: str) -> None:
    """`versions` says which protocol version is agreed on, by server; the seed's own is legacy."""
    secret = {"CLIENT_ID": bed.client_id, "CLIENT_SECRET": bed.client_secret, "ISSUER": bed.server.url}
    for name, version in {"mcp_server": LEGACY, **versions}.items():
        url = f"{bed.server.url}/mcp/{name}"
        given = sdk(bed, tool, driver, url, BEARER=bed.token, **more)
        _check(given, version)
        found = sdk(bed, tool, driver, url, **secret, **more)
        _check(found, version)
        _check_way_in(bed, found, f"/mcp/{name}")
    _check_way_in(bed, sdk(bed, tool, driver, bed.url, **secret, **more), bed.url[len(bed.server.url):].split("?")[0])


def _check(seen: dict, version: str) -> None:
    assert (seen["version"], seen["tools"], seen["text"]) == (version, ["add"], "5"), seen


def _check_way_in(bed, seen: dict, path: str) -> None:
    """401, resource metadata, the issuer's metadata, a token for this very resource."""
    way = [(method, place) for method, place, _ in seen["requests"][:4]]
    assert seen["requests"][0] == ["POST", path, 401], seen
    assert way[1] == ("GET", f"/.well-known/oauth-protected-resource{path}"), seen
    assert way[2][1] == "/.well-known/oauth-authorization-server", seen
    assert seen["requests"][3][0] == "POST" and seen["requests"][3][2] == 200, seen
    assert seen["token_form"]["grant_type"] == "client_credentials", seen
    assert seen["token_form"]["resource"] == f"{bed.server.url}{path}", seen
