"""What is compared between a news text and a paper, as numbers for the model."""

import math
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import pairwise

from archive.literature.linking.journals import NamedJournal
from archive.literature.linking.news import NewsText
from archive.literature.linking.people import Agreement, agreement
from archive.literature.linking.terms import terms
from archive.literature.record import LiteratureRecord

# fmt: off
FEATURES = (
    "title covered", "title covered by headline", "title covered by lead", "title covered with equivalents",
    "weight of words", "weight of words, repeated", "weight of equivalents", "share of pairs", "pairs",
    "journal", "whole journal", "another journal fits better",
    "authors with initial", "authors", "first author", "last author", "share of authors", "author with another initial",
    "length of author list", "author and journal", "author and title", "journal and title", "names",
    "headline explained", "rarest word", "second rarest word",
)
# fmt: on

# Weight added to that of a title's words: a title of one word that a text has says little.
_PRIOR = 25.0


@dataclass(frozen=True, slots=True)
class Statistics:
    """Counts of an index for the terms and surnames of one text.

    `weights` are the inverse document frequencies of the terms of titles, with `unknown` for a term that no title has;
    `rarity` (0..1) is how rare a surname is among authors; `words` are surnames that occur in titles as words.
    """

    weights: Mapping[str, float]
    unknown: float
    rarity: dict[str, float]
    words: set[str]

    def weight(self, term: str) -> float:
        """Return the inverse document frequency of a term."""
        return self.weights.get(term, self.unknown)


@dataclass(frozen=True, slots=True)
class Compared:
    """A record with its features, in the order of `FEATURES`, and what the evidence is made of."""

    record: LiteratureRecord
    values: tuple[float, ...]
    people: Agreement
    shared: tuple[str, ...]  # terms of the paper's title that the text has, the rarest first
    named_journal: NamedJournal | None  # where the text names the paper's journal

    @property
    def rough(self) -> float:
        """A first order of the candidates, before the model's."""
        values = dict(zip(FEATURES, self.values, strict=True))
        return (
            2 * values["title covered with equivalents"]
            + values["weight of words, repeated"]
            + 3 * values["journal"]
            + 6 * values["authors with initial"]
            + 3 * values["authors"]
        )


def compare(
    news: NewsText,
    record: LiteratureRecord,
    statistics: Statistics,
    journal: float,
    best_journal: float,
    named_journal: NamedJournal | None = None,
) -> Compared:
    """Compare a text with a paper whose journal agrees with the text's by `journal`, the best one by `best_journal`."""
    title = terms(record.title)
    known = set(title)
    total = _sum(known, statistics) + _PRIOR
    shared = {term for term in known if term in news.counts or term in news.headline}
    meant = known & news.equivalents
    rarest = sorted(shared, key=lambda term: (-statistics.weight(term), term))
    covered = _sum(shared, statistics)
    pairs = set(pairwise(title))
    common = len(pairs & news.pairs)
    people = agreement(news.people, record.authors, statistics.rarity, statistics.words)
    full, authors = min(people.full, 2.0), len(record.authors)
    values = (
        covered / total,
        _sum(known & news.headline, statistics) / total,
        _sum(known & news.lead, statistics) / total,
        (covered + _sum(meant, statistics)) / total,
        math.log1p(covered),
        math.log1p(sum(statistics.weight(term) * _repeated(news.counts[term]) for term in shared)),
        math.log1p(_sum(meant, statistics)),
        common / max(1, len(pairs)),
        float(min(common, 4)),
        journal,
        float(journal >= 0.99),
        best_journal - journal,
        full,
        min(people.surname, 2.0),
        people.first,
        people.last,
        min(people.names, 4) / math.sqrt(1 + authors),
        people.conflict,
        math.log1p(authors),
        min(people.full, 1.0) * journal,
        min(people.full, 1.0) * covered / total,
        journal * covered / total,
        float(min(people.names, 5)),
        _sum((known | meant) & news.headline, statistics) / (_sum(news.headline, statistics) + _PRIOR),
        statistics.weight(rarest[0]) / statistics.unknown if rarest else 0.0,
        statistics.weight(rarest[1]) / statistics.unknown if len(rarest) > 1 else 0.0,
    )
    return Compared(record, values, people, tuple(rarest), named_journal)


def _repeated(count: int) -> float:
    return count / (count + 1.0)


def _sum(stems: AbstractSet[str] | Sequence[str], statistics: Statistics) -> float:
    return sum(map(statistics.weight, sorted(stems)))  # sorted: the sum of floats is the same in each process
