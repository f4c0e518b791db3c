"""The configuration files and commands of a guide, as they stand in it."""

import re
import textwrap
from pathlib import Path


class Guide:
    """A page of docs/guides. Its blocks are told apart by language and by a word in them."""

    def __init__(self, path: Path) -> None:
        self._name = path.name
        fenced = re.findall(r"^( *)```(\w+)\n(.*?)^\1```$", path.read_text(), re.MULTILINE | re.DOTALL)
        self._blocks = [(language, textwrap.dedent(text)) for _, language, text in fenced]
        # A translation says the same things to type, so that what is played holds for it too.
        if (translation := path.with_suffix(".ja.md")).exists():
            assert Guide(translation)._blocks == self._blocks, f"the blocks of {translation.name} are others"

    def block(self, language: str, word: str, **filled: tuple[str, str]) -> str:
        """The one block with the word; `filled` says what stands where the page has an example.

        Each of `filled` must be on the page, so that a test never runs what a reader does not.
        """
        found = {text for each, text in self._blocks if each == language and word in text}
        assert len(found) == 1, f"{self._name} has {len(found)} {language} blocks with '{word}'"
        text = found.pop()
        for example, actual in filled.values():
            assert example in text, f"'{example}' is not in this block of {self._name}:\n{text}"
            text = text.replace(example, actual)
        return text
