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
from archive.references.journal_names import key, standing
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
    if inside is None or standing(placed.reference.raw.strip("《》")):
        return placed
    return replace(placed, reference=replace(placed.reference, container_title=inside.container))


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
    journals = [r.container_title for r in (*listed, *(p.reference for p in kept)) if r.container_title]
    for placed in spoken:
        container = placed.reference.container_title or ""
        located = placed.reference.volume is not None
        if located or not any(_same_journal(container, other) for other in journals):
            kept.append(placed)
            journals.append(container)
    return [placed.reference for placed in sorted(kept, key=lambda p: p.start)]


def _names(reference: Reference) -> set[str]:
    """Return the keys that identify a work: its identifiers, else its URL."""
    found = {f"{kind}:{value}" for kind in KINDS if kind != "issn" and (value := getattr(reference, kind))}
    if reference.url and (reference.kind == "list" or not found):
        found.add(re.sub(r"^https?://(?:www\.)?", "", reference.url).rstrip("/#?").lower())
    return found


def _same_journal(one: str, other: str) -> bool:
    """Return whether two printed names are equal or one abbreviates the other word by word."""
    short, long = sorted((key(one).split(), key(other).split()), key=lambda words: sum(map(len, words)))
    if short == long:
        return True
    small = {"of", "the", "and", "in", "for", "on"}
    short, long = [w for w in short if w not in small], [w for w in long if w not in small]
    return 1 < len(short) == len(long) and all(b.startswith(a) for a, b in zip(short, long, strict=True))
