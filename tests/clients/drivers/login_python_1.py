"""The official Python SDK, 1.x line, logging in: adds two numbers, waits, adds two others.

Usage: login_python_1.py URL. The environment says how: a person in BROWSER, with CLIENT_ID
and CLIENT_SECRET or by registering; or a machine with CLIENT_ID, PRIVATE_KEY (PEM) and
ISSUER. PAUSE is the seconds between the calls. Prints one JSON object.
"""

import asyncio
import os
import sys

import httpx
from mcp import ClientSession
from mcp.client.auth import OAuthClientProvider
from mcp.client.auth.extensions.client_credentials import PrivateKeyJWTOAuthProvider, SignedJWTParameters
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.auth import OAuthClientInformationFull, OAuthClientMetadata

from callback import Callback
from journal import Journal, Memory


async def person(url: str, callback: Callback) -> OAuthClientProvider:
    metadata = {"redirect_uris": [callback.uri], "client_name": "Python SDK 1"}
    storage = Memory()
    if client_id := os.environ.get("CLIENT_ID"):
        given = {"client_id": client_id, "client_secret": os.environ["CLIENT_SECRET"]}
        method = {"token_endpoint_auth_method": "client_secret_basic"}
        storage.client = OAuthClientInformationFull(**metadata, **given, **method)

    async def called_back() -> tuple[str, str | None]:
        parameters = await callback.parameters()
        return parameters["code"], parameters.get("state")

    return OAuthClientProvider(
        server_url=url,
        client_metadata=OAuthClientMetadata(**metadata),
        storage=storage,
        redirect_handler=callback.open,
        callback_handler=called_back,
    )


def machine(url: str) -> PrivateKeyJWTOAuthProvider:
    client_id = os.environ["CLIENT_ID"]
    signer = SignedJWTParameters(issuer=client_id, subject=client_id, signing_key=os.environ["PRIVATE_KEY"])
    return PrivateKeyJWTOAuthProvider(
        server_url=url,
        storage=Memory(),
        client_id=client_id,
        assertion_provider=signer.create_assertion_provider(),
        issuer=os.environ["ISSUER"],
    )


async def main(url: str) -> None:
    callback, journal = Callback(), Journal()
    await callback.listen()
    auth = machine(url) if "PRIVATE_KEY" in os.environ else await person(url, callback)
    async with (
        httpx.AsyncClient(event_hooks=journal.hooks(), timeout=30, auth=auth) as http,
        streamable_http_client(url, http_client=http) as (read, write, _),
        ClientSession(read, write) as session,
    ):
        await session.initialize()
        first = await session.call_tool("add", {"a": 2, "b": 3})
        await asyncio.sleep(float(os.environ["PAUSE"]))
        second = await session.call_tool("add", {"a": 20, "b": 3})
    texts = [answer.content[0].text for answer in (first, second)]
    journal.print(texts=texts, opened=callback.opened)


asyncio.run(main(sys.argv[1]))
