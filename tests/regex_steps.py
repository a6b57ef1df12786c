"""Count the steps that a backtracking matcher takes, which is what the time of a regular expression grows with.

`re` does not tell how much it tries. This matcher runs the tree that `re` parses a pattern into, tries the same
alternatives in the same order, and counts each test of a position. Only the growth of the count means anything.
"""

import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from tests.regex_tree import Test, character_test, first_test, parse, parser, sre

Match = Callable[[int], bool]


class TooManyStepsError(Exception):
    """Raised when a match takes more steps than allowed."""


@contextmanager
def deep_recursion() -> Iterator[None]:
    """Allow the matcher to recurse once for each repetition of a group."""
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(1_000_000)
    try:
        yield
    finally:
        sys.setrecursionlimit(limit)


class SteppedPattern:
    """A compiled pattern whose matches are counted in steps."""

    def __init__(self, pattern: re.Pattern[str]) -> None:
        """Read the pattern's source with its flags."""
        self.flags = pattern.flags
        self.tree = parse(pattern)
        self.text = ""
        self.steps = 0
        self.limit = 0
        self._end = 0
        self._groups: dict[int, tuple[int, int]] = {}
        self._anchored_end = False
        first = first_test(list(self.tree), self.flags)
        self._first = _Memo(first) if first else None
        self._match = self._sequence(list(self.tree), self._accept)

    def count(self, text: str, method: str, limit: int = sys.maxsize) -> int:
        """Return the steps of `method`, a method of `re.Pattern`: `finditer` for each one that looks for all matches.

        Raises TooManyStepsError beyond `limit` steps.
        """
        self._begin(text, limit, anchored_end=method == "fullmatch")
        for found in self._attempts():
            if method in ("match", "fullmatch") or (found and method == "search"):
                break
        return self.steps

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Return where all matches are, as `finditer` finds them."""
        self._begin(text, sys.maxsize, anchored_end=False)
        return [span for span in self._attempts() if span]

    def _begin(self, text: str, limit: int, *, anchored_end: bool) -> None:
        self.text, self.steps, self.limit, self._anchored_end = text, 0, limit, anchored_end

    def _attempts(self) -> Iterator[tuple[int, int] | None]:
        """Try each position that no match has taken, and yield the span of the match there, or None."""
        start = 0
        while start <= len(self.text):
            self._groups.clear()
            self._step()
            found = self._may_begin(start) and self._match(start)
            yield (start, self._end) if found else None
            start = self._end if found and self._end > start else start + 1

    def _may_begin(self, start: int) -> bool:
        return self._first is None or (start < len(self.text) and self._first(self.text[start]))

    def _step(self, number: int = 1) -> None:
        self.steps += number
        if self.steps > self.limit:
            raise TooManyStepsError

    def _accept(self, index: int) -> bool:
        self._end = index
        return not self._anchored_end or index == len(self.text)

    def _inner_accept(self, index: int) -> bool:
        self._end = index
        return True

    def _sequence(self, items: Sequence[Any], then: Match) -> Match:
        for operator, argument in reversed(items):
            then = self._node(operator, argument, then)
        return then

    def _node(self, operator: Any, argument: Any, then: Match) -> Match:
        if test := character_test(operator, argument, self.flags):
            return self._character(_Memo(test), then)
        if operator is sre.SUBPATTERN:
            group, _, _, body = argument
            return self._group(group, list(body), then)
        if operator is sre.BRANCH:
            return self._branch([list(body) for body in argument[1]], then)
        if operator in (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT):
            low, high, body = argument
            return self._repeat(operator, low, int(high), list(body), then)
        if operator is sre.ATOMIC_GROUP:
            return self._atomic(self._sequence(list(argument), self._inner_accept), then)
        if operator in (sre.ASSERT, sre.ASSERT_NOT):
            return self._look(operator is sre.ASSERT, argument[0], list(argument[1]), then)
        if operator is sre.AT:
            return self._at(argument, then)
        if operator is sre.GROUPREF:
            return self._backreference(argument, then)
        raise NotImplementedError(operator)

    def _character(self, test: Test, then: Match) -> Match:
        def match(index: int) -> bool:
            self._step()
            return index < len(self.text) and test(self.text[index]) and then(index + 1)

        return match

    def _group(self, group: int | None, body: list[Any], then: Match) -> Match:
        if group is None:
            return self._sequence(body, then)
        starts: list[int] = []

        def close(index: int) -> bool:
            start, before = starts.pop(), self._groups.get(group)
            self._groups[group] = (start, index)
            if then(index):
                return True
            starts.append(start)
            if before:
                self._groups[group] = before
            else:
                del self._groups[group]
            return False

        inner = self._sequence(body, close)

        def match(index: int) -> bool:
            starts.append(index)
            if inner(index):
                return True
            starts.pop()
            return False

        return match

    def _branch(self, bodies: list[list[Any]], then: Match) -> Match:
        choices = [(first_test(body, self.flags), self._sequence(body, then)) for body in bodies]
        possible: dict[str, list[Match]] = {}

        def match(index: int) -> bool:
            self._step()
            character = self.text[index] if index < len(self.text) else ""
            if character not in possible:
                possible[character] = [
                    choice for first, choice in choices if first is None or (character and first(character))
                ]
            return any(choice(index) for choice in possible[character])

        return match

    def _repeat(self, operator: Any, low: int, high: int, body: list[Any], then: Match) -> Match:
        test = character_test(body[0][0], body[0][1], self.flags) if len(body) == 1 else None
        if operator is sre.POSSESSIVE_REPEAT:
            greedy = self._repeat(sre.MAX_REPEAT, low, high, body, self._inner_accept)
            return self._atomic(greedy, then)
        if test:
            run = self._lazy_run if operator is sre.MIN_REPEAT else self._greedy_run
            return run(_Memo(test), low, high, then)
        return self._repeated_group(operator is sre.MIN_REPEAT, low, high, body, then)

    def _greedy_run(self, test: Test, low: int, high: int, then: Match) -> Match:
        def match(index: int) -> bool:
            end, last = index, min(len(self.text), index + high)
            while end < last and test(self.text[end]):
                end += 1
            self._step(end - index + 1)
            return any(then(stop) for stop in self._counted(range(end, index + low - 1, -1)))

        return match

    def _lazy_run(self, test: Test, low: int, high: int, then: Match) -> Match:
        def match(index: int) -> bool:
            for stop in self._counted(range(index, min(len(self.text), index + high) + 1)):
                if stop > index and not test(self.text[stop - 1]):
                    return False
                if stop >= index + low and then(stop):
                    return True
            return False

        return match

    def _counted(self, positions: range) -> Iterator[int]:
        for position in positions:
            self._step()
            yield position

    def _repeated_group(self, lazy: bool, low: int, high: int, body: list[Any], then: Match) -> Match:
        rounds, begun = 0, -1

        def again(index: int) -> bool:
            nonlocal rounds, begun
            if rounds >= high or (index == begun and rounds >= low):
                return False
            before = rounds, begun
            rounds, begun = rounds + 1, index
            if inner(index):
                return True
            rounds, begun = before
            return False

        def leave(index: int) -> bool:
            nonlocal rounds, begun
            before = rounds, begun
            if rounds >= low and then(index):
                return True
            rounds, begun = before
            return False

        def proceed(index: int) -> bool:
            self._step()
            return (leave(index) or again(index)) if lazy else (again(index) or leave(index))

        inner = self._sequence(body, proceed)

        def match(index: int) -> bool:
            nonlocal rounds, begun
            before = rounds, begun
            rounds, begun = 0, -1
            if proceed(index):
                return True
            rounds, begun = before
            return False

        return match

    def _atomic(self, inner: Match, then: Match) -> Match:
        def match(index: int) -> bool:
            return inner(index) and then(self._end)

        return match

    def _look(self, wanted: bool, direction: int, body: list[Any], then: Match) -> Match:
        inner = self._sequence(body, self._inner_accept)
        width = 0 if direction > 0 else parser.SubPattern(self.tree.state, body).getwidth()[0]

        def match(index: int) -> bool:
            self._step()
            found = index >= width and inner(index - width)
            return found == wanted and then(index)

        return match

    def _at(self, place: Any, then: Match) -> Match:
        def match(index: int) -> bool:
            self._step()
            return _is_at(place, self.text, index, self.flags) and then(index)

        return match

    def _backreference(self, group: int, then: Match) -> Match:
        def match(index: int) -> bool:
            if group not in self._groups:
                return False
            start, end = self._groups[group]
            self._step(end - start + 1)
            return self.text.startswith(self.text[start:end], index) and then(index + end - start)

        return match


class _Memo(dict[str, bool]):
    """A test of characters that remembers its answers."""

    def __init__(self, test: Test) -> None:
        super().__init__()
        self.test = test

    def __missing__(self, character: str) -> bool:
        answer = self[character] = self.test(character)
        return answer

    def __call__(self, character: str) -> bool:
        return self[character]


def _is_at(place: Any, text: str, index: int, flags: int) -> bool:
    if place in (sre.AT_BEGINNING, sre.AT_BEGINNING_STRING):
        lines = place is sre.AT_BEGINNING and flags & re.MULTILINE
        return index == 0 or bool(lines and text[index - 1] == "\n")
    if place in (sre.AT_END, sre.AT_END_STRING):
        if place is sre.AT_END and index < len(text):
            return text[index] == "\n" and (bool(flags & re.MULTILINE) or index == len(text) - 1)
        return index == len(text)
    before = index > 0 and _is_word(text[index - 1])
    after = index < len(text) and _is_word(text[index])
    return (before != after) == (place is sre.AT_BOUNDARY)


def _is_word(character: str) -> bool:
    return character.isalnum() or character == "_"
