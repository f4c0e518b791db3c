"""The Responses API as Codex speaks it, in front of the played model."""

import json


def stream(model, request: dict) -> str:
    """The event stream that answers a request."""
    with_tools = dict(_tools(request.get("tools", [])))
    results = [_text_of(item["output"]) for item in request["input"] if item["type"] == "function_call_output"]
    name, said = model.decide(results, list(with_tools))
    if name is None:
        content = [{"type": "output_text", "text": said, "annotations": []}]
        item = {"type": "message", "id": "msg_1", "role": "assistant", "status": "completed", "content": content}
    else:
        call = {"call_id": f"call_{len(results)}", "arguments": json.dumps({"a": 2, "b": 3})}
        item = {"type": "function_call", "id": f"fc_{len(results)}", **with_tools[name], **call}
    usage = {"input_tokens": 1, "output_tokens": 1, "total_tokens": 2}
    response = {"id": "resp_1", "object": "response", "status": "completed", "output": [item], "usage": usage}
    events = [
        {"type": "response.created", "response": {**response, "status": "in_progress", "output": []}},
        {"type": "response.output_item.done", "output_index": 0, "item": item},
        {"type": "response.completed", "response": response},
    ]
    return "".join(f"event: {event['type']}\ndata: {json.dumps(event)}\n\n" for event in events)


def _tools(tools: list[dict], namespace: str | None = None):
    """What to write into a call of each function, by name; functions may lie in namespaces."""
    for tool in tools:
        if tool["type"] == "namespace":
            yield from _tools(tool["tools"], tool["name"])
        elif tool["type"] == "function":
            place = {"namespace": namespace} if namespace else {}
            yield tool["name"], {"name": tool["name"], **place}


def _text_of(output: str | list) -> str:
    if isinstance(output, str):
        return output
    return " ".join(part.get("text", "") for part in output)
