"""Store the distinct texts of articles with their MinHash signatures, and pair each text with its near-duplicates.

The pairs do not depend on the order in which texts arrive, unless more than MOST_COMPARED texts resemble one another or
more than MOST_IN_BAND share a band. That happens with a template that fills a site, not with a copied article.
"""

import json
from collections import Counter
from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

from sqlite_utils import Database

from archive.duplicates.similarity import are_near_duplicates, prepare, resemblance
from archive.extraction.text_keys import TextKeys
from archive.text.minhash import (
    LONGEST,
    SHORTEST,
    Signature,
    algorithm,
    containment,
    estimate,
    pack,
    signature,
    unpack,
)
from archive.text.shingles import digest, units

Key = TypeVar("Key", bound=Hashable)

MOST_IN_BAND = 32  # texts taken from a band, newest first: copies appear within days
MOST_ESTIMATED = 64  # texts whose signatures are compared
MOST_COMPARED = 8  # texts that are themselves compared
MIN_CONTAINMENT = 0.2  # estimated by signatures, from which on the texts are compared

CANDIDATES = """
select id, units, sketch from distinct_texts
where sketching_id = ? and id in (select value from json_each(?))
and exists (select 1 from article_texts where text_id = distinct_texts.id) order by id desc
"""

KNOWN = """
select id, sketching_id, exists (select 1 from article_texts where text_id = distinct_texts.id)
from distinct_texts where digest = ?
"""

SIGNATURES = """
select article_id, text_id, sketching_id, sketch from article_texts join distinct_texts on id = text_id
where article_id in (select value from json_each(?))
"""

TEXT = """
select text from articles where id = (select min(article_id) from article_texts where text_id = ?)
"""


@dataclass(frozen=True, slots=True)
class Content:
    """The text of an article with its length in units and its digest.

    `algorithm_id`: the signature algorithm, None for a short text. `units` are None where nobody has needed them yet,
    `signature` where it was not made yet.
    """

    text: str
    length: int
    digest: int
    algorithm_id: int | None
    units: list[str] | None = None
    signature: Signature | None = None

    def compared(self) -> list[str]:
        """Return the units that are compared with other texts."""
        return (units(self.text) if self.units is None else self.units)[:LONGEST]


class Known(NamedTuple):
    """What another archive has of a text: see the table `distinct_texts`. `algorithm` is None for a short text."""

    digest: int
    length: int
    algorithm: str | None
    bands: bytes | None
    values: bytes | None


def known_content(db: Database, text: str, known: Known) -> Content | None:
    """Return the content of an article by what another archive has of its text; None if that does not fit here."""
    if known.algorithm is None:
        return Content(text, known.length, known.digest, None)
    if known.algorithm != algorithm() or known.bands is None or known.values is None:
        return None
    made = Signature(unpack(known.bands), known.values)
    return Content(text, known.length, known.digest, _algorithm_id(db), signature=made)


def content(db: Database, title: str, text: str) -> Content:
    """Return the content of an article; the digest of a short text includes its title."""
    found = units(text)
    if len(found) < SHORTEST:
        return Content(text, len(found), digest([*units(title), *found]), None, found)
    return Content(text, len(found), digest(found), _algorithm_id(db), found)


def keyed_content(db: Database, text: str, keys: TextKeys) -> Content:
    """Return the content of an article by the keys of its text, as `content` does by the text."""
    algorithm_id = None if keys.signature is None else _algorithm_id(db)
    return Content(text, keys.length, keys.digest, algorithm_id, signature=keys.signature)


def _algorithm_id(db: Database) -> int:
    sql, values = "select id from sketchings where algorithm = ?", [algorithm()]
    row = db.execute(sql, values).fetchone()
    if row is None:
        db.conn.execute("insert into sketchings (algorithm) values (?)", values)
        row = db.execute(sql, values).fetchone()
    return int(row[0])


def store_text(db: Database, content: Content) -> int:
    """Return the id of the text, which is stored and paired if it is new.

    It is also paired again if its signature is of another algorithm or its articles were deleted by another program.
    """
    row = db.execute(KNOWN, [content.digest]).fetchone()
    if row and row[1:] == (content.algorithm_id, 1):
        return int(row[0])
    if row is None:
        sql = "insert into distinct_texts (digest, units) values (?, ?)"
        row = [db.conn.execute(sql, [content.digest, content.length]).lastrowid]
    if content.algorithm_id is not None:
        _pair(db, int(row[0]), content)
    return int(row[0])


def near_duplicates(db: Database, text_id: int) -> list[int]:
    """Return the texts that are near-duplicates of a text."""
    return [row[0] for row in db.execute("select copy_id from text_pairs where text_id = ?", [text_id]).fetchall()]


def delete_text(db: Database, text_id: int) -> None:
    """Delete a text that no article has any more."""
    _drop_bands(db, text_id)
    both = [(text_id, copy_id) for copy_id in near_duplicates(db, text_id)]
    db.conn.executemany("delete from text_pairs where (text_id, copy_id) in (values (?1, ?2), (?2, ?1))", both)
    db.conn.execute("delete from distinct_texts where id = ?", [text_id])


def similarities(db: Database, article_id: int, others: Collection[int]) -> dict[int, float]:
    """Return the Jaccard resemblance, 0 to 1, of an article's text to the text of each other article.

    It is estimated from the signatures, and computed from the texts where a signature is of another algorithm.
    """
    rows = db.execute(SIGNATURES, [json.dumps([article_id, *others])]).fetchall()
    signatures = {article: (text_id, algorithm_id, values) for article, text_id, algorithm_id, values in rows}
    mine, own_algorithm, values = signatures[article_id]
    found = {}
    for other in others:
        text_id, other_algorithm, others_values = signatures[other]
        if text_id == mine:
            found[other] = 1.0
        elif other_algorithm == own_algorithm:
            found[other] = estimate(values, others_values)
        else:
            found[other] = resemblance(prepare(_units(db, mine)), prepare(_units(db, text_id)))
    return found


def _pair(db: Database, text_id: int, content: Content) -> None:
    """Store the signature of a text and its pairs."""
    made = content.signature or signature(content.compared())
    candidates = _candidates(db, made, content)
    _drop_bands(db, text_id)
    db.conn.execute(
        "update distinct_texts set sketching_id = ?, bands = ?, sketch = ? where id = ?",
        [content.algorithm_id, pack(made.bands), made.values, text_id],
    )
    bands = [(band, text_id) for band in made.bands]
    db.conn.executemany("insert into text_bands (band, text_id) values (?, ?)", bands)
    pairs = [(text_id, copy_id) for copy_id in _confirmed(db, content, candidates) if copy_id != text_id]
    db.conn.executemany("insert into text_pairs values (?1, ?2), (?2, ?1) on conflict do nothing", pairs)


def _candidates(db: Database, made: Signature, content: Content) -> list[int]:
    """Return texts that may be near-duplicates, the most similar first."""
    weights: Counter[int] = Counter()
    for band in made.bands:
        sql = "select text_id from text_bands where band = ? order by text_id desc limit ?"
        found = db.execute(sql, [band, MOST_IN_BAND]).fetchall()
        # A rare band is stronger evidence than a common one.
        weights.update({text_id: 1 / len(found) for (text_id,) in found})
    chosen = json.dumps([text_id for text_id, _ in weights.most_common(MOST_ESTIMATED)])
    shares = {
        text_id: containment(estimate(made.values, values), content.length, length)
        for text_id, length, values in db.execute(CANDIDATES, [content.algorithm_id, chosen]).fetchall()
    }
    return to_compare(shares)


def to_compare(shares: Mapping[Key, float]) -> list[Key]:
    """Return those that may be near-duplicates by their estimated containment, the most similar first."""
    ranked = sorted(shares, key=lambda key: -shares[key])
    return [key for key in ranked[:MOST_COMPARED] if shares[key] >= MIN_CONTAINMENT]


def _confirmed(db: Database, content: Content, candidates: Sequence[int]) -> list[int]:
    """Return those of the candidates that are near-duplicates."""
    if not candidates:
        return []  # as for most articles: nothing has to be prepared
    prepared = prepare(content.compared())
    return [text_id for text_id in candidates if are_near_duplicates(prepared, prepare(_units(db, text_id)))]


def _drop_bands(db: Database, text_id: int) -> None:
    (bands,) = db.execute("select bands from distinct_texts where id = ?", [text_id]).fetchone()
    rows = [(band, text_id) for band in unpack(bands or b"")]
    db.conn.executemany("delete from text_bands where band = ? and text_id = ?", rows)


def _units(db: Database, text_id: int) -> list[str]:
    (text,) = db.execute(TEXT, [text_id]).fetchone()
    return units(text)[:LONGEST]
