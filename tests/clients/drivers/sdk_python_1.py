"""The official Python SDK, 1.x line: connects, lists the tools, adds two numbers.

Usage: sdk_python_1.py URL. The environment says how to get in: BEARER, or
CLIENT_ID, CLIENT_SECRET and ISSUER. Prints one JSON object.
"""

import asyncio
import os
import sys

import httpx
from mcp import ClientSession
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
    async with (
        httpx.AsyncClient(event_hooks=journal.hooks(), timeout=30, **authorization(url)) as http,
        streamable_http_client(url, http_client=http) as (read, write, _),
        ClientSession(read, write) as session,
    ):
        greeting = await session.initialize()
        tools = await session.list_tools()
        answer = await session.call_tool("add", {"a": 2, "b": 3})
    journal.print(
        version=greeting.protocolVersion,
        tools=[tool.name for tool in tools.tools],
        text=answer.content[0].text,
    )


asyncio.run(main(sys.argv[1]))
