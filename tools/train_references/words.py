"""The word lists of `words.toml`."""

import tomllib
from importlib.resources import files


def _read() -> dict[str, list[str]]:
    text = (files("tools.train_references") / "words.toml").read_text("utf-8")
    return {
        name: value.replace("\n", "").split("|") if "|" in value else list(value)
        for name, value in tomllib.loads(text).items()
    }


WORDS = _read()
