"""What the sequence model sees of a token: itself, its neighbours, and the part of the reference it stands in.

What depends on a word alone is made once per word and kept: names of features are most of the cost of tagging.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import chain, pairwise, repeat
from typing import NamedTuple

from archive.references import gazetteer
from archive.references.locators import Locator
from archive.references.plain import plain
from archive.references.tokens import FILLER, Token
from archive.text.scripts import HAN, KANA
from archive.text.word_lists import read_word_list

_CLASS = {
    word: name
    for name, by_language in reversed(read_word_list("archive.references", "token_classes").items())
    for words in by_language.values()
    for word in words.split()
}
_UNSPACED = re.compile(f"[{KANA}{HAN}]")
_YEAR = re.compile(r"(?:1[5-9]|20)\d\d")
_STOPS = frozenset(".?!。．？！")
_COMMAS = frozenset(",，;；、")
_OPEN, _CLOSE = frozenset("([（［【"), frozenset(")]）］】")
_QUOTES = frozenset("\"“”«»《》「」『』„‘’'")
# The hundred most common Chinese surnames of the 2020 census, in that order.
_SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔"
    "钟谭陆汪范金石廖贾夏韦傅方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)


class WordFeatures(NamedTuple):
    """The features of a word by itself: its shape and class, for its own token and for its neighbours."""

    shape: str
    lower: str
    kind: str  # of token_classes.toml, or ""
    own: tuple[str, ...]
    before: tuple[tuple[str, ...], ...]  # features of it for the tokens 1, 2, 3 places after it
    after: tuple[tuple[str, ...], ...]  # features of it for the tokens 1, 2, 3 places before it


def shape(token: str) -> str:
    """Return the kind of a token: CJK, year, digits by length, a single letter or sign, or its pattern of capitals."""
    if token == FILLER:
        return "<>"
    if _UNSPACED.match(token):
        return "CJK"
    if token.isdigit():
        return "YR" if _YEAR.fullmatch(token) else f"D{min(len(token), 5)}"
    if len(token) == 1:
        return token if not token.isalpha() else "X" if token.isupper() else "x"
    if token.isupper():
        return "XX" if len(token) < 4 else "XXXX"
    if token[0].isupper():
        return "Xx" if token[1:].islower() else "XxX"
    return "xx"


@lru_cache(maxsize=50_000)
def word(token: str) -> WordFeatures:
    """The features of one token, kept for the words that come again."""
    form, lower = shape(token), token.lower()
    if form.startswith("D"):
        lower = "0" * min(len(token), 5)  # a number's value says nothing about its field
    kind = _CLASS.get(lower, "")
    own = ["w=" + lower, "s=" + form]
    name = ""
    if kind:
        own.append("k=" + kind)
    if form in {"Xx", "xx", "XxX", "XXXX"}:
        own += ["p=" + lower[:3], "x=" + lower[-3:], "y=" + lower[-2:]]
        if form != "xx" and (name := gazetteer.name_kinds().get(plain(lower), "")):
            own.append("n=" + name)
    if form == "CJK" and token in _SURNAMES:
        own.append("surname")
    seen = (("s", form), *((("k", kind),) if kind else ()), *((("n", name),) if name else ()))

    def seen_from(place: int) -> tuple[str, ...]:
        names = (*seen, ("w", lower)) if abs(place) < 3 else seen
        return tuple(f"{name}{place:+d}={value}" for name, value in names)

    return WordFeatures(
        form, lower, kind, tuple(own), tuple(map(seen_from, (-1, -2, -3))), tuple(map(seen_from, (1, 2, 3)))
    )


_EDGE_BEFORE = tuple((f"s-{place}=^",) for place in (1, 2, 3))
_EDGE_AFTER = tuple((f"s+{place}=$",) for place in (1, 2, 3))


def features(
    tokens: Sequence[Token], locator: Locator | None, journals: Sequence[str], mark: tuple[int, int] | None
) -> list[list[str]]:
    """The features of every token.

    `locator` is what the patterns found, `journals` the gazetteer's tag of each token, `mark` the span of a GB/T 7714
    type mark.
    """
    words = [word(token.text) for token in tokens]
    rows = [list(each.own) for each in words]
    _add_neighbours(rows, words)
    _add_parts(rows, words)
    _add_course(rows, words, tokens)
    for row, quoted in zip(rows, _quoting(tokens, words), strict=True):
        if quoted:
            row.append(quoted)
    _add_journals(rows, journals)
    for position, token in enumerate(tokens):
        if locator and locator.start <= token.start < locator.end:
            rows[position].append("loc=" + locator.field_at(token.start))
        elif locator:
            rows[position].append("loc<" if token.start < locator.start else "loc>")
        if mark:
            rows[position].append("mark=" + ("<" if token.end <= mark[0] else ">" if token.start >= mark[1] else "="))
    return rows


def _add_journals(rows: list[list[str]], journals: Sequence[str]) -> None:
    for i, tag in enumerate(journals):
        if tag:
            rows[i].append("J=" + tag)
            if i:
                rows[i - 1].append("J+1=" + tag)
            if i + 1 < len(rows):
                rows[i + 1].append("J-1=" + tag)


def _add_neighbours(rows: list[list[str]], words: Sequence[WordFeatures]) -> None:
    last = len(words) - 1
    for i, row in enumerate(rows):
        for place in (1, 2, 3):
            row += words[i - place].before[place - 1] if i >= place else _EDGE_BEFORE[place - 1]
            row += words[i + place].after[place - 1] if i + place <= last else _EDGE_AFTER[place - 1]
        form = words[i].shape
        left = words[i - 1] if i else None
        right = words[i + 1] if i < last else None
        if left:
            row += [f"ss-={left.shape} {form}", f"ws-={left.lower} {form}"]
        if right:
            row += [f"ss+={form} {right.shape}", f"sw+={form} {right.lower}"]
        if left and right:
            row.append(f"sss={left.shape} {form} {right.shape}")
            if i > 1:
                row.append(f"ssss={words[i - 2].shape} {left.shape} {form} {right.shape}")
            row.append(f"wsw={left.lower} {form} {right.lower}")


class Part(NamedTuple):
    """A run of tokens between full stops, or between commas."""

    start: int
    end: int


def _parts(words: Sequence[WordFeatures], ends: frozenset[str]) -> list[Part]:
    """The parts that `ends` close; a full stop after an initial or inside a number closes none."""
    parts: list[Part] = []
    start = 0
    for i, each in enumerate(words):
        if each.lower not in ends:
            continue
        if each.lower == "." and i and words[i - 1].shape in {"X", "x"}:
            continue
        parts.append(Part(start, i + 1))
        start = i + 1
    if start < len(words):
        parts.append(Part(start, len(words)))
    return parts


def _profile(words: Sequence[WordFeatures]) -> str:
    """Length and capitals of a part: a journal's name is short and capitalised, a list of names has initials."""
    letters = [each for each in words if each.lower.isalpha()]
    named = [each for each in letters if each.shape != "CJK" and each.kind != "small"]
    upper = sum(each.shape[0] == "X" for each in named)
    initials = sum(each.shape in {"X", "XX"} for each in named)
    numbers = sum(each.shape[0] in "DY" for each in words)
    size = min(len(letters), 3) if len(letters) < 4 else 4 + min((len(letters) - 4) // 4, 5)
    share = "-" if not named else "u" if upper == len(named) else "m" if upper * 2 > len(named) else "l"
    return f"{size}{share}{'i' if initials * 3 >= max(1, len(named)) and named else ''}{'n' if numbers else ''}"


_TELLING = ("journal", "publisher", "meeting", "thesis", "editor", "month", "in", "page", "volume")


def _kinds(words: Sequence[WordFeatures]) -> str:
    """The telling classes that occur in a part."""
    present = {each.kind for each in words if each.kind}
    if not present:
        return ""
    return "".join(kind[0:2] for kind in _TELLING if kind in present)


_PLACES = {name: [[f"{name}{side}={place}" for place in range(5)] for side in "ij"] for name in "SC"}


def _add_parts(rows: list[list[str]], words: Sequence[WordFeatures]) -> None:
    for name, ends in (("S", _STOPS), ("C", _STOPS | _COMMAS)):
        parts = _parts(words, ends)
        from_start, to_end = _PLACES[name]
        profiles = [_profile(words[part.start : part.end]) for part in parts]
        classes = [_kinds(words[part.start : part.end]) for part in parts]
        for number, (part, profile) in enumerate(zip(parts, profiles, strict=True)):
            following = profiles[number + 1] if number + 1 < len(parts) else "$"
            head = words[part.end].shape if part.end < len(words) else "$"
            previous = profiles[number - 1] if number else "^"
            kinds = classes[number]
            ahead = classes[number + 1] if number + 1 < len(parts) else "$"
            shared = [
                f"{name}={profile}",
                f"{name}k={kinds}",
                f"{name}kp={kinds} {profile[1]}",
                f"{name}k+={ahead}",
                f"{name}+={head}",
                f"{name}>={profile} {following}",
                f"{name}<={previous} {profile}",
                f"{name}#={min(number, 6)} {profile}",
                f"{name}$={min(len(parts) - number, 5)}",
            ]
            inside = rows[part.start : part.end]
            for row, place in zip(inside, chain(from_start, repeat(from_start[-1])), strict=False):
                row += shared
                row.append(place)
            for row, place in zip(reversed(inside), chain(to_end[1:], repeat(to_end[-1])), strict=False):
                row.append(place)


_AT = [f"at={tenth}" for tenth in range(10)]
_FIRST = [f"i={place}" for place in range(7)]
_QUOTED = [f"q={count}" for count in range(4)]
_YEARS = (("year=", "year=>"), ("year=<", "year=<>"))
_QUOTE_PAIRS = dict(zip("“«《「『„‘'\"", "”»》」』“’'\"", strict=True))


def _quoting(tokens: Sequence[Token], words: Sequence[WordFeatures]) -> list[str]:
    """Whether a token stands between quotes, behind them, or in front of them, by the kind of the quotes.

    An opening quote follows no letter and a closing one precedes none, so that apostrophes count as neither.
    """
    found = [""] * len(tokens)
    start, kind = -1, ""
    last = len(tokens) - 1
    for i, token in enumerate(tokens):
        if (
            start >= 0
            and token.text == kind
            and (i == last or token.end < tokens[i + 1].start or not _worded(words[i + 1]))
        ):
            for at in range(start, i + 1):
                found[at] = "Q=in"
            for at in range(i + 1, min(i + 4, last + 1)):
                found[at] = f"Q=+{at - i}"
            start = -1
        elif (
            start < 0
            and token.text in _QUOTE_PAIRS
            and (not i or tokens[i - 1].end < token.start or not _worded(words[i - 1]))
        ):
            start, kind = i, _QUOTE_PAIRS[token.text]
    return found


def _worded(each: WordFeatures) -> bool:
    return each.lower[0].isalnum() and each.shape != "CJK"


def _add_course(rows: list[list[str]], words: Sequence[WordFeatures], tokens: Sequence[Token]) -> None:
    """Where in the reference: position, brackets, quotes, years before and after, and what is glued."""
    size = len(rows)
    last_year = max((i for i, each in enumerate(words) if each.shape == "YR"), default=-1)
    first_year = next((i for i, each in enumerate(words) if each.shape == "YR"), size)
    quoted = sum(each.lower in _QUOTES for each in words)
    # The style as a whole: where the first year stands, whether in brackets, and whether there are quotes.
    early = "-" if first_year == size else str(min(first_year * 5 // size, 4))
    bracket = first_year < size and first_year > 0 and words[first_year - 1].lower in _OPEN
    style = f"{early}{'(' if bracket else ''}{'q' if quoted > 1 else ''}"
    styled, styled_at = f"style={style}", [f"style#={style} {tenth}" for tenth in range(10)]
    depth = quotes = inside = 0
    for i, (row, each) in enumerate(zip(rows, words, strict=True)):
        if each.lower in _OPEN:
            depth += 1
        if each.lower in _QUOTES:
            quotes += 1
        tenth = i * 10 // size
        row += (
            _AT[tenth],
            _FIRST[min(i, 6)],
            _YEARS[i > first_year][i < last_year],
            _QUOTED[min(quotes, 3)],
            styled,
            styled_at[tenth],
        )
        if inside:
            row.append(f"in<{min(inside, 4)}")
            inside += 1
        if each.lower in {"in", "dans"} and (
            each.shape == "Xx" or (i and words[i - 1].lower in _QUOTES | _COMMAS | _STOPS)
        ):
            inside = 1
        if depth:
            row.append("in()")
        if each.lower in _CLOSE:
            depth = max(0, depth - 1)
    for (left, right), row in zip(pairwise(tokens), rows[1:], strict=True):
        if left.end == right.start:
            row.append("glued")
