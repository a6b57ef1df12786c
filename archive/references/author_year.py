"""Author-year markers, `(Clevers, 2005)` and `Zhang et al. (2009)`, bound to the entries that begin so."""

import re
from collections.abc import Sequence
from typing import NamedTuple, Protocol

from archive.article import Citation
from archive.text.characters import without_accents
from archive.text.scripts import HAN

_YEAR = r"(?:19|20)\d\d"
# Bounded: from each capital of one long word the rest would be read again.
_NAME = rf"(?:[A-Z\u00c0-\u00de][\w'’‐-]{{1,40}}|[{HAN}]{{2,4}}(?=[等,，、 和与]|\d))"
_PAREN = re.compile(rf"[(（][^()（）\n]{{2,160}}?{_YEAR}[a-z]?[^()（）\n]{{0,160}}[)）]")
_PART = re.compile(
    rf"(?P<names>[^\d;；]{{2,120}}?)[\s,，]{{0,3}}(?P<year>{_YEAR})(?P<letter>[a-z]?)(?:[,，]\s?pp?\.?\s?[\d–-]{{1,12}})?\s*"
)
_STRICT = re.compile(rf"\s*{_NAME}(?:,? (?:&|and) {_NAME}|,? et al\.?|等人?)?[,，]\s?{_YEAR}[a-z]?\s*")
_NARRATIVE = re.compile(
    rf"(?P<names>{_NAME}(?:,? (?:&|and) {_NAME}| et al\.?| and colleagues"
    rf"|等人?)?)\s?[(（](?P<year>{_YEAR})(?P<letter>[a-z]?)[)）]"
)
_WORD = re.compile(r"[^\W\d_]{2,}")
_AUTHORS = 80  # characters at an entry's beginning among which the first author's name stands
_MOST = 4  # years of one entry: its own, the date of access and those in its title


class Printed(Protocol):
    """The attribute of an entry that binding reads."""

    @property
    def raw(self) -> str: ...


class _Named(NamedTuple):
    """One part of a marker: folded surnames, year and letter."""

    names: tuple[str, ...]
    year: str
    letter: str


def author_year(text: str, entries: Sequence[Printed]) -> list[Citation]:
    """Return the author-year citations of `text` in order.

    Citations without an entry are returned only if another citation of the text has one.
    """
    if not entries or not re.search(_YEAR, text):
        return []
    index = _Index(entries)
    found: list[Citation] = []
    for match in _PAREN.finditer(text):
        parts = [part for part in re.split("[;；]", match[0][1:-1]) if part.strip()]
        bound = tuple(dict.fromkeys(at for part in parts for at in index.bind(_read(part))))
        if bound or all(_STRICT.fullmatch(part) for part in parts):
            found.append(Citation(marker=match[0], start=match.start(), end=match.end(), references=bound))
    for match in _NARRATIVE.finditer(text):
        named = _Named(_surnames(match["names"]), match["year"], match["letter"])
        if bound := index.bind(named):
            found.append(Citation(marker=match[0], start=match.start(), end=match.end(), references=bound))
    return sorted(found, key=lambda each: each.start) if any(each.references for each in found) else []


def _read(part: str) -> _Named | None:
    match = _PART.fullmatch(part)
    return _Named(_surnames(match["names"]), match["year"], match["letter"]) if match else None


def _surnames(names: str) -> tuple[str, ...]:
    """Return the folded capitalised words, or the Chinese names, of a marker."""
    return tuple(
        _folded(name)
        for name in re.findall(rf"[A-Z\u00c0-\u00de][\w'’‐-]+|[{HAN}]{{2,4}}?(?=等|[,，、和与\s]|$)", names)
    )


def _folded(text: str) -> str:
    return re.sub("[’‐]", "'", without_accents(text)).replace("'", "").replace("-", "").casefold()


class _Index:
    """Index of entries by year and by each word of the first author's name."""

    def __init__(self, entries: Sequence[Printed]) -> None:
        self.entries = [_folded(entry.raw) for entry in entries]
        self.found: dict[tuple[str, str], list[int]] = {}
        for at, raw in enumerate(self.entries):
            words = set(_WORD.findall(raw[:_AUTHORS])) | set(
                re.findall(rf"[{HAN}]{{2,4}}(?=[,，、 .]|等)", raw[:_AUTHORS])
            )
            for year in list(dict.fromkeys(re.findall(_YEAR, raw)))[:_MOST]:
                for word in words:
                    self.found.setdefault((year, word), []).append(at)

    def bind(self, named: _Named | None) -> tuple[int, ...]:
        """Return the index of the entry that a citation names; without a letter, the first of that author and year."""
        if named is None or not named.names:
            return ()
        fits = self.found.get((named.year, named.names[0]), [])[:20]
        fits = [at for at in fits if all(name in self.entries[at] for name in named.names)]
        lettered = [at for at in fits if f"{named.year}{named.letter}" in self.entries[at]] if named.letter else fits
        first = [at for at in lettered if re.match(rf"\W*(?:\d+\W+)?{re.escape(named.names[0])}", self.entries[at])]
        return tuple((first or lettered)[:1])
