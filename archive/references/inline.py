"""References in an article's text outside its lists: links to papers and trials, identifiers, names of journals.

Links are read from the tree before the body is extracted, because extraction and the protection of markers drop some of
their targets. Only those count afterwards that stand in the article's final text.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from archive.article import Reference
from archive.references import mentions
from archive.references.identifiers import KINDS
from archive.references.inline_identifiers import read_printed
from archive.references.journal_names import journal_title, key
from archive.references.link_candidates import LinkCandidate, place
from archive.references.located import LocatedReference
from archive.references.mention import Mention


def inline_references(text: str, found: Sequence[LinkCandidate], listed: Sequence[Reference]) -> tuple[Reference, ...]:
    """Return the links, identifiers and mentions of `text` in order, without works that `listed` already holds.

    Each work is returned once, recognised by its identifier, else by its URL, else by its journal's name.
    """
    named = mentions.find_mentions(text)
    links = [_with_journal(placed, named) for placed in place(text, found)]
    printed = list(read_printed(text))
    covered = [(placed.start, placed.end) for placed in (*links, *printed)]
    named = [m for m in named if not any(start < m.end and m.start < end for start, end in covered)]
    spoken = [LocatedReference(m.start, m.end, mentions.to_reference(m, text)) for m in named]
    links = [_with_printed(link, printed) for link in links]
    return tuple(_distinct([*sorted([*links, *printed], key=lambda p: p.start)], spoken, listed))


def _with_journal(placed: LocatedReference, named: Sequence[Mention]) -> LocatedReference:
    """Add the journal that a link names among other words: `published in The Lancet`."""
    inside = next((m for m in named if placed.start <= m.start and m.end <= placed.end), None)
    if inside is None or placed.reference.container_title == inside.container:
        return placed
    year = placed.reference.year or inside.printed.year
    return replace(placed, reference=replace(placed.reference, container_title=inside.container, year=year))


def _with_printed(link: LocatedReference, printed: Sequence[LocatedReference]) -> LocatedReference:
    """Add to a link the identifiers in its text: a link to the DOI may be set on `PMID: 7`."""
    for other in printed:
        if link.start <= other.start and other.end <= link.end:
            missing = {k: v for k in KINDS if (v := getattr(other.reference, k)) and getattr(link.reference, k) is None}
            link = replace(link, reference=replace(link.reference, **missing))
    return link


def _distinct(
    works: Sequence[LocatedReference], spoken: Sequence[LocatedReference], listed: Sequence[Reference]
) -> list[Reference]:
    """Return the references in the order of the text, each work once; a mention gives way to a link to its journal."""
    seen = {name for reference in listed for name in _names(reference)}
    kept: list[LocatedReference] = []
    for placed in works:
        names = _names(placed.reference)
        if not seen.intersection(names):
            kept.append(placed)
        seen.update(names)
    journals = _Journals()
    for reference in listed:
        journals.add(reference.container_title, reference.year, translated=False)
    for placed in kept:
        journals.add(placed.reference.container_title, placed.reference.year)
    for placed in spoken:
        container, year = placed.reference.container_title, placed.reference.year
        if placed.reference.volume is not None or not journals.has(container, year):
            kept.append(placed)
            journals.add(container, year)
    return [placed.reference for placed in sorted(kept, key=lambda p: p.start)]


def _names(reference: Reference) -> set[str]:
    """Return the keys that identify a work: its identifiers, else its URL."""
    found = {f"{kind}:{value}" for kind in KINDS if kind != "issn" and (value := getattr(reference, kind))}
    if reference.url and (reference.kind == "list" or not found):
        found.add(re.sub(r"^https?://(?:www\.)?", "", reference.url).rstrip("/#?").lower())
    return found


class _Journals:
    """Journals already named in an article, with the year of the paper if it is printed.

    A name is there when it is equal to one, a translation of one (except of one in a list, which may be another paper),
    or when one abbreviates the other word by word.
    """

    def __init__(self) -> None:
        self._titles: dict[str, list[int | None]] = {}
        self._by_initials: dict[str, list[tuple[list[str], int | None]]] = {}

    def add(self, name: str | None, year: int | None, *, translated: bool = True) -> None:
        if not name:
            return
        if translated and (title := journal_title(name)):
            self._titles.setdefault(title, []).append(year)
        words = _words(name)
        self._by_initials.setdefault(_initials(words), []).append((words, year))

    def has(self, name: str | None, year: int | None) -> bool:
        title, words = journal_title(name or ""), _words(name or "")
        return any(_same_year(year, other) for other in self._titles.get(title or "", ())) or any(
            _same_year(year, other) and _abbreviates(words, those)
            for those, other in self._by_initials.get(_initials(words), ())
        )


def _words(name: str) -> list[str]:
    return [word for word in key(name).split() if word not in {"of", "the", "and", "in", "for", "on"}]


def _initials(words: Sequence[str]) -> str:
    return "".join(word[0] for word in words)


def _same_year(one: int | None, other: int | None) -> bool:
    """Return whether two years may be those of one paper; an unknown one may be any."""
    return one is None or other is None or one == other


def _abbreviates(one: Sequence[str], other: Sequence[str]) -> bool:
    """Return whether two names with as many words are equal or one abbreviates the other."""
    short, long = sorted((one, other), key=lambda words: sum(map(len, words)))
    return short == long or (len(short) > 1 and all(b.startswith(a) for a, b in zip(short, long, strict=True)))
