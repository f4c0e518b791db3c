"""What a Python SDK asked for on its way in, and where it keeps its tokens."""

import json
from urllib.parse import parse_qs, urlsplit


class Journal:
    """Every request in order; of the token request also its form, without the secret."""

    def __init__(self) -> None:
        self.requests: list[list] = []
        self.token_form: dict[str, str] | None = None

    def hooks(self) -> dict:
        return {"request": [self._asked], "response": [self._answered]}

    async def _asked(self, request) -> None:
        kind = request.headers.get("content-type", "")
        if kind.startswith("application/x-www-form-urlencoded"):
            form = parse_qs(request.content.decode())
            form.pop("client_secret", None)
            self.token_form = {name: values[0] for name, values in form.items()}

    async def _answered(self, response) -> None:
        path = urlsplit(str(response.request.url)).path
        self.requests.append([response.request.method, path, response.status_code])

    def print(self, **facts) -> None:
        print(json.dumps({**facts, "requests": self.requests, "token_form": self.token_form}))


class Memory:
    """A token storage that forgets with the process."""

    def __init__(self) -> None:
        self.tokens = None
        self.client = None

    async def get_tokens(self):
        return self.tokens

    async def set_tokens(self, tokens) -> None:
        self.tokens = tokens

    async def get_client_info(self):
        return self.client

    async def set_client_info(self, client_info) -> None:
        self.client = client_info
