"""Which references point to the same work: a function of all that is printed, so that no order of arrival matters.

A reference is known by its *keys*, strongest first: `doi:…`, `pmid:…`, `pmcid:…`, `arxiv:…`, then
`title:<title>|<year>|<family name>`, or for want of all these `entry:…`, its whole text. It belongs to the work of its
first key.

Two identifiers are the same work when each is the one that is printed with the other most often: a PMID that one page
prints with a wrong DOI does not tie two works together, and where the prints are evenly divided nobody can tell. A work
never has two of one kind for its own. Titles come last: what shares title, year and first author is one work unless
its identifiers contradict (a preprint and its article), and then a reference that prints only the title stays apart.
"""

import hashlib
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations

from archive.article import Reference
from archive.references.person_names import family_key

Keys = tuple[str, ...]

IDENTIFIERS = ("doi", "pmid", "pmcid", "arxiv")  # what tells publications apart; a trial or an ISBN has several
STRENGTH = {kind: rank for rank, kind in enumerate((*IDENTIFIERS, "title", "entry"))}
SHORTEST_TITLE = 12  # letters and digits; a shorter title ("Introduction", 前言) does not tell works apart


def keys_of(reference: Reference) -> Keys:
    """What the reference's work is known by, strongest first; empty when too little is printed, or only a mention."""
    if reference.kind == "mention":
        return ()
    identifiers = tuple(f"{kind}:{value}" for kind in IDENTIFIERS if (value := getattr(reference, kind)))
    title = normalised_title(reference.title or "")
    if len(title) >= SHORTEST_TITLE and reference.year and reference.authors:
        family = family_key(reference.authors[0])
        if family:
            return (*identifiers, f"title:{title}|{reference.year}|{family}")
    placed = reference.container_title and reference.year and (reference.volume or reference.pages)
    if identifiers or not (placed or len(title) >= SHORTEST_TITLE):
        return identifiers
    text = printed_text(reference)
    return (f"entry:{hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()}",)


def normalised_title(title: str) -> str:
    """Letters and digits in lower case, without accents and width: the same title however it was set."""
    plain = (c for c in unicodedata.normalize("NFKD", title) if not unicodedata.combining(c))
    return re.sub(r"[\W_]+", "", "".join(plain)).lower()


def printed_text(reference: Reference) -> str:
    """Return the letters and digits of the reference as printed, in lower case, without its label."""
    return normalised_title(reference.raw).removeprefix(normalised_title(reference.label or ""))


def by_strength(keys: Iterable[str]) -> Keys:
    """The keys of one reference in their order."""
    return tuple(sorted(keys, key=lambda key: STRENGTH[key.partition(":")[0]]))


def works_of(printed: Mapping[Keys, int]) -> dict[Keys, str]:
    """For all the keys that references have, each with the number of references, the key of the work they belong to."""
    works = _Works()
    for kinds in combinations(IDENTIFIERS, 2):
        for one, other in _printed_together(printed, *kinds):
            works.join({one, other})
    titled: defaultdict[str, set[str]] = defaultdict(set)
    for keys in printed:
        if keys[-1].startswith("title:"):
            titled[keys[-1]].add(keys[0])
    for title in sorted(titled):
        works.join(titled[title])
    return {keys: works.name(keys[0]) for keys in printed}


def _printed_together(printed: Mapping[Keys, int], kind: str, other: str) -> Iterator[tuple[str, str]]:
    """Pairs of identifiers of the two kinds of which each is the other's most frequent company."""
    pairs: Counter[tuple[str, str]] = Counter()
    for keys, number in printed.items():
        ours = {key.partition(":")[0]: key for key in keys}
        if kind in ours and other in ours:
            pairs[ours[kind], ours[other]] += number
    first = _favourites((one, two, number) for (one, two), number in pairs.items())
    second = _favourites((two, one, number) for (one, two), number in pairs.items())
    return ((one, two) for one, two in pairs if first.get(one) == two and second.get(two) == one)


def _favourites(counts: Iterable[tuple[str, str, int]]) -> dict[str, str]:
    """Of each first key the second one that is counted most; without a favourite when two are."""
    best: dict[str, tuple[int, str | None]] = {}
    for one, two, number in counts:
        most, _ = best.get(one, (0, None))
        if number >= most:
            best[one] = (number, two if number > most else None)
    return {one: two for one, (_, two) in best.items() if two is not None}


class _Works:
    """Disjoint sets of keys (union-find), each with at most one identifier of a kind."""

    def __init__(self) -> None:
        self._parents: dict[str, str] = {}
        self._held: dict[str, dict[str, str]] = {}  # root -> kind -> key

    def join(self, keys: Iterable[str]) -> None:
        """Makes the sets of `keys` one, or leaves all as they are when that would hold two identifiers of a kind."""
        roots = sorted({self._root(key) for key in keys})
        together: dict[str, str] = {}
        for root in roots:
            for kind, key in self._held[root].items():
                if kind in IDENTIFIERS and together.setdefault(kind, key) != key:
                    return
        for root in roots[1:]:
            self._parents[root] = roots[0]
        self._held[roots[0]] = together or self._held[roots[0]]

    def name(self, key: str) -> str:
        """The strongest key of the set that holds `key`."""
        return by_strength(self._held[self._root(key)].values())[0]

    def _root(self, key: str) -> str:
        self._held.setdefault(key, {key.partition(":")[0]: key})
        while (parent := self._parents.get(key)) is not None:
            self._parents[key] = self._parents.get(parent, parent)
            key = parent
        return key
