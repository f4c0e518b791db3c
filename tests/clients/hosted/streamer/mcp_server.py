"""An MCP server of the standard library alone, without sessions, that can stream.

`add` adds. `wait` sends a first event at once and its result when `finish` is called: whoever
reads the first event before calling `finish` has a stream that nobody held back.
"""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

NUMBERS = {"a": {"type": "integer"}, "b": {"type": "integer"}}
TOOLS = [
    {
        "name": "add",
        "description": "Adds two numbers.",
        "inputSchema": {"type": "object", "properties": NUMBERS, "required": ["a", "b"]},
    },
    {"name": "wait", "description": "Waits for finish.", "inputSchema": {"type": "object"}},
    {"name": "finish", "description": "Ends a wait.", "inputSchema": {"type": "object"}},
]
FIRST = {"jsonrpc": "2.0", "method": "notifications/message", "params": {"level": "info", "data": "waiting"}}
# Seconds; nobody who has read the first event takes as long to call `finish`.
PATIENCE = 60

finished = threading.Event()


def text(said):
    return {"content": [{"type": "text", "text": said}], "isError": False}


def result_of(method, params):
    if method == "initialize":
        return {
            "protocolVersion": params["protocolVersion"],
            "capabilities": {"tools": {}, "logging": {}},
            "serverInfo": {"name": "streamer", "version": "1"},
        }
    if method == "tools/list":
        return {"tools": TOOLS}
    if method == "tools/call" and params["name"] == "add":
        return text(str(params["arguments"]["a"] + params["arguments"]["b"]))
    if method == "tools/call" and params["name"] == "finish":
        finished.set()
        return text("finished")
    return None


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        message = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        params = message.get("params", {})
        if "id" not in message:
            self.answer(202, b"")
        elif message["method"] == "tools/call" and params["name"] == "wait":
            self.stream(message["id"])
        else:
            self.answer(200, json.dumps(self.reply(message, params)).encode())

    def reply(self, message, params):
        result = result_of(message["method"], params)
        outcome = {"result": result} if result else {"error": {"code": -32601, "message": "no such method"}}
        return {"jsonrpc": "2.0", "id": message["id"], **outcome}

    def stream(self, number):
        finished.clear()
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        self.event(FIRST)
        said = "finished" if finished.wait(PATIENCE) else "nobody called finish"
        self.event({"jsonrpc": "2.0", "id": number, "result": text(said)})
        self.close_connection = True

    def event(self, message):
        self.wfile.write(f"event: message\ndata: {json.dumps(message)}\n\n".encode())
        self.wfile.flush()

    def answer(self, status, body):
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


ThreadingHTTPServer(("0.0.0.0", 8000), Handler).serve_forever()
