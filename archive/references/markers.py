"""In-text markers: protected during extraction, then bound to the entries they name."""

import re
from collections.abc import Iterator, Sequence
from typing import Protocol

from lxml.html import HtmlElement

from archive.article import Citation
from archive.references.author_year import author_year
from archive.references.labels import DASHES, MARKER_SIGNS, NUMBERS, RAISED, expand
from archive.text.scripts import HAN

# Two letters of Linear A, which no page uses. Private-use characters do not survive: trafilatura drops them and all for
# which str.isprintable() is false.
OPEN = "\U00010740"
CLOSE = "\U00010745"

_GLYPHS = "".join(MARKER_SIGNS)
_BRACKETED = rf"[\[【〔［]\s?{NUMBERS}\s?[\]】〕］]"
_RUN = rf"[{_GLYPHS}](?:\s?[,，、{DASHES}]?\s?[{_GLYPHS}]){{0,20}}"
_MARKER = re.compile(rf"\s*(?:{_BRACKETED}|[(（]?{NUMBERS}[)）]?|{_RUN})\s*")
_PIECES = re.compile(rf"{_BRACKETED}|{_RUN}")
_PLAIN = re.compile(
    rf"(?P<bracketed>{_BRACKETED})|(?P<glyphs>{_RUN})"
    rf"|(?P<named>(?:参考)?文献\s?{NUMBERS}(?![\d年月篇项種种个個份次%]))"
    # Raised digits of Unicode, not those of units, powers and formulas.
    rf"|(?P<raised>(?:(?<=[{HAN}.,;!?。，；！？”\"’)）])"
    rf"|(?<=[a-z]{{3}}))[{RAISED}]{{1,3}}(?:[,，{DASHES}⁻][{RAISED}]{{1,3}}){{0,20}})"
)
# At most 24 binary digits: without a bound, a run of OPEN would be read again from each of its characters.
_PROTECTED = re.compile(f"{OPEN}([{OPEN}{CLOSE}]{{0,24}})([^{OPEN}{CLOSE}]+){CLOSE}")
_LONGEST = 80  # characters in a marker; a longer link into the list is a sentence
_UNIT_BEFORE = re.compile(r"(?:\d|[\s\d/(（·](?:[kcmdµμn]?m|s|ft|in|kg|L)|^[kcmdµμn]?m)\s?$")


class Labelled(Protocol):
    """The attributes of an entry that binding reads."""

    @property
    def label(self) -> str | None: ...
    @property
    def anchors(self) -> tuple[str, ...]: ...
    @property
    def raw(self) -> str: ...


def protect(root: HtmlElement, entries: Sequence[Labelled]) -> None:
    """Wrap the markers that plain text would lose (superscripts, links into the list) in OPEN and CLOSE.

    An exponent (10⁶, m²), an ordinal (1st) or an isotope is not wrapped. The index of a link's target is stored as
    binary digits written with the two characters, since a marker may differ from its entry's label.
    """
    printed = root.text_content()
    for element in root.iter() if OPEN in printed or CLOSE in printed else ():
        for where in ("text", "tail"):
            text = getattr(element, where)
            if text and (OPEN in text or CLOSE in text) and (where == "tail" or isinstance(element.tag, str)):
                setattr(element, where, strip(text))
    anchors = {name: index for index, entry in enumerate(entries) for name in entry.anchors}
    labels = {entry.label for entry in entries if entry.label}
    for link in list(root.iter("a")):
        _protect_link(link, anchors)
    for raised in list(root.iter("sup")):
        _protect_raised(raised, labels)


def _protect_link(link: HtmlElement, anchors: dict[str, int]) -> None:
    href = link.get("href") or ""
    if "#" not in href or link.getparent() is None:
        return
    text = "".join(link.itertext())
    if len(text) > _LONGEST or not text.strip() or OPEN in text:
        return
    target = anchors.get(href.rpartition("#")[2])
    # A bare number that links to nothing in the list is a page number or a count of comments.
    raised = link.getparent().tag == "sup" or any(child.tag == "sup" for child in link)
    if target is None and not (_PIECES.fullmatch(text.strip()) or (raised and _MARKER.fullmatch(text))):
        return
    _replace(link, _wrapped(text, target))


def _protect_raised(raised: HtmlElement, labels: set[str]) -> None:
    text = "".join(raised.itertext())
    if raised.getparent() is None or len(text) > _LONGEST or not text.strip():
        return
    if OPEN in text:  # links inside are protected already
        _replace(raised, text)
    elif _MARKER.fullmatch(text):
        bracketed = bool(_PIECES.fullmatch(text.strip()))
        named = all(label in labels for label, printed in expand(text) if printed)
        if bracketed or (named and not _is_exponent(raised)):
            _replace(raised, _wrapped(text, None))
    elif not re.sub(r"[\s,，、;]", "", _PIECES.sub("", text)):
        _replace(raised, _PIECES.sub(lambda piece: _wrapped(piece[0], None), text))


def _is_exponent(raised: HtmlElement) -> bool:
    """Return whether a superscript is a power, the mass of an isotope or an ordinal: `10⁶`, `m²`, `¹⁸F`, `1st`."""
    previous, parent = raised.getprevious(), raised.getparent()
    before = (parent.text if previous is None else previous.tail) or ""
    if not before and previous is not None:
        before = "".join(previous.itertext())[-12:]
    after = raised.tail or ""
    isotope = re.match(r"[A-Z][a-z]?\b", after) and not re.search(r"[\w.,;:!?。，；：！？)）\]]$", before)
    return bool(_UNIT_BEFORE.search(before[-12:]) or isotope or re.match(r"(?:st|nd|rd|th)\b", after))


def _wrapped(text: str, target: int | None) -> str:
    """Return `text` between OPEN and CLOSE, with the target's index in binary (OPEN 0, CLOSE 1) before it."""
    marker = text.strip()
    bits = "" if target is None else f"{target:b}".replace("0", OPEN).replace("1", CLOSE)
    lead, trail = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
    return f"{lead}{OPEN}{bits}{marker}{CLOSE}{trail}"


def _replace(element: HtmlElement, text: str) -> None:
    """Turn an element into a `<span>` of plain text; merging many into the parent's text takes quadratic time."""
    tail = element.tail
    element.clear()
    element.tag, element.text, element.tail = "span", text, tail


def strip(text: str) -> str:
    """Return the text without OPEN and CLOSE."""
    return text.replace(OPEN, "").replace(CLOSE, "")


def bind(text: str, entries: Sequence[Labelled]) -> tuple[str, tuple[Citation, ...]]:
    """Return the text without OPEN and CLOSE and its citations in order; offsets are those of the returned text.

    Protected markers are always citations, unbound if no entry has their label. A bracketed number in plain text is
    one only if all its labels are printed in the list: pages without a list use brackets for years, notes and doses.
    Circled numbers at the beginning of a paragraph or clause (`①…；②…`) number steps and are no citations.
    """
    indexes: dict[str, int] = {}
    for index, entry in enumerate(entries):
        if entry.label:
            indexes.setdefault(entry.label, index)
    if not indexes:  # bullets without numbers: their order is the only label they can have
        indexes = {str(index + 1): index for index in range(len(entries))}
    clean, protected = _unwrapped(text, indexes, len(entries))
    taken = [False] * len(clean)
    for citation in protected:
        taken[citation.start : citation.end] = [True] * (citation.end - citation.start)
    citations = list(protected)
    for citation in (*_plain(clean, indexes), *author_year(clean, entries)):
        if not any(taken[citation.start : citation.end]):
            citations.append(citation)
            taken[citation.start : citation.end] = [True] * (citation.end - citation.start)
    return clean, tuple(sorted(citations, key=lambda citation: citation.start))


def _unwrapped(text: str, indexes: dict[str, int], count: int) -> tuple[str, list[Citation]]:
    parts: list[str] = []
    length = position = 0
    citations: list[Citation] = []
    for match in _PROTECTED.finditer(text):
        before = strip(text[position : match.start()])
        marker = match[2]
        start = length + len(before)
        bits = match[1].replace(OPEN, "0").replace(CLOSE, "1")
        target = int(bits, 2) if bits else count
        bound = (target,) if target < count else _bound(marker, indexes)
        citations.append(Citation(marker=marker, start=start, end=start + len(marker), references=bound))
        parts += [before, marker]
        length, position = start + len(marker), match.end()
    parts.append(strip(text[position:]))
    return "".join(parts), citations


def _bound(marker: str, indexes: dict[str, int]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(indexes[label] for label, _ in expand(marker) if label in indexes))


def _plain(text: str, indexes: dict[str, int]) -> Iterator[Citation]:
    if not indexes:
        return
    for match in _PLAIN.finditer(text):
        labels = list(expand(match[0]))
        known = bool(labels) and all(label in indexes for label, printed in labels if printed)
        if known and (not match["glyphs"] or not _enumerates(text, match)):
            bound = _bound(match[0], indexes)
            yield Citation(marker=match[0], start=match.start(), end=match.end(), references=bound)


def _enumerates(text: str, match: re.Match[str]) -> bool:
    """Return whether a circled number opens a step: it follows the end of a clause and precedes text."""
    before, after = text[max(0, match.start() - 1) : match.start()], text[match.end() : match.end() + 1]
    opens = not before or before.isspace() or before in ":：;；,，、。.(（"
    return opens and bool(after) and not after.isspace() and after not in "。，；、.,;:：）)！？!?"
