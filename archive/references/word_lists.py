"""Lists of words and patterns that are kept as TOML files beside the modules."""

import tomllib
from collections.abc import Iterable, Mapping
from importlib import resources
from typing import Any


def load(name: str) -> dict[str, Any]:
    """Return the content of `archive/references/NAME.toml`."""
    return tomllib.loads(resources.files("archive.references").joinpath(f"{name}.toml").read_text(encoding="utf-8"))


def alternatives(by_language: Mapping[str, Iterable[str]]) -> str:
    """Return the patterns of all languages as the alternatives of one expression, without parentheses."""
    return "|".join(pattern for patterns in by_language.values() for pattern in patterns)
