"""The distinct texts of the archive's articles, sketched, and paired with those that are copies of one article.

What is paired with what does not depend on the order of arrival, unless more than MOST_JUDGED texts resemble one
another or more than MOST_IN_BAND share a band: a template that fills a site, not a story that was copied.
"""

import json
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlite_utils import Database

from archive.duplicates.minhash import Sketch, algorithm, containment, estimate, pack, sketch, unpack
from archive.duplicates.similarity import are_copies, read, resemblance
from archive.text.shingles import digest, units

FEWEST = 50  # units: of a shorter text only the exact copy is told, and only under the same title
LONGEST = 20_000  # units that are compared, some 60 printed pages: what bounds the work on one text
MOST_IN_BAND = 32  # texts taken from a band, newest first: copies come within days
MOST_LIKELY = 64  # texts whose sketches are compared
MOST_JUDGED = 8  # texts that are read
LIKELY = 0.2  # containment that a sketch must let expect, for the text to be read

SKETCHED = """
select id, units, sketch from distinct_texts
where sketching_id = ? and id in (select value from json_each(?))
and exists (select 1 from article_texts where text_id = distinct_texts.id) order by id desc
"""

KNOWN = """
select id, sketching_id, exists (select 1 from article_texts where text_id = distinct_texts.id)
from distinct_texts where digest = ?
"""

SKETCHES = """
select article_id, text_id, sketching_id, sketch from article_texts join distinct_texts on id = text_id
where article_id in (select value from json_each(?))
"""

TEXT = """
select text from articles where id = (select min(article_id) from article_texts where text_id = ?)
"""


@dataclass(frozen=True, slots=True)
class Content:
    """What an article's text is known by. `sketching`: the number of today's algorithm, None for a short text."""

    units: list[str]
    digest: int
    sketching: int | None


def content(db: Database, title: str, text: str) -> Content:
    """Reads a text; that of a short one is known together with its title."""
    found = units(text)
    if len(found) < FEWEST:
        return Content(found, digest([*units(title), *found]), None)
    db.conn.execute("insert into sketchings (algorithm) values (?) on conflict do nothing", [algorithm()])
    (sketching,) = db.execute("select id from sketchings where algorithm = ?", [algorithm()]).fetchone()
    return Content(found, digest(found), sketching)


def put(db: Database, content: Content) -> int:
    """The id of that text. A new one is sketched and paired; so is one that another algorithm sketched, or
    whose articles another program deleted."""
    row = db.execute(KNOWN, [content.digest]).fetchone()
    if row and row[1:] == (content.sketching, 1):
        return int(row[0])
    if row is None:
        sql = "insert into distinct_texts (digest, units) values (?, ?)"
        row = [db.conn.execute(sql, [content.digest, len(content.units)]).lastrowid]
    if content.sketching is not None:
        _sketch(db, int(row[0]), content)
    return int(row[0])


def paired(db: Database, text_id: int) -> list[int]:
    """The texts that are copies of that one."""
    return [row[0] for row in db.execute("select copy_id from text_pairs where text_id = ?", [text_id]).fetchall()]


def drop(db: Database, text_id: int) -> None:
    """Removes a text that no article has any more."""
    _drop_bands(db, text_id)
    both = [(text_id, copy_id) for copy_id in paired(db, text_id)]
    db.conn.executemany("delete from text_pairs where (text_id, copy_id) in (values (?1, ?2), (?2, ?1))", both)
    db.conn.execute("delete from distinct_texts where id = ?", [text_id])


def similarities(db: Database, article_id: int, others: Collection[int]) -> dict[int, float]:
    """The Jaccard resemblance, 0 to 1, of an article's text to that of each other one: by their sketches; by the texts
    themselves where one was sketched by another algorithm."""
    rows = db.execute(SKETCHES, [json.dumps([article_id, *others])]).fetchall()
    sketches = {article: (text_id, sketching, values) for article, text_id, sketching, values in rows}
    mine, sketching, values = sketches[article_id]
    found = {}
    for other in others:
        text_id, others_sketching, others_values = sketches[other]
        if text_id == mine:
            found[other] = 1.0
        elif others_sketching == sketching:
            found[other] = estimate(values, others_values)
        else:
            found[other] = resemblance(read(_units(db, mine)), read(_units(db, text_id)))
    return found


def _sketch(db: Database, text_id: int, content: Content) -> None:
    made = sketch(content.units[:LONGEST])
    likely = _likely(db, made, content)
    _drop_bands(db, text_id)
    db.conn.execute(
        "update distinct_texts set sketching_id = ?, bands = ?, sketch = ? where id = ?",
        [content.sketching, pack(made.bands), made.values, text_id],
    )
    bands = [(band, text_id) for band in made.bands]
    db.conn.executemany("insert into text_bands (band, text_id) values (?, ?)", bands)
    pairs = [(text_id, copy_id) for copy_id in _copies(db, content, likely) if copy_id != text_id]
    db.conn.executemany("insert into text_pairs values (?1, ?2), (?2, ?1) on conflict do nothing", pairs)


def _likely(db: Database, made: Sketch, content: Content) -> list[int]:
    """Texts that may be copies, the likeliest first."""
    weights: Counter[int] = Counter()
    for band in made.bands:
        sql = "select text_id from text_bands where band = ? order by text_id desc limit ?"
        found = db.execute(sql, [band, MOST_IN_BAND]).fetchall()
        weights.update({text_id: 1 / len(found) for (text_id,) in found})  # a rare band says more than a common one
    chosen = json.dumps([text_id for text_id, _ in weights.most_common(MOST_LIKELY)])
    shares = {
        text_id: containment(estimate(made.values, values), len(content.units), length)
        for text_id, length, values in db.execute(SKETCHED, [content.sketching, chosen]).fetchall()
    }
    ranked = sorted(shares, key=lambda text_id: -shares[text_id])
    return [text_id for text_id in ranked[:MOST_JUDGED] if shares[text_id] >= LIKELY]


def _copies(db: Database, content: Content, likely: Sequence[int]) -> list[int]:
    """Those of the texts that are copies."""
    if not likely:
        return []  # as for most articles: spares the reading
    reading = read(content.units[:LONGEST])
    return [text_id for text_id in likely if are_copies(reading, read(_units(db, text_id)))]


def _drop_bands(db: Database, text_id: int) -> None:
    (bands,) = db.execute("select bands from distinct_texts where id = ?", [text_id]).fetchone()
    rows = [(band, text_id) for band in unpack(bands or b"")]
    db.conn.executemany("delete from text_bands where band = ? and text_id = ?", rows)


def _units(db: Database, text_id: int) -> list[str]:
    (text,) = db.execute(TEXT, [text_id]).fetchone()
    return units(text)[:LONGEST]
