"""Split lines into entries: several entries in a line, an entry over several lines, printed or counted labels."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from itertools import groupby, pairwise

from lxml.html import HtmlElement

from archive.dom.lines import Line
from archive.references.labels import LABEL_SIGNS, Label, ordinal, read_label

_BACK_LINK = re.compile(
    r"^\s*(?:(?:[\^↑]|跳[转轉]到?\s?[:：]|跳至\s?[:：]|Jump up(?: to)?:?)\s*){1,3}"
    r"(?:(?:[a-z]|\d{1,2}\.\d{1,2})\s+){0,60}"
    r"|(?:(?<!\s)\s+)?[↩⤴↵]\ufe0e?\s*$"
)
_MOST_PARTS = 3  # lines of an entry without a label
_URL_ONLY = re.compile(r"\W?https?://\S+")


@dataclass(frozen=True, slots=True)
class PossibleEntry:
    """A stretch of text that may be one entry, with the lines it stands in and its links and anchors."""

    lines: tuple[Line, ...]
    text: str
    label: str | None
    style: str | None
    links: tuple[str, ...] = ()
    anchors: tuple[str, ...] = ()

    @property
    def line(self) -> Line:
        return self.lines[0]

    @property
    def evidence(self) -> str:
        """The text followed by its link targets; the target may be all that shows a linked title to be a reference."""
        return " ".join([self.text, *(href for href in self.links if href.startswith("http"))])

    @property
    def parent(self) -> HtmlElement | None:
        """The list that the entry is an item of."""
        return None if self.line.item is None else self.line.item.getparent()

    @property
    def number(self) -> int | None:
        return ordinal(self.label)


def possible_entries(line: Line, numbers: Mapping[HtmlElement, str], skip: int = 0) -> list[PossibleEntry]:
    """Return the possible entries of a line from character `skip` on; `numbers` are the ordinals of list items."""
    text = line.text[skip:]
    cuts = [0, *_inner_labels(text), len(text)]
    passed = sum(map(len, line.text[:skip].split()))
    found = []
    for start, end in pairwise(cuts):
        length = sum(map(len, text[start:end].split()))
        low, high = passed if start else -1, passed + length if end < len(text) else len(line.text) + 1
        links = tuple(href for at, href in line.links if low <= at < high)
        anchors = tuple(name for at, name in line.anchors if low <= at < high)
        found.append(_unit(line, text[start:end], numbers, links, anchors))
        passed += length
    return found


def _unit(
    line: Line, text: str, numbers: Mapping[HtmlElement, str], links: tuple[str, ...], anchors: tuple[str, ...]
) -> PossibleEntry:
    text = _BACK_LINK.sub("", text).strip()
    if label := read_label(text):
        return PossibleEntry((line,), text, label.name, label.style, links, anchors)
    if line.item is not None:
        return PossibleEntry((line,), text, numbers.get(line.item) or _from_id(line.item), "li", links, anchors)
    return PossibleEntry((line,), text, None, None, links, anchors)


def without_label(unit: PossibleEntry, numbers: Mapping[HtmlElement, str]) -> PossibleEntry:
    """Return an entry that begins with a number of its text as one without a printed label."""
    item = unit.line.item
    return replace(unit, label=None if item is None else numbers.get(item), style=None if item is None else "li")


def _from_id(item: HtmlElement) -> str | None:
    """Return the number in the id of an item that has no printed number: `fn3`, `cite_note-3`, `ref-3`."""
    digits = re.findall(r"[0-9]{1,3}", item.get("id") or "")
    return str(int(digits[-1])) if digits else None


def _inner_labels(text: str) -> list[int]:
    """Return the offsets of the second and later labels of a list run together in one line.

    Each must be the next number in the form of the first.
    """
    first = read_label(text)
    number = ordinal(first.name) if first else None
    if first is None or number is None or first.style == "bare":
        return []
    cuts: list[int] = []
    for match in _separators(first, text):
        found = read_label(match[0]) or read_label(text[match.start() : match.start() + 12].lstrip(" ;；。."))
        if found and found.style == first.style and ordinal(found.name) == number + 1:
            number += 1
            cuts.append(match.start())
    return cuts


def _separators(first: Label, text: str) -> Iterator[re.Match[str]]:
    if first.style == "bracketed":
        opening = next(char for char in text if char in "[【〔［(（")
        return re.finditer(rf"(?<!^){re.escape(opening)}\s?[A-Za-z]?\d{{1,3}}\s?[\]】〕］)）][.、．,:：]?\s*", text)
    if first.style == "glyph":
        return re.finditer(rf"(?<!^)[{''.join(LABEL_SIGNS)}]", text)
    return re.finditer(r"(?:(?<=[.。;；)\]）\d]\s)|(?<=[。；]))\d{1,3}\s?[.．、)）](?!\d)\s?(?=[^\s\d])", text)


def is_label_only(text: str) -> bool:
    """Return whether a line is a label alone, as in `<dt>[2]</dt><dd>…`."""
    label = read_label(text) if len(text) <= 8 else None
    return label is not None and label.end == len(text)


def joined(unit: PossibleEntry, more: PossibleEntry) -> PossibleEntry:
    """Join an entry with the line that continues it; the label may stand on a line of its own."""
    text = f"{unit.text} {more.text}"
    label = read_label(text) if unit.style in {None, "li"} else None
    return replace(
        unit,
        lines=(*unit.lines, *more.lines),
        text=text,
        label=unit.label or (label.name if label else None),
        links=unit.links + more.links,
        anchors=unit.anchors + more.anchors,
    )


def with_parts(found: list[PossibleEntry]) -> list[PossibleEntry]:
    """Join the lines of each entry of a list without labels whose entries have several lines throughout.

    Either titles and URLs alternate, two pairs at least, or each entry is a block of two or three lines.
    """
    if not found or any(unit.style is not None for unit in found):
        return found
    titles, urls = found[::2], found[1::2]
    alternate = (
        len(titles) == len(urls) > 1
        and all(_URL_ONLY.fullmatch(unit.text) for unit in urls)
        and not any("://" in unit.text for unit in titles)
    )
    if alternate:
        return [joined(title, url) for title, url in zip(titles, urls, strict=True)]
    blocks = [list(units) for _, units in groupby(found, key=lambda unit: unit.line.block)]
    if len(blocks) > 1 and all(2 <= len(units) <= _MOST_PARTS for units in blocks):
        return [reduce(joined, units) for units in blocks]
    return found


def number_items(lines: Sequence[Line]) -> dict[HtmlElement, str]:
    """The ordinal of every item of every `<ol>` in the lines, `start`, `value` and `reversed` honoured."""
    lists = {parent: None for line in lines if line.item is not None and (parent := line.item.getparent()) is not None}
    numbers: dict[HtmlElement, str] = {}
    for ordered in lists:
        if ordered.tag != "ol":
            continue
        items = [child for child in ordered if child.tag == "li"]
        step = -1 if ordered.get("reversed") is not None else 1
        number = _integer(ordered.get("start"), 1 if step == 1 else len(items))
        for item in items:
            number = _integer(item.get("value"), number)
            numbers[item] = str(number)
            number += step
    return numbers


def _integer(text: str | None, otherwise: int) -> int:
    return int(text) if text and re.fullmatch(r"\s*[0-9]{1,6}\s*", text) else otherwise
