"""The word lists of `words.toml`."""

import tomllib
from importlib.resources import files


def _read() -> dict[str, list[str]]:
    text = (files("archive.references.training") / "words.toml").read_text("utf-8")
    return {
        name: value.replace("\n", "").split("|") if "|" in value else list(value)
        for name, value in tomllib.loads(text).items()
    }


WORDS = _read()
