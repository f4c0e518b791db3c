"""A model that is played: enough of the Messages API for Claude Code to work offline,
and by `bed/responses.py` enough of the Responses API for Codex.

Asked something new, it calls the first tool whose name ends in `add`, with a=2 and
b=3, as often as it was told to. Shown the last result, it repeats it as its answer.
"""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from bed import responses


class PlayedModel:
    """The model's server on a free loopback port; a context manager.

    It calls the tool `calls` times in one conversation, and thinks for `pause` seconds
    before each call but the first.
    """

    def __init__(self, calls: int = 1, pause: float = 0) -> None:
        self.calls = calls
        self.pause = pause

    def __enter__(self) -> "PlayedModel":
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self._server.model = self
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answer(self, request: dict) -> dict:
        """The content block that answers a Messages request."""
        results = tool_results(request)
        names = [tool["name"] for tool in request.get("tools", [])]
        name, said = self.decide(results, names)
        if name is None:
            return {"type": "text", "text": said}
        call = {"type": "tool_use", "id": f"toolu_{len(results)}", "name": name}
        return {**call, "input": {"a": 2, "b": 3}}

    def decide(self, results: list[str], tools: list[str]) -> tuple[str | None, str]:
        """The tool to call next, or None and what is said instead."""
        if len(results) >= self.calls:
            return None, f"The tool says: {', then '.join(results)}"
        name = next((name for name in tools if name.endswith("add")), None)
        if name and results:
            time.sleep(self.pause)
        return name, "There is no tool whose name ends in add."


def tool_results(request: dict) -> list[str]:
    """The text of every tool result in the conversation, oldest first."""
    blocks = [
        block
        for message in request["messages"]
        if isinstance(message["content"], list)
        for block in message["content"]
        if block["type"] == "tool_result"
    ]
    return [_text_of(block["content"]) for block in blocks]


def _text_of(content: str | list) -> str:
    if isinstance(content, str):
        return content
    return " ".join(block.get("text", "") for block in content)


def events(request: dict, block: dict) -> list[dict]:
    """A content block as the stream of events that the Messages API sends."""
    is_call = block["type"] == "tool_use"
    if is_call:
        opening = {**block, "input": {}}
        delta = {"type": "input_json_delta", "partial_json": json.dumps(block["input"])}
    else:
        opening = {**block, "text": ""}
        delta = {"type": "text_delta", "text": block["text"]}
    return [
        {"type": "message_start", "message": message(request, [], None)},
        {"type": "content_block_start", "index": 0, "content_block": opening},
        {"type": "content_block_delta", "index": 0, "delta": delta},
        {"type": "content_block_stop", "index": 0},
        {
            "type": "message_delta",
            "delta": {"stop_reason": stop_reason(block), "stop_sequence": None},
            "usage": {"output_tokens": 1},
        },
        {"type": "message_stop"},
    ]


def message(request: dict, content: list, reason: str | None) -> dict:
    return {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": request.get("model", "played"),
        "content": content,
        "stop_reason": reason,
        "stop_sequence": None,
        "usage": {"input_tokens": 1, "output_tokens": 1},
    }


def stop_reason(block: dict) -> str:
    return "tool_use" if block["type"] == "tool_use" else "end_turn"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_) -> None:
        pass

    def do_POST(self) -> None:
        request = json.loads(self.rfile.read(int(self.headers["content-length"])))
        if self.path.endswith("/responses"):
            self._send("text/event-stream", responses.stream(self.server.model, request))
            return
        if "count_tokens" in self.path:
            self._send("application/json", json.dumps({"input_tokens": 1}))
            return
        block = self.server.model.answer(request)
        if request.get("stream"):
            lines = [f"event: {event['type']}\ndata: {json.dumps(event)}\n\n" for event in events(request, block)]
            self._send("text/event-stream", "".join(lines))
        else:
            whole = message(request, [block], stop_reason(block))
            self._send("application/json", json.dumps(whole))

    def do_HEAD(self) -> None:
        self._send("application/json", "")

    def do_GET(self) -> None:
        self._send("application/json", "{}")

    def _send(self, kind: str, body: str) -> None:
        data = body.encode()
        self.send_response(200)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)
