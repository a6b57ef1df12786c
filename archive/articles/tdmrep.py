"""TDMRep's file of a site, /.well-known/tdmrep.json: its rules, and which of them applies to a page. Pure.

Specification: https://www.w3.org/community/reports/tdmrep/CG-FINAL-tdmrep-20240510/
"""

import json
import re
import string
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple
from urllib.parse import quote, urlsplit

PATH = "/.well-known/tdmrep.json"
LONGEST = 300  # characters of a policy's address that are kept

_ESCAPE = re.compile("%[0-9A-Fa-f]{2}")
_UNRESERVED = frozenset(string.ascii_letters + string.digits + "-._~")
_LITERAL = {"*": "%2A", "$": "%24"}  # how a pattern names the characters that have a meaning in it


class MalformedError(ValueError):
    """The file is not a JSON array."""


class Rule(NamedTuple):
    """A rule as the archive keeps it: `location` is a normalised pattern, `reservation` 0, 1 or None (unset)."""

    location: str
    reservation: int | None
    policy: str | None


def read_rules(body: bytes) -> list[Rule]:
    """Return the rules of a file in their sequence. Raises MalformedError.

    Elements without a location that could match are left out.
    """
    try:
        elements = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise MalformedError(str(error)) from error
    if not isinstance(elements, list):
        raise MalformedError("The file is not an array")
    return [rule for element in elements if isinstance(element, dict) and (rule := _rule(element))]


def file_rights(rules: Iterable[Sequence[Any]], url: str, of_page: Iterable[str]) -> list[str]:
    """Return what the rules, in the form of `Rule`, say of the page with that URL, as name and value.

    The first rule that matches decides. It says nothing where the page itself, by the signals `of_page`, states a
    reservation in a header or a meta element.
    """
    if any(signal in _STATED for signal in of_page):
        return []
    parts = urlsplit(url)
    path = _normal(f"{parts.path or '/'}{f'?{parts.query}' if parts.query else ''}", "*$")
    rule = next((rule for rule in map(Rule._make, rules) if _matches(rule.location, path)), None)
    if rule is None or rule.reservation is None:
        return []
    return [f"tdm-reservation: {rule.reservation}", *([f"tdm-policy: {rule.policy}"] if rule.policy else [])]


_STATED = frozenset(f"{place} tdm-reservation: {value}" for place in ("header", "meta") for value in (0, 1))


def _rule(element: dict[str, Any]) -> Rule | None:
    location, reservation, policy = (element.get(name) for name in ("location", "tdm-reservation", "tdm-policy"))
    if not isinstance(location, str) or not location:
        return None
    pattern, end = (location[:-1], "$") if location.endswith("$") else (location, "")
    is_set = type(reservation) is int and reservation in (0, 1)  # true equals 1, and is another value
    return Rule(
        location=_normal(pattern, "$") + end,
        reservation=reservation if is_set else None,
        policy=_one_line(policy) if isinstance(policy, str) else None,
    )


def _one_line(text: str) -> str:
    """Return the text as it can be stored: without line breaks, and without halves of surrogate pairs."""
    return " ".join(text.encode(errors="replace").decode().split())[:LONGEST]


def _normal(text: str, literal: str) -> str:
    """Return a path or pattern as it is compared (RFC 9309, 2.2.2): octets outside of ASCII escaped, and unreserved
    characters not; the characters of `literal` escaped."""
    escaped = quote(text, safe=string.punctuation, errors="replace")
    plain = _ESCAPE.sub(lambda found: _decoded(found[0]), escaped)
    return "".join(_LITERAL[character] if character in literal else character for character in plain)


def _decoded(escape: str) -> str:
    character = chr(int(escape[1:], 16))
    return character if character in _UNRESERVED else escape.upper()


def _matches(location: str, path: str) -> bool:
    """Whether the path begins as the pattern says; `*` stands for any characters, `$` at the end for the path's end."""
    at_end = location.endswith("$")
    first, *pieces = location.removesuffix("$").split("*")
    if not path.startswith(first):
        return False
    if not pieces:
        return not at_end or path == first
    at = len(first)
    last = pieces.pop() if at_end else ""
    for piece in pieces:
        at = path.find(piece, at)
        if at < 0:
            return False
        at += len(piece)
    return path.endswith(last) and len(path) - len(last) >= at
