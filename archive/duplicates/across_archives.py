"""Near-duplicates among articles of several archives, by the texts' digests and signatures that each archive keeps."""

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from archive.duplicates.candidates import to_compare
from archive.duplicates.similarity import are_near_duplicates, prepare
from archive.storage.sql import Reader
from archive.text.minhash import LONGEST, containment, estimate, unpack
from archive.text.shingles import units

Key = tuple[int, int]  # the number of an archive, and the id of an article in it

TEXTS = """
select article_id, digest, units, algorithm, bands, sketch from article_texts join distinct_texts d on d.id = text_id
left join sketchings s on s.id = sketching_id where article_id in (select value from json_each(?))
"""


@dataclass(frozen=True, slots=True)
class _Text:
    key: Key
    length: int
    algorithm: str | None
    values: bytes


def pairs(archives: Sequence[Reader], keys: Sequence[Key]) -> Iterator[tuple[Key, Key]]:
    """Yield pairs of articles of different archives whose texts are the same or near-duplicates.

    Of a group not all pairs are yielded, but enough to connect it. A text is compared with the most similar ones only.
    """
    by_digest: dict[int, Key] = {}
    by_band: dict[tuple[str | None, int], list[_Text]] = defaultdict(list)
    for number, db in enumerate(archives):
        chosen = json.dumps([article for archive, article in keys if archive == number])
        for article, digest, length, algorithm, bands, values in db.execute(TEXTS, [chosen]).fetchall():
            key = (number, article)
            same = by_digest.setdefault(digest, key)
            if same != key:
                yield same, key
                continue
            if bands is None:
                continue
            text = _Text(key, length, algorithm, values)
            for other in _resembling(text, [one for band in unpack(bands) for one in by_band[algorithm, band]]):
                if _are_near(archives, text, other):
                    yield other.key, key
            for band in unpack(bands):
                by_band[algorithm, band].append(text)


def _resembling(text: _Text, others: Sequence[_Text]) -> list[_Text]:
    """Return the texts of other archives that may be near-duplicates by their signatures, the most similar first."""
    elsewhere = {other.key: other for other in others if other.key[0] != text.key[0]}
    shares = {
        key: containment(estimate(text.values, other.values), text.length, other.length)
        for key, other in elsewhere.items()
    }
    return [elsewhere[key] for key in to_compare(shares)]


def _are_near(archives: Sequence[Reader], one: _Text, other: _Text) -> bool:
    first, second = (prepare(_units(archives, text.key)) for text in (one, other))
    return are_near_duplicates(first, second)


def _units(archives: Sequence[Reader], key: Key) -> list[str]:
    number, article = key
    (text,) = archives[number].execute("select text from articles where id = ?", [article]).fetchone()
    return units(text)[:LONGEST]
