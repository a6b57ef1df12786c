"""The compiled regular expressions of the packages, and how each is applied."""

import ast
import dataclasses
import inspect
import pkgutil
import re
from collections import defaultdict
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import archive
import crawler
from archive.references import locators

ALL_MATCHES = frozenset({"finditer", "findall", "sub", "subn", "split"})
METHODS = ALL_MATCHES | {"match", "fullmatch", "search"}
# Patterns that are applied under another name than the one of their module.
APPLIED = {
    "archive.extraction.json_repair._AFTER_KEY": "match",
    "archive.extraction.json_repair._AFTER_VALUE": "match",
    "archive.extraction.json_repair._AFTER_ITEM": "match",
    "crawler.discovery.traps._VARIED": "fullmatch",
    "crawler.discovery.traps._VARIED_LISTS": "fullmatch",
}


class ForeignPattern(NamedTuple):
    """A pattern, where it is, and the method that applies it; one that looks for all matches is `finditer`."""

    name: str
    pattern: re.Pattern[str]
    method: str


@cache
def foreign_patterns() -> tuple[ForeignPattern, ...]:
    """Return every pattern that a module holds, in a collection, in a field, or in a function without arguments."""
    used = _methods()
    found: dict[tuple[str, int, str], ForeignPattern] = {}
    for module in _modules():
        for name, value in list(vars(module).items()):
            for pattern in _patterns(value):
                where = f"{module.__name__}.{name}"
                for method in {APPLIED[where]} if where in APPLIED else used.get(where, {"finditer"}):
                    key = pattern.pattern, pattern.flags, method
                    found.setdefault(key, ForeignPattern(where, pattern, method))
    for where, pattern, method in _literals():
        found.setdefault((pattern.pattern, pattern.flags, method), ForeignPattern(where, pattern, method))
    for number in range(len(locators._STYLES)):
        style = locators._style(number)
        found[style.pattern, style.flags, "finditer"] = ForeignPattern(f"{locators.__name__}._style", style, "finditer")
    return tuple(found.values())


def _modules() -> Iterator[ModuleType]:
    for package in (archive, crawler):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not found.name.endswith("__main__"):
                yield import_module(found.name)


def _patterns(value: Any, depth: int = 0) -> Iterator[re.Pattern[str]]:
    if isinstance(value, re.Pattern):
        yield _of_text(value)
    elif depth > 5:
        return
    elif isinstance(value, dict):
        for item in value.values():
            yield from _patterns(item, depth + 1)
    elif isinstance(value, (tuple, list, AbstractSet)):
        for item in value:
            yield from _patterns(item, depth + 1)
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        for field in dataclasses.fields(value):
            yield from _patterns(getattr(value, field.name), depth + 1)
    elif hasattr(value, "cache_info") and not inspect.signature(value).parameters and _is_ours(value):
        yield from _patterns(value(), depth + 1)


def _is_ours(value: Any) -> bool:
    return value.__module__.partition(".")[0] in {"archive", "crawler"}


def _of_text(pattern: re.Pattern[Any]) -> re.Pattern[str]:
    """Return a pattern for bytes as one for the characters of the same codes."""
    if isinstance(pattern.pattern, str):
        return pattern
    return re.compile(pattern.pattern.decode("latin-1"), pattern.flags | re.ASCII)


def _methods() -> dict[str, set[str]]:
    """Map the full names of patterns to the methods that any module calls on them."""
    used: dict[str, set[str]] = defaultdict(set)
    for module, tree in _sources():
        origins = {
            alias.asname or alias.name: f"{node.module}.{alias.name}"
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom)
            for alias in node.names
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and node.attr in METHODS:
                value = node.value
                while isinstance(value, ast.Subscript):
                    value = value.value
                if isinstance(value, ast.Name):
                    used[origins.get(value.id, f"{module}.{value.id}")].add(_applied(node.attr))
    return used


def _literals() -> Iterator[tuple[str, re.Pattern[str], str]]:
    """Yield the patterns in calls of the module `re`, if they are made of constants and of names of the module."""
    for module, tree in _sources():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in METHODS:
                called = node.func.value
                if isinstance(called, ast.Name) and called.id == "re":
                    source = _constant(node.args[0], vars(import_module(module)))
                    flags = re.IGNORECASE if "IGNORECASE" in ast.dump(node) else re.NOFLAG
                    if source is not None:
                        name = f"{module}:{node.lineno}"
                        yield name, _of_text(re.compile(source, flags)), _applied(node.func.attr)


def _constant(node: ast.expr, names: dict[str, Any]) -> str | bytes | None:
    """Return the value of a string of constants and of names of the module, None for another one."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str | bytes):
        return node.value
    if not isinstance(node, ast.JoinedStr):
        return None
    parts = []
    for part in node.values:
        value: Any = None
        if isinstance(part, ast.Constant):
            value = part.value
        elif isinstance(part, ast.FormattedValue) and isinstance(part.value, ast.Name):
            value = names.get(part.value.id)
        if not isinstance(value, str):
            return None
        parts.append(value)
    return "".join(parts)


@cache
def _sources() -> tuple[tuple[str, ast.Module], ...]:
    root = Path(__file__).parent.parent
    paths = sorted(path for package in ("archive", "crawler") for path in (root / package).rglob("*.py"))
    names = [".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__") for path in paths]
    return tuple((name, ast.parse(path.read_bytes())) for name, path in zip(names, paths, strict=True))


def _applied(method: str) -> str:
    return "finditer" if method in ALL_MATCHES else method
