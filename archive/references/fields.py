"""Authors, title and container from the text around the locator: one function per printed style, tried in order."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from archive.references import names
from archive.references.locators import YEAR, Locator, locate


@dataclass(frozen=True, slots=True, kw_only=True)
class Fields:
    """What the words of a reference say; identifiers and locators are found elsewhere."""

    authors: tuple[str, ...] = ()
    title: str = ""
    container: str = ""
    publisher: str = ""


@dataclass(frozen=True, slots=True)
class Core:
    """A reference without label, identifiers and notes: its text, its locator, its GB/T 7714 mark."""

    text: str
    locator: Locator | None
    mark: re.Match[str] | None

    @property
    def head(self) -> str:
        """What stands before the locator."""
        return self.text[: self.locator.start] if self.locator else self.text

    @property
    def tail(self) -> str:
        """What stands after the locator."""
        return self.text[self.locator.end :] if self.locator else ""


_EDGES = "-–— \t,，.。．;；:：、·*_/“”\"«»„‘’'"
_CJK = r"\u3040-\u30ff\u3400-\u9fff"
# A full stop ends a part of a reference unless it follows an initial or an abbreviation. A single capital ends one
# only after a word in lower case (`vitamin D. Lancet`).
_BOUNDARY = re.compile(
    rf"(?:(?<=[^\sA-Z.][.?!])|(?<=[A-Z)][A-Z0-9][.?!])|(?<=[a-z]{{3}}\s[A-Z]\.))(?<!\bvs\.)(?<!\bSt\.)(?<!\bDr\.)(?<!\bal\.)(?<!\bNo\.)(?<!\bsp\.)(?<!\bpp\.)"
    rf"\s+(?=[A-Z0-9À-ÞΑ-Ωα-ω\"“«(\[{_CJK}]|p\d|m[A-Z]|i[A-Z]|e[A-Z]|bioRxiv|medRxiv|npj)"
    rf"|(?<=[{_CJK})）”》\d])[.。．?？!！]\s?(?=[{_CJK}《“A-Z])|。"
)


def sentences(text: str) -> list[str]:
    """The parts of a reference between full stops, without their edges; empty parts left out."""
    return [part for part in (trim(piece) for piece in _BOUNDARY.split(text)) if part]


_OPENERS, _CLOSERS = "([（［【", ")]）］】"


def trim(text: str) -> str:
    """Without the punctuation that parts fields, and without brackets that are open on one side only."""
    text = text.lstrip(_EDGES + _CLOSERS).rstrip(_EDGES + _OPENERS)
    if not any(opener in text for opener in _OPENERS):
        text = text.rstrip(_EDGES + _CLOSERS)
    if not any(closer in text for closer in _CLOSERS):
        text = text.lstrip(_EDGES + _OPENERS)
    return text


def read_fields(core: Core) -> Fields:
    """The fields by the first style whose marks the text shows."""
    styles: tuple[Callable[[Core], Fields | None], ...] = (_gb, _quoted, _author_year, _chinese)
    for style in styles:
        if found := style(core):
            return found
    return _sequence(core)


def _gb(core: Core) -> Fields | None:
    """GB/T 7714: authors. title[J]. container, year, …; for [M], [D], [R], [S] place: publisher, year."""
    if not core.mark:
        return None
    authors, title = _gb_left(core.text[: core.mark.start()])
    right = core.text[core.mark.end() :].lstrip(" .．。,，;；")
    container = publisher = ""
    locator = locate(right)
    words = right[: locator.start] if locator else right
    kind = core.mark[1].upper().partition("/")[0]
    if kind in {"J", "N"}:
        container = _before_year(words)
    elif kind in {"C", "G", "A"} and (host := re.match(r"\s?//\s?([^.。]+)", right)):
        container = host[1]
        publisher = _publisher(right[host.end() :])
    elif kind in {"M", "D", "R", "S", "C", "G"}:
        publisher = _publisher(right)
    return Fields(authors=authors, title=trim(title), container=trim(container), publisher=trim(publisher))


def _gb_left(left: str) -> tuple[tuple[str, ...], str]:
    if (taken := names.take(left)) and trim(left[taken.end :]):
        return taken.authors, left[taken.end :]
    parts = re.split(r"(?<![A-Z\s.][A-Z])(?<!^[A-Z])(?<=\S)[.．。]\s?(?=\S)", left, maxsplit=1)
    if len(parts) == 2 and trim(parts[0]):
        return names.split(parts[0]), parts[1]
    return (), left


def _before_year(words: str) -> str:
    return re.split(rf"[,，.。;；]?\s?[(（]?{YEAR}", words, maxsplit=1)[0]


_PUBLISHER = re.compile(rf"(?:^|[.。,，]\s?)[^.。:：,，]{{1,30}}[:：]\s?([^,，:：]+?)\s?[,，.]\s?(?={YEAR}|$)")


def _publisher(right: str) -> str:
    """`9版. 北京: 人民卫生出版社, 2018` and the like: what stands between the place and the year."""
    if match := _PUBLISHER.search(right):
        return match[1]
    match = re.search(rf"([^.。,，:：]+)[,，]\s?{YEAR}", right)
    return match[1] if match else ""


def _quoted(core: Core) -> Fields | None:
    """MLA, Chicago, IEEE: authors "title" container locator."""
    match = re.search(r"[\"“«„「『]\s?([^\"“”«»„「」『』]{8,400}?)[,.]?\s?[\"”»“」』]", core.head)
    if not match or (len(match[1].split()) < 3 and not re.search(f"[{_CJK}]", match[1])):
        return None
    after = trim(re.sub(r"^\W*(?:in|In)[:\s]", "", core.head[match.end() :]))
    before = re.sub(rf"[(（]?{YEAR}[a-z]?[)）]?[\s.,:]*$", "", core.head[: match.start()])
    return Fields(authors=names.split(before), title=trim(match[1]), container=trim(_before_year(after)))


_EARLY_YEAR = re.compile(
    rf"[(（]\s?({YEAR})[a-z]?(?:,\s[^()（）]{{1,24}})?[)）][.:,，]?\s?|(?<=[.,])\s({YEAR})[a-z]?[.:]\s"
)


def _author_year(core: Core) -> Fields | None:
    """APA, Harvard, Springer: authors (year) title. container locator."""
    match = _EARLY_YEAR.search(core.text)
    if not match or match.start() > 0.7 * len(core.text) or match.start() > 600:
        return None
    before = core.text[: match.start()].rstrip(" ,，")
    taken = names.take(before)
    if not (taken and taken.end >= len(before) - 2) and not names.is_organisation(before):
        return None
    if core.locator and core.locator.start <= match.end():
        return None
    start = match.end()
    rest = core.text[start : core.locator.start] if core.locator else core.text[start:]
    title, container = _title_and_container(rest, located=core.locator is not None)
    return Fields(authors=taken.authors if taken else (trim(before),), title=title, container=container)


_CONTAINER_TAIL = re.compile(rf"[\s,;.(（]*(?:{YEAR})?[\s,;.(（]*(?:(?:vol|Vol)\.?)?\s?$")
_IN = re.compile(r"^(?:In|in|In:|IN)[:\s]\s?")


def _title_and_container(text: str, located: bool) -> tuple[str, str]:
    """The title and what it appeared in, where nothing but these two is left."""
    parts = sentences(text)
    if not parts:
        return "", ""
    if len(parts) == 1:
        return _split_at_comma(parts[0]) if located else (parts[0], "")
    if not located:
        return parts[0], _clean_container(parts[1]) if _journal_like(parts[1]) else ""
    first = len(parts) - 1
    while first > 1 and _is_abbreviation(parts[first - 1]):  # Biochim. Biophys. Acta
        first -= 1
    return trim(text[: text.rfind(parts[first - 1]) + len(parts[first - 1])]), _clean_container(
        text[_position(text, parts, first) :]
    )


def _position(text: str, parts: list[str], index: int) -> int:
    at = 0
    for part in parts[:index]:
        at = text.index(part, at) + len(part)
    return text.index(parts[index], at)


def _is_abbreviation(part: str) -> bool:
    return bool(re.fullmatch(r"[A-Z][a-z]{0,8}(?:\s[A-Z][a-z]{0,6})?", part)) and len(part) <= 12


def _split_at_comma(text: str) -> tuple[str, str]:
    """`A title, Nat Med` where the comma parts title and journal; a lone journal name is the container."""
    if _journal_like(text):
        return "", _clean_container(text)
    before, comma, after = text.rpartition(", ")
    if comma and _journal_like(after) and len(before.split()) > 2:
        return trim(before), _clean_container(after)
    return trim(text), ""


def _journal_like(text: str) -> bool:
    """Short and capitalised throughout, small words aside: a journal's name rather than a title."""
    if re.search(f"[{_CJK}]", text):
        return len(text) <= 24
    words = [word for word in re.findall(r"[^\W\d_]+", text) if not _SMALL.fullmatch(word)]
    return 0 < len(words) <= 10 and sum(word[0].isupper() for word in words) >= len(words) - (len(words) > 6)


_SMALL = re.compile(
    r"(?:of|the|and|in|for|on|to|a|an|de|la|le|et|und|der|für|fur|del|di|e|y|za|zhi|li|sheng)", re.IGNORECASE
)


def _clean_container(text: str) -> str:
    text = _CONTAINER_TAIL.sub("", _IN.sub("", trim(text)))
    return trim(text)


def _chinese(core: Core) -> Fields | None:
    """Chinese without a type mark: authors. title. journal, year, … or 《title》."""
    head = core.head
    if len(re.findall(f"[{_CJK}]", head)) < 6 or len(re.findall(r"[A-Za-z]", head)) > len(head) / 2:
        return None
    taken = names.take(head)
    start = taken.end if taken and (len(taken.authors) > 1 or head[taken.end - 1 : taken.end] in ".。．:：") else 0
    authors = taken.authors if taken and start else ()
    parts = [
        part for part in (trim(piece) for piece in re.split(r"[.。．]\s?|[《》]|[,，](?=\s?$)", head[start:])) if part
    ]
    if not authors and len(parts) > 1 and names.is_organisation(parts[0]):
        authors, parts = (parts[0],), parts[1:]
    if len(parts) == 1 and (match := re.match(r"(.{6,})[,，]\s?([^,，]{2,20})$", parts[0])) and core.locator:
        parts = [match[1], match[2]]
    container = _before_year(parts[-1]) if len(parts) > 1 else ""
    title = ".".join(parts[:-1]) if len(parts) > 1 else "".join(parts)
    return Fields(authors=authors, title=trim(title), container=trim(container))


def _sequence(core: Core) -> Fields:
    """Vancouver and its kin: authors. title. container locator; and the orders title first and journal first."""
    head, tail = core.head, trim(core.tail)
    located = core.locator is not None
    taken = names.take(head)
    rest = head[taken.end :] if taken else head
    authors = taken.authors if taken else ()
    parts = sentences(rest)
    if not authors and len(parts) > 2 and (second := names.take(start := rest[_position(rest, parts, 1) :])):
        # Title. Authors. Journal locator, as in PubMed Central's lists of some publishers.
        return Fields(authors=second.authors, title=parts[0], container=_clean_container(start[second.end :]))
    if not authors and len(parts) > 2 and names.is_organisation(parts[0]):
        authors, rest = (parts[0],), rest[rest.index(parts[0]) + len(parts[0]) :].lstrip(" .")
        parts = parts[1:]
    if located and len(parts) == 1 and _title_like(tail) and not names.take(tail):
        return Fields(authors=authors, title=sentences(tail)[0], container=_clean_container(parts[0]))
    title, container = _title_and_container(rest, located)
    if not authors and tail and (after := names.take(tail)):
        authors = after.authors
    return Fields(authors=authors, title=title, container=container)


def _title_like(text: str) -> bool:
    return len(text.split()) >= 2 and bool(re.match(r"[^\W\d_]|[\"“(]", text)) and len(text) > 12
