"""A loopback listener for a Python SDK's login, and the person's browser to open it with."""

import asyncio
import os
import subprocess
from urllib.parse import parse_qs, urlsplit


class Callback:
    """Opens the address it is given, and waits to be called back."""

    async def listen(self) -> None:
        self._arrived: asyncio.Future[dict[str, str]] = asyncio.get_running_loop().create_future()
        self._server = await asyncio.start_server(self._answer, "127.0.0.1", 0)
        port = self._server.sockets[0].getsockname()[1]
        self.uri = f"http://127.0.0.1:{port}/callback"
        self.opened = 0

    async def open(self, address: str) -> None:
        self.opened += 1
        if self._arrived.done():
            self._arrived = asyncio.get_running_loop().create_future()
        subprocess.run([os.environ["BROWSER"], address], check=True)

    async def parameters(self) -> dict[str, str]:
        """What came back, once it did."""
        return await asyncio.wait_for(self._arrived, 60)

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        target = (await reader.readline()).decode().split()[1]
        while (await reader.readline()).strip():
            pass
        body = b"You may close this page."
        head = ["HTTP/1.1 200 OK", "content-type: text/plain", f"content-length: {len(body)}", "connection: close"]
        writer.write("\r\n".join([*head, "", ""]).encode() + body)
        await writer.drain()
        writer.close()
        query = {name: values[0] for name, values in parse_qs(urlsplit(target).query).items()}
        if "state" in query and not self._arrived.done():
            self._arrived.set_result(query)
