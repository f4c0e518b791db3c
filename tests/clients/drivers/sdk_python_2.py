"""The official Python SDK, 2.x line: connects, lists the tools, adds two numbers.

Usage: sdk_python_2.py URL. The environment says how to get in: BEARER, or
CLIENT_ID, CLIENT_SECRET and ISSUER. Prints one JSON object.
"""

import asyncio
import os
import sys

import httpx2
from mcp import Client
from mcp.client.auth.extensions.client_credentials import ClientCredentialsOAuthProvider
from mcp.client.streamable_http import streamable_http_client

from journal import Journal, Memory


def authorization(url: str) -> dict:
    if bearer := os.environ.get("BEARER"):
        return {"headers": {"Authorization": f"Bearer {bearer}"}}
    return {
        "auth": ClientCredentialsOAuthProvider(
            server_url=url,
            storage=Memory(),
            client_id=os.environ["CLIENT_ID"],
            client_secret=os.environ["CLIENT_SECRET"],
            issuer=os.environ["ISSUER"],
        )
    }


async def main(url: str) -> None:
    journal = Journal()
    http = httpx2.AsyncClient(event_hooks=journal.hooks(), timeout=30, **authorization(url))
    async with http, Client(streamable_http_client(url, http_client=http)) as client:
        tools = await client.list_tools()
        answer = await client.call_tool("add", {"a": 2, "b": 3})
        version = client.protocol_version
    journal.print(
        version=version,
        tools=[tool.name for tool in tools.tools],
        text=answer.content[0].text,
    )


asyncio.run(main(sys.argv[1]))
