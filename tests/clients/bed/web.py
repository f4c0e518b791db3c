"""Plain HTTP, for what the steps look at themselves."""

import http.client
import json
from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self):
        """The JSON body, or the JSON-RPC message of an event stream's last event."""
        text = self.body.decode()
        if self.headers.get("content-type", "").startswith("text/event-stream"):
            text = [line[5:] for line in text.splitlines() if line.startswith("data:")][-1]
        return json.loads(text)


def request(method: str, url: str, headers: dict | None = None, body: bytes | None = None) -> Answer:
    """One request on a connection of its own; the target goes out as it is spelt."""
    parts = urlsplit(url)
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=60)
    return exchange(connection, method, target or "/", headers or {}, body)


def exchange(
    connection: http.client.HTTPConnection, method: str, target: str, headers: dict, body: bytes | None = None
) -> Answer:
    """One request on a connection, which is closed then."""
    try:
        connection.request(method, target, body, headers)
        response = connection.getresponse()
        lowered = {name.lower(): value for name, value in response.getheaders()}
        return Answer(response.status, lowered, response.read())
    finally:
        connection.close()


def call_add(url: str, token: str | None, a: int = 2, b: int = 3) -> Answer:
    """`tools/call` of `add` without a session, as the handshake era's stateless servers take it."""
    message = {
        "jsonrpc": "2.0",
        "id": 7,
        "method": "tools/call",
        "params": {"name": "add", "arguments": {"a": a, "b": b}},
    }
    headers = {"content-type": "application/json", "accept": "application/json, text/event-stream"}
    if token is not None:
        headers["authorization"] = f"Bearer {token}"
    return request("POST", url, headers, json.dumps(message).encode())


def sum_of(answer: Answer) -> str:
    """The text of the tool's result."""
    assert answer.status == 200, f"{answer.status}: {answer.body.decode()}"
    return answer.json["result"]["content"][0]["text"]


def refusal_of(answer: Answer) -> str:
    """The sentence of a refused call, after checking the shape every refusal has."""
    assert answer.status == 401, f"{answer.status}: {answer.body.decode()}"
    challenge = answer.headers["www-authenticate"]
    assert challenge.startswith("Bearer ") and "resource_metadata=" in challenge, challenge
    assert answer.json["id"] == 7, answer.json
    return answer.json["error"]["message"]
