"""Codex, offline: a home of its own, and a played model."""

import os

from bed.clients import run
from bed.registry import Skip


class Codex:
    """The real binary; addresses open in the person's browser."""

    def __init__(self, bed, model_url: str, home_name: str) -> None:
        self._environment, self._home = bed.login.client_environment(home_name)
        self._binary = bed.tools.command("codex", "codex")
        if not os.path.exists(self._binary):
            raise Skip("Codex has no binary for this platform")
        (self._home / ".codex").mkdir(exist_ok=True)
        config = self._home / ".codex" / "config.toml"
        if not config.exists():
            # The keyring of a person's desktop is not there, nor wanted.
            config.write_text(
                'model = "played"\nmodel_provider = "played"\nmcp_oauth_credentials_store = "file"\n\n'
                '[model_providers.played]\nname = "played"\nwire_api = "responses"\n'
                f'base_url = "{model_url}/v1"\n'
            )

    def run(self, *arguments: str) -> str:
        """What it prints to both outputs; its failure is the step's."""
        done = run([self._binary, *arguments], self._environment, self._home, timeout=120)
        assert done.returncode == 0, f"{arguments} ended with {done.returncode}\n{done.stdout}{done.stderr}"
        return done.stdout + done.stderr

    def add_two_numbers(self, server: str, *more: str) -> str:
        """Asks for a sum, letting it use the tool `add` of the named server.

        Without `required`, Codex waits a second for a server and then asks the model without
        its tools (openai/codex issue 38689). An instance that has to start takes longer.
        """
        return self.run(
            *("exec", "--skip-git-repo-check", "--sandbox", "read-only", "-c", "approval_policy=never"),
            *("-c", f'mcp_servers.{server}.tools.add.approval_mode="approve"'),
            *("-c", f"mcp_servers.{server}.required=true"),
            *more,
            "add 2 and 3",
        )
