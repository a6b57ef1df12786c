"""Match references that point to the same work, by the keys of all references at once.

The *keys* of a reference are, strongest first: `doi:…`, `pmid:…`, `pmcid:…`, `arxiv:…`, `standard:…` (the number of a
standard), without these `url:…`, then `title:<title>|<year>|<family name>`, or without all of these `entry:…`, a hash
of its whole text. It belongs to the work of its first key. The result does not depend on the order in which references
arrive. A title that names no work (see titles.py) is none here.

Two identifiers belong to one work when each is printed with the other more often than with any other identifier of its
kind. So a PMID that one page prints with a wrong DOI does not join two works, and a tie joins nothing. A work has at
most one identifier of a kind. Titles come last: references with equal title, year and first author are one work unless
their identifiers contradict each other (a preprint and its article). Then a reference with only the title is a work of
its own. One work may have several URLs.
"""

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any

from archive.article import Reference
from archive.references.person_names import family_key
from archive.text.characters import comparison_key
from archive.text.scripts import HAN
from archive.works.documents import document_url, is_journal_doi, standard_number
from archive.works.titles import is_furniture, usable_container, usable_title

Keys = tuple[str, ...]

PRINTED_IDENTIFIERS = ("doi", "pmid", "pmcid", "arxiv")  # unique to a publication; a trial or an ISBN has several
IDENTIFIERS = (*PRINTED_IDENTIFIERS, "standard")
STRENGTH = {kind: rank for rank, kind in enumerate((*IDENTIFIERS, "url", "title", "entry"))}
HAN_WEIGHT = 3  # letters that a Chinese character counts as beside author and year: 汉语语音史 tells a book
MIN_TITLE = 12  # letters and digits; a shorter title ("Introduction", 前言) is not unique to a work
_HAN = re.compile(f"[{HAN}]")


def keys_of(reference: Reference) -> Keys:
    """Return the keys of the reference, strongest first; none when too little is printed, and none for a mention."""
    if reference.kind == "mention":
        return ()
    identifiers = tuple(f"{kind}:{value}" for kind in PRINTED_IDENTIFIERS if (value := _identifier(reference, kind)))
    if reference.type == "standard" and (number := standard_number(reference.raw)):
        identifiers += (f"standard:{number}",)
    if not identifiers and is_furniture(reference.raw):
        return ()
    if not identifiers and (url := document_url(reference)):
        identifiers = (f"url:{url}",)
    title = comparison_key(usable_title(reference.title, reference.container_title) or "")
    telling = len(title) + (HAN_WEIGHT - 1) * len(_HAN.findall(title))
    if telling >= MIN_TITLE and reference.year and reference.authors:
        family = family_key(reference.authors[0])
        if family:
            return (*identifiers, f"title:{title}|{reference.year}|{family}")
    placed = reference.container_title and reference.year and (reference.volume or reference.pages)
    if identifiers or not (placed or len(title) >= MIN_TITLE):
        return identifiers
    text = printed_text(reference)
    return (f"entry:{hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()}",)


def _identifier(reference: Reference, kind: str) -> str | None:
    """Return the identifier of that kind, but no DOI of a whole journal, which is what a broken DOI leaves."""
    value: str | None = getattr(reference, kind)
    return None if kind == "doi" and value and is_journal_doi(value) else value


def usable_facts(printed: Mapping[str, Sequence[Any]]) -> dict[str, Sequence[Any]]:
    """Return what the references to a work print, by field, with None where it names something else."""
    titles, containers = printed["title"], printed["container_title"]
    return {
        **printed,
        "title": [usable_title(title, container) for title, container in zip(titles, containers, strict=True)],
        "container_title": [usable_container(container) for container in containers],
        "doi": [None if doi and is_journal_doi(doi) else doi for doi in printed["doi"]],
    }


def printed_text(reference: Reference) -> str:
    """Return the letters and digits of the reference as printed, in lower case, without its label."""
    return comparison_key(reference.raw).removeprefix(comparison_key(reference.label or ""))


def strongest_first(keys: Iterable[str]) -> Keys:
    """Sort the keys of one reference."""
    return tuple(sorted(keys, key=lambda key: STRENGTH[key.partition(":")[0]]))


def match_keys(printed: Mapping[Keys, int]) -> dict[Keys, str]:
    """Return the key of the work for each tuple of keys; `printed` maps the tuples to their number of references."""
    sets = _KeySets()
    for kinds in combinations(IDENTIFIERS, 2):
        for one, other in _mutual_pairs(printed, *kinds):
            sets.join({one, other})
    titled: defaultdict[str, set[str]] = defaultdict(set)
    for keys in printed:
        if keys[-1].startswith("title:"):
            titled[keys[-1]].add(keys[0])
    for title in sorted(titled):
        sets.join(titled[title])
    return {keys: sets.strongest(keys[0]) for keys in printed}


def _mutual_pairs(printed: Mapping[Keys, int], kind: str, other: str) -> Iterator[tuple[str, str]]:
    """Yield pairs of identifiers of the two kinds that are printed together more often than with any other."""
    pairs: Counter[tuple[str, str]] = Counter()
    for keys, number in printed.items():
        ours = {key.partition(":")[0]: key for key in keys}
        if kind in ours and other in ours:
            pairs[ours[kind], ours[other]] += number
    first = _most_frequent_partners((one, two, number) for (one, two), number in pairs.items())
    second = _most_frequent_partners((two, one, number) for (one, two), number in pairs.items())
    return ((one, two) for one, two in pairs if first.get(one) == two and second.get(two) == one)


def _most_frequent_partners(counts: Iterable[tuple[str, str, int]]) -> dict[str, str]:
    """Return for each first key the second key with the highest count. A tie has no result."""
    best: dict[str, tuple[int, str | None]] = {}
    for one, two, number in counts:
        most, _ = best.get(one, (0, None))
        if number >= most:
            best[one] = (number, two if number > most else None)
    return {one: two for one, (_, two) in best.items() if two is not None}


class _KeySets:
    """Disjoint sets of keys (union-find), each with at most one identifier of a kind."""

    def __init__(self) -> None:
        self._parents: dict[str, str] = {}
        self._held: dict[str, dict[str, str]] = {}  # root -> kind -> key

    def join(self, keys: Iterable[str]) -> None:
        """Join the sets of `keys`, unless the result would have two identifiers of a kind."""
        roots = sorted({self._root(key) for key in keys})
        together: dict[str, str] = {}
        for root in roots:
            for kind, key in self._held[root].items():
                if kind in IDENTIFIERS and together.get(kind, key) != key:
                    return
                together[kind] = min(together.get(kind, key), key)
        for root in roots[1:]:
            self._parents[root] = roots[0]
        self._held[roots[0]] = together

    def strongest(self, key: str) -> str:
        """Return the strongest key of the set that has `key`."""
        return strongest_first(self._held[self._root(key)].values())[0]

    def _root(self, key: str) -> str:
        self._held.setdefault(key, {key.partition(":")[0]: key})
        while (parent := self._parents.get(key)) is not None:
            self._parents[key] = self._parents.get(parent, parent)
            key = parent
        return key
