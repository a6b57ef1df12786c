"""Features of lines for the model of content: strings as CRFsuite takes them, the same in training and in use."""

import math
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from lxml.html import HtmlElement

from archive.extraction.judge.lines import JudgedLine
from archive.text.scripts import CJK, count_cjk, has_cjk

# Letters from which an unlinked line is prose.
PROSE = 80
_CLASS_WORD = re.compile(rf"[a-z]+|[{CJK}]+")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_STOP = re.compile(r"[.!?…。！？][”’」』）)\"']*$")
_COMMAS = re.compile(r"[,，、;；]")
_BOXES = frozenset(
    ["nav", "footer", "aside", "header", "form", "figure", "table", "blockquote", "ul", "ol", "article", "main"]
)
# The lengths, in letters, up to which the words of a line are features: labels and buttons.
_SHORT, _LABEL = 64, 32
_FIRST_WORDS, _WORD_LENGTH = 8, 14


@dataclass(frozen=True, slots=True)
class _Surroundings:
    """What an element is in: tags from inside out, class words of the near and of the far elements.

    Words are sorted, because the order of features decides the bytes of a trained model.
    """

    tags: tuple[str, ...]
    boxes: tuple[str, ...]
    near: tuple[str, ...]
    far: tuple[str, ...]
    in_root: bool


@dataclass(frozen=True, slots=True)
class _Page:
    """Figures of the whole page: the lines kept, their containers and shares as feature strings."""

    first: int | None
    last: int | None
    parents: frozenset[HtmlElement]
    names: frozenset[tuple[str, str]]
    grandparents: frozenset[HtmlElement]
    shares: tuple[str, ...]
    cjk: bool


def line_features(lines: Sequence[JudgedLine], root: HtmlElement | None, title: str) -> list[list[str]]:
    """Return the features of each line; `root` is the content root, `title` the article's title as letters."""
    surroundings = _read_surroundings(root)
    page = _read_page(lines)
    states = [_state(line) for line in lines]
    sized = [f"{state}{min(_bucket(line.size), 9)}" for state, line in zip(states, lines, strict=True)]
    links = [_linked(line) for line in lines]
    seen: Counter[str] = Counter()
    rows = []
    for index, line in enumerate(lines):
        row = _own(line, states[index], links[index], page, surroundings(line.line.block))
        if seen[line.letters]:
            row += ["dup", f"dup{states[index]}"]
        seen[line.letters] += 1
        if line.letters == title or (len(line.letters) > 8 and line.letters in title):
            row.append(f"title{line.letters == title:d}{states[index]}")
        for offset in (-2, -1, 1, 2):
            beside = index + offset
            row.append(f"{offset}={sized[beside] if 0 <= beside < len(lines) else ''}")
        before = states[index - 1] if index else ""
        after = states[index + 1] if index + 1 < len(lines) else ""
        row.append(f"around={before},{states[index]},{after}")
        row.append(f"linked={links[index - 1] if index else ''},{links[index]}")
        rows.append(row)
    return rows


def _own(line: JudgedLine, state: str, linked: int, page: _Page, around: _Surroundings) -> list[str]:
    """Return the features of a line by itself and by its place."""
    size = _bucket(line.size)
    where, distance = _place(line.number, page)
    relation = _relation(line.line.block, page)
    stop = bool(_STOP.search(line.text))
    tag = around.tags[0]
    length = max(1, len(line.text))
    row = [
        f"s={state}",
        f"size={size}",
        f"link={linked}",
        f"tag={tag}",
        f"rel={relation}",
        f"end={stop:d}",
        f"commas={min(3, len(_COMMAS.findall(line.text)))}",
        f"s,size={state},{size}",
        f"s,link={state},{linked}",
        f"s,rel={state},{relation},{where}",
        f"s,end={state},{stop:d},{min(size, 9)}",
        f"s,tag={state},{tag}",
        f"s,root={state},{around.in_root:d}",
        f"s,place={state},{where}{distance}",
        f"size,link={size},{linked}",
        f"tag,size={tag},{size}",
        f"rel,place={relation},{where}{distance},{min(size, 9)}",
        f"digits={_steps(_count_digits(line.letters) / max(1, len(line.letters)), (0.1, 0.3, 0.5))}",
        f"capitals={_steps(_count_capitals(line.text) / length, (0.05, 0.15, 0.5))},{size}",
        f"cjk={page.cjk:d},{state}",
        f"cjk,size={page.cjk:d},{size}",
        f"last={line.text[-1:]}",
    ]
    if line.reason:
        row += [f"why={line.reason}", f"why={line.reason},{line.second:d}"]
    for box in around.boxes:
        row += [f"in={box}", f"in={box},{state}"]
    row += [f"{share},{state}" for share in page.shares]
    row += [f"{share},{state},{relation}{where}" for share in page.shares[:2]]
    row += [f"near={word}" for word in around.near] + [f"far={word}" for word in around.far]
    row += [f"near={word},{state[0]}" for word in around.near]
    row += _words(line)
    return row


def _words(line: JudgedLine) -> Iterator[str]:
    """Yield the words a line begins and ends with and, of a short line, all of its first ones."""
    text = line.text
    if has_cjk(text[:1]):
        yield f"first={text[:2]}"
        yield f"first={text[:4]}"
        yield f"final={text[-2:]}"
        if line.size < _LABEL:
            yield from (f"word={text[at : at + 2]}" for at in range(min(_WORD_LENGTH, len(text) - 1)))
        return
    words = text.lower().split(maxsplit=40)
    if words:
        yield f"first={words[0][:_WORD_LENGTH]}"
        yield f"first={' '.join(words[:2])[:20]}"
        if line.size < _SHORT:
            yield f"final={words[-1][-_WORD_LENGTH:]}"
        if line.size < _LABEL:
            yield from (f"word={word.strip('.,:;!?()|©')[:_WORD_LENGTH]}" for word in sorted(set(words[:_FIRST_WORDS])))


def _state(line: JudgedLine) -> str:
    """Return K for a kept line, X for one that a rule cut, L for one left out, A for others; R or r by the second."""
    own = "K" if line.kept else "X" if line.is_cut else "L" if line.reason else "A"
    return own + ("R" if line.second else "r")


def _place(number: int, page: _Page) -> tuple[str, int]:
    """Return whether a line is before, inside or after the kept ones, and how far from them in steps."""
    if page.first is None or page.last is None:
        return "none", 0
    if number < page.first:
        return "before", _steps(page.first - number, (1, 2, 3, 5, 9, 17, 40))
    if number > page.last:
        return "after", _steps(number - page.last, (1, 2, 3, 5, 9, 17, 40))
    return "inside", 0


def _relation(element: HtmlElement, page: _Page) -> str:
    """Return how a container is related to those of kept lines: the same, of the same name, beside, none."""
    parent = element.getparent()
    if parent is None:
        return "none"
    if parent in page.parents:
        return "same"
    if _name(parent)[1] and _name(parent) in page.names:
        return "name"
    above = parent.getparent()
    return "beside" if above in page.grandparents or above in page.parents else "none"


def _read_page(lines: Sequence[JudgedLine]) -> _Page:
    kept = [line for line in lines if line.kept]
    parents = {parent for line in kept if (parent := line.line.block.getparent()) is not None}
    above = {element for parent in parents if (element := parent.getparent()) is not None}
    prose = [line for line in lines if line.size >= PROSE and _linked(line) < 2]
    own, both = _size(kept), _size(line for line in kept if line.second)
    other = _size(line for line in lines if line.second)
    held = _size(line for line in prose if line.kept)
    shares = (
        f"prose={_steps(held / max(1, _size(prose)), (0.2, 0.4, 0.6, 0.8, 0.95))}",
        f"second={_steps(both / max(1, other), (0.2, 0.5, 0.8, 0.95))}",
        f"own={_steps(both / max(1, own), (0.2, 0.5, 0.8, 0.95))}",
        f"length={_bucket(own)}",
    )
    letters = "".join(line.letters for line in lines)
    return _Page(
        first=kept[0].number if kept else None,
        last=kept[-1].number if kept else None,
        parents=frozenset(parents),
        names=frozenset(map(_name, parents)),
        grandparents=frozenset(above),
        shares=shares,
        cjk=3 * count_cjk(letters) > len(letters),
    )


def _read_surroundings(root: HtmlElement | None) -> Callable[[HtmlElement], _Surroundings]:
    """Return a function that describes an element's place; that of siblings with the same names is read once."""
    paths: dict[HtmlElement, tuple[HtmlElement, ...]] = {}
    known: dict[tuple[HtmlElement | None, str, str | None, str | None], _Surroundings] = {}
    words: dict[HtmlElement, frozenset[str]] = {}

    def words_of(elements: Iterable[HtmlElement]) -> tuple[str, ...]:
        found: set[str] = set()
        for element in elements:
            if element not in words:
                words[element] = _class_words(element)
            found |= words[element]
        return tuple(sorted(found))

    def read(element: HtmlElement) -> _Surroundings:
        parent = element.getparent()
        key = (parent, element.tag, element.get("class"), element.get("id"))
        if element is root:
            return describe(element, parent)
        if key not in known:
            known[key] = describe(element, parent)
        return known[key]

    def describe(element: HtmlElement, parent: HtmlElement | None) -> _Surroundings:
        if parent is not None and parent not in paths:
            paths[parent] = (parent, *parent.iterancestors())
        path = (element, *(paths[parent] if parent is not None else ()))
        tags = tuple(above.tag for above in path)
        return _Surroundings(
            tags=tags,
            boxes=tuple(sorted(_BOXES.intersection(tags))),
            near=words_of(path[:3]),
            far=words_of(path[3:7]),
            in_root=root is not None and root in path,
        )

    return read


def _class_words(element: HtmlElement) -> frozenset[str]:
    name = f"{element.get('class') or ''} {element.get('id') or ''}"
    return frozenset(word for word in _CLASS_WORD.findall(_CAMEL.sub(" ", name).lower()) if 2 < len(word) < 16)


def _linked(line: JudgedLine) -> int:
    """Return the share of a line's text in links, in steps 0 to 4."""
    linked = sum(len(link.text_content()) for link in line.line.block.iter("a"))
    return _steps(linked / max(1, len(line.text)), (0.01, 0.3, 0.5, 0.8))


def _name(element: HtmlElement) -> tuple[str, str]:
    return element.tag, element.get("class") or ""


def _size(lines: Iterable[JudgedLine]) -> int:
    return sum(line.size for line in lines)


def _bucket(size: int) -> int:
    """Return the length in steps: the binary logarithm, finer below 8."""
    if size <= 0:
        return 0
    return int(1.5 * math.log2(size)) + 1 if size < 8 else min(14, int(math.log2(size)) + 3)


def _steps(value: float, steps: Sequence[float]) -> int:
    """Return the number of steps, which rise, that a value reaches."""
    return bisect_right(steps, value)


def _count_digits(text: str) -> int:
    return _count_ascii(text, b"0123456789") if text.isascii() else sum(map(str.isdigit, text))


def _count_capitals(text: str) -> int:
    return _count_ascii(text, b"ABCDEFGHIJKLMNOPQRSTUVWXYZ") if text.isascii() else sum(map(str.isupper, text))


def _count_ascii(text: str, characters: bytes) -> int:
    return len(text) - len(text.encode().translate(None, characters))
