"""Texts that make a pattern slow, if any does: made of the parts of the pattern itself."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from tests.regex_tree import Test, character_test, parse, sre

UNBOUNDED = 64  # repeats that may be longer than this are pumped
# Characters of which a repeat's sample is made, if it takes one of them.
ALPHABET = " a1A.,;:([<\"'-/—中。，、\n\t\0"


def samples(pattern: re.Pattern[str]) -> Iterator[tuple[str, str]]:
    """Yield what to repeat to make the pattern slow: text before a long repeat, and the text of one round of it.

    The last one is a whole match.
    """
    before = ""
    for piece, pumps in _pieces(list(parse(pattern)), pattern.flags):
        for inside, pump in pumps:
            yield before + inside, pump
        before += piece
    yield "", before


def _pieces(items: Sequence[Any], flags: int) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Yield a short match of each node, and the long repeats in it."""
    for operator, argument in items:
        if test := character_test(operator, argument, flags):
            yield "".join(_characters(operator, argument, test)[:1]), []
        elif operator is sre.SUBPATTERN:
            yield from _pieces(list(argument[3]), flags)
        elif operator is sre.ATOMIC_GROUP:
            yield from _pieces(list(argument), flags)
        elif operator is sre.BRANCH:
            bodies = [list(_pieces(list(body), flags)) for body in argument[1]]
            yield _joined(bodies[0]), [pump for body in bodies for pump in _placed(body)]
        elif operator in (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT):
            low, high, body = argument
            yield _repeated(low, int(high), list(body), flags)


def _repeated(low: int, high: int, body: list[Any], flags: int) -> tuple[str, list[tuple[str, str]]]:
    pieces = list(_pieces(body, flags))
    pumps = _placed(pieces)
    if high > UNBOUNDED:
        test = character_test(body[0][0], body[0][1], flags) if len(body) == 1 else None
        rounds = _characters(body[0][0], body[0][1], test) if test else [_joined(pieces)]
        pumps += [("", pump) for pump in rounds]
    return _joined(pieces) * min(max(low, 1), 8), pumps


def _characters(operator: Any, argument: Any, test: Test) -> list[str]:
    own = [chr(argument)] if operator is sre.LITERAL else []
    if operator is sre.IN:
        own = [
            chr(value if kind is sre.LITERAL else value[0])
            for kind, value in argument
            if kind in (sre.LITERAL, sre.RANGE)
        ]
    return [character for character in dict.fromkeys([*own[:1], *ALPHABET, *own]) if test(character)]


def _joined(pieces: list[tuple[str, list[tuple[str, str]]]]) -> str:
    return "".join(piece for piece, _ in pieces)


def _placed(pieces: list[tuple[str, list[tuple[str, str]]]]) -> list[tuple[str, str]]:
    placed, before = [], ""
    for piece, pumps in pieces:
        placed += [(before + inside, pump) for inside, pump in pumps]
        before += piece
    return placed
