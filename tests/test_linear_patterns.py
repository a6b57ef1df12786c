"""No pattern takes time that grows faster than the text, whatever the text is.

Growth is counted in the steps of a matcher of our own (regex_steps.py), not in seconds.
"""

import re
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.foreign_patterns import ForeignPattern, foreign_patterns
from tests.regex_samples import samples
from tests.regex_steps import SteppedPattern, TooManyStepsError, deep_recursion

LENGTH = 120  # characters of the shortest text
GROWTH = 2.4  # for twice the text; a linear pattern has 2, a quadratic one 4
DOUBLINGS = 3
EASY = 25  # steps for each character that are not looked at further
# What foreign text is made of that has made patterns slow.
UNITS = (
    " ", "\n", "\t", "a", "A", "1", "中", ".", ",", "，", "。", "!", "！", "-", "–", "/", "\\", "<", "<sup>", "</sup>",
    "(", "[", '"', "“", "《", "（", "a,", "A. ", "a b ", "1 ", "1,", "1.", "http://", "a@", "a.b", "&", ";", "#", "*",
    "|", "：", ": ", "年", "10.1000/", "《a", "[1]", "2020 ", "et al. ", "Aa ", "<a ", '="a', "第", "alpha",
)  # fmt: skip
# Patterns that see no more than so many characters, because their callers look at the length first.
BOUNDED = {
    "archive.extraction.interstitials._TITLES": 80,
    "archive.extraction.printed_dates._FULL_STOP": 80,
    "archive.extraction.soft404._NOTICE": 80,
    "archive.references.headings._HEADING": 60,
    "archive.references.headings._LEAD": 60,
    "archive.references.scoring._STOP": 80,
    "archive.storage.schema_comments._COLUMN": 200,
}
MOST_OF_BOUNDED = 200_000  # steps, a few milliseconds

NAMES = sorted({found.name for found in foreign_patterns()} - BOUNDED.keys())


def texts(found: ForeignPattern) -> Iterator[tuple[str, str, str]]:
    """Yield what a text begins with, repeats and ends with: made of the pattern's own parts."""
    for before, pump in dict.fromkeys(samples(found.pattern)):
        if pump:
            yield before, pump, "\0"
            yield "", before + pump, "\0"
        if before:
            yield "", before, ""


def is_slow(stepped: SteppedPattern, method: str, text: tuple[str, str, str], length: int) -> bool:
    """Return whether the steps grow faster than the text from every length to the next."""
    before, unit, end = text

    def steps(size: int, limit: float) -> int | None:
        try:
            return stepped.count(before + (unit * (size // len(unit) + 1))[:size] + end, method, int(limit))
        except TooManyStepsError:
            return None

    if steps(length, EASY * length) is not None or steps(2 * length, 2 * EASY * length) is not None:
        return False
    taken: float | None = steps(length, 1_000 * length)
    for doubling in range(1, DOUBLINGS + 1):
        if taken is None:
            return True
        if steps(length << doubling, GROWTH * taken) is not None:
            return False
        taken = steps(length << doubling, GROWTH**2 * taken)
    return True


def shortest(pattern: re.Pattern[str]) -> int:
    """Return a length beyond the bounds of the pattern's repeats, below which a bounded repeat looks quadratic."""
    bounds = [int(bound) for bound in re.findall(r"\{\d*,(\d+)\}", pattern.pattern)]
    return max([LENGTH, *(2 * bound for bound in bounds if bound <= 1_000)])


def named(name: str) -> list[tuple[ForeignPattern, SteppedPattern]]:
    return [(found, SteppedPattern(found.pattern)) for found in foreign_patterns() if found.name == name]


@pytest.mark.parametrize("name", NAMES)
def test_a_pattern_is_linear_on_runs(name: str) -> None:
    with deep_recursion():
        slow = [
            (found.pattern.pattern, unit)
            for found, stepped in named(name)
            if shortest(found.pattern) == LENGTH
            for unit in UNITS
            if is_slow(stepped, found.method, ("", unit, ""), LENGTH)
        ]
    assert slow == []


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_a_pattern_is_linear_on_its_own_parts(name: str) -> None:
    with deep_recursion():
        slow = [
            (found.pattern.pattern, text)
            for found, stepped in named(name)
            for text in [*texts(found), *(("", unit, "") for unit in UNITS)]
            if is_slow(stepped, found.method, text, shortest(found.pattern))
        ]
    assert slow == []


@pytest.mark.parametrize("name", BOUNDED)
def test_a_pattern_for_short_texts_is_quick(name: str) -> None:
    patterns = named(name)
    assert patterns
    with deep_recursion():
        for found, stepped in patterns:
            for before, unit, end in [*texts(found), *(("", unit, "") for unit in UNITS)]:
                text = (before + unit * BOUNDED[name])[: BOUNDED[name] - len(end)] + end
                assert stepped.count(text, found.method) <= MOST_OF_BOUNDED, text


@pytest.mark.parametrize(
    ("pattern", "method", "unit", "slow"),
    [
        (r"\s+$", "search", " ", True),
        (r"\s+x", "search", " ", True),
        (r"\s+x", "match", " ", False),
        (r"(?<!\s)\s+x", "search", " ", False),
        (r"(?:a+)+b", "match", "a", True),
        (r"(?>a+)+b", "match", "a", False),
        (r"a.*b.*c", "match", "ab", True),
        (r"<[^>]*>", "finditer", "<", True),
        (r"<[^<>]*>", "finditer", "<", False),
        (r"(a*?)(aa|ab)(a*)", "fullmatch", "ab", False),
        (r"([a-z]*)\1!", "match", "a", True),
    ],
)
def test_growth_is_seen(pattern: str, method: str, unit: str, slow: bool) -> None:
    with deep_recursion():
        assert is_slow(SteppedPattern(re.compile(pattern)), method, ("", unit, "\0"), LENGTH) is slow


WORDS = st.text("ab1 .中\n", max_size=12)


@given(
    text=WORDS,
    pattern=st.sampled_from(
        [
            r"a+b",
            r"(?:a|ab)(?:c|b1)?",
            r"\s*(?=b)",
            r"(?<=a)b|1$",
            r"(a+?)\1",
            r"(?:a ?)+?b",
            r"[^a\s]{2,3}",
            r"(?>a+)b",
            r"\bb\b",
            r"(?m)^a",
        ]
    ),
)
def test_the_matcher_finds_what_re_finds(text: str, pattern: str) -> None:
    assert SteppedPattern(re.compile(pattern)).spans(text) == [found.span() for found in re.finditer(pattern, text)]
