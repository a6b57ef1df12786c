"""BM25 as FTS5 computes it, taken apart and computed again with the statistics of several indexes.

FTS5's auxiliary function knows one index only. From the score that it gives a phrase, and the lengths that it keeps,
the weighted frequency of the phrase follows, and from that the score in an index that holds the rows of all. The
formula, its constants and the order of its operations are those of fts5_aux.c in SQLite, so that sums are equal bit by
bit.
"""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from archive.storage.sql import Reader

K1, B = 1.2, 0.75
LEAST_IDF = 1e-6  # of a phrase that more than half of the rows have
AVERAGES = 1  # id of the record in articles_fts_data that holds the number of rows and the tokens of each column

MATCHED = "select count(*) from articles_fts where articles_fts match ?"
SCORED = """
select rowid, rank from articles_fts where articles_fts match ? and +rowid in (select value from json_each(?))
"""


@dataclass(frozen=True, slots=True)
class Size:
    """The number of rows of an index, and the number of tokens in them."""

    rows: int
    tokens: int

    @property
    def mean(self) -> float:
        """The mean length of a row in tokens."""
        return self.tokens / self.rows if self.rows else 1.0


def scores(archives: Sequence[Reader], phrases: Sequence[str], ids: Sequence[Sequence[int]]) -> list[dict[int, float]]:
    """Return for each archive the scores of its articles, as if all archives were one index; lower is better.

    phrases: FTS5 expressions of one phrase each. ids: the articles of each archive that are scored; those without any
    of the phrases are left out.
    """
    sizes = [_size(db) for db in archives]
    whole = Size(sum(size.rows for size in sizes), sum(size.tokens for size in sizes))
    lengths = [_lengths(db, chosen) for db, chosen in zip(archives, ids, strict=True)]
    sums: list[dict[int, float]] = [{} for _ in archives]
    for phrase in phrases:
        numbers = [int(db.execute(MATCHED, [phrase]).fetchone()[0]) for db in archives]
        weight = idf(whole.rows, sum(numbers))
        for place, db in enumerate(archives):
            own, length = idf(sizes[place].rows, numbers[place]), lengths[place]
            for row, rank in db.execute(SCORED, [phrase, json.dumps(ids[place])]):
                found = frequency(-rank / own, length[row], sizes[place].mean)
                sums[place][row] = sums[place].get(row, 0.0) + weight * saturation(found, length[row], whole.mean)
    return [{row: -score for row, score in each.items()} for each in sums]


def idf(rows: int, matched: int) -> float:
    """Return how much a phrase says that `matched` of the rows have."""
    found = math.log((rows - matched + 0.5) / (matched + 0.5))
    return found if found > 0 else LEAST_IDF


def saturation(frequency: float, length: int, mean: float) -> float:
    """Return what a phrase with that weighted frequency in a row of that length adds, before its idf."""
    return (frequency * (K1 + 1.0)) / (frequency + K1 * (1 - B + B * length / mean))


def frequency(saturated: float, length: int, mean: float) -> int:
    """Return the weighted frequency from which `saturation` comes; the weights of columns are whole numbers."""
    return round(saturated * K1 * (1 - B + B * length / mean) / (K1 + 1.0 - saturated))


def _size(db: Reader) -> Size:
    row = db.execute("select block from articles_fts_data where id = ?", [AVERAGES]).fetchone()
    rows, *columns = _integers(row[0]) if row and row[0] else [0]
    return Size(rows, sum(columns))


def _lengths(db: Reader, ids: Iterable[int]) -> Mapping[int, int]:
    sql = "select id, sz from articles_fts_docsize where id in (select value from json_each(?))"
    return {row: sum(_integers(sizes)) for row, sizes in db.execute(sql, [json.dumps(list(ids))])}


def _integers(packed: bytes) -> list[int]:
    """Return the integers of a record of SQLite's variable-length integers, each below 2 ** 56."""
    found, value = [], 0
    for byte in packed:
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            found.append(value)
            value = 0
    return found
