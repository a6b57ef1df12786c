"""Read the word lists that lie beside the modules: words are data by language, the shapes they occur in are code."""

import tomllib
from collections.abc import Iterable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any


def read_word_list(package: str, name: str) -> dict[str, Any]:
    """Return the tables of the file `<name>.toml` in the package, such as `archive.extraction`."""
    folder = Path(import_module(package).__path__[0])  # importlib.resources takes 8 ms to import
    return tomllib.loads((folder / f"{name}.toml").read_text(encoding="utf-8"))


def all_words(by_language: Mapping[str, Iterable[str]]) -> list[str]:
    """Return the words of all languages in one list."""
    return [word for words in by_language.values() for word in words]


def alternatives(words: Iterable[str]) -> str:
    """Return a group of a regular expression that matches one of `words`; spaces in them may be written as they are."""
    return f"(?:{'|'.join(words)})"
