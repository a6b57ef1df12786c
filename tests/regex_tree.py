"""The tree that `re` parses a pattern into, and the characters that its nodes match."""

import re
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any

# The only parser that reads exactly what `re` compiles. It has no type hints.
parser: Any = import_module("re._parser")
sre: Any = import_module("re._constants")

Test = Callable[[str], bool]

_CATEGORIES: dict[Any, str] = {
    sre.CATEGORY_DIGIT: r"\d",
    sre.CATEGORY_NOT_DIGIT: r"\D",
    sre.CATEGORY_SPACE: r"\s",
    sre.CATEGORY_NOT_SPACE: r"\S",
    sre.CATEGORY_WORD: r"\w",
    sre.CATEGORY_NOT_WORD: r"\W",
}


def parse(pattern: re.Pattern[str]) -> Any:
    """Return the tree of a pattern."""
    return parser.parse(pattern.pattern, pattern.flags & ~re.DEBUG)


def character_test(operator: Any, argument: Any, flags: int) -> Test | None:
    """Return the test of a node that matches one character, None for another node."""
    if operator is sre.ANY:
        return (lambda _: True) if flags & re.DOTALL else (lambda character: character != "\n")
    if operator is sre.LITERAL:
        return _cased(lambda character: ord(character) == argument, flags)
    if operator is sre.NOT_LITERAL:
        same = _cased(lambda character: ord(character) == argument, flags)
        return lambda character: not same(character)
    if operator is sre.IN:
        negated = argument[0][0] is sre.NEGATE
        inside = _cased(lambda character: any(_in_item(item, character, flags) for item in argument), flags)
        return lambda character: inside(character) != negated
    return None


def _cased(test: Test, flags: int) -> Test:
    if not flags & re.IGNORECASE:
        return test
    return lambda character: any(
        len(form) == 1 and test(form) for form in (character, character.lower(), character.upper())
    )


def _in_item(item: Any, character: str, flags: int) -> bool:
    operator, argument = item
    if operator is sre.LITERAL:
        return ord(character) == int(argument)
    if operator is sre.RANGE:
        return int(argument[0]) <= ord(character) <= int(argument[1])
    if operator is sre.CATEGORY:
        return re.match(_CATEGORIES[argument], character, flags & re.ASCII) is not None
    return False  # NEGATE, which the caller applies


def first_test(items: Sequence[Any], flags: int) -> Test | None:
    """Return a test that the first character of every match passes, None where no such test is known."""
    for operator, argument in items:
        if test := character_test(operator, argument, flags):
            return test
        if operator in (sre.AT, sre.ASSERT, sre.ASSERT_NOT):
            continue
        if operator is sre.SUBPATTERN:
            return first_test(list(argument[3]), flags)
        if operator is sre.ATOMIC_GROUP:
            return first_test(list(argument), flags)
        if operator in (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT) and argument[0] > 0:
            return first_test(list(argument[2]), flags)
        if operator is sre.BRANCH:
            tests = [first_test(list(body), flags) for body in argument[1]]
            return _any_of([test for test in tests if test]) if all(tests) else None
        return None
    return None


def _any_of(tests: list[Test]) -> Test:
    return lambda character: any(test(character) for test in tests)
