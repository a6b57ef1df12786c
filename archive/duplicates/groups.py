"""Maintain the groups of near-duplicate articles, in the transaction that writes an article.

A group consists of the articles whose texts are the same or connected through pairs; see candidates.py.
"""

import json
from collections.abc import Collection, Iterator
from collections.abc import Set as AbstractSet

from sqlite_utils import Database

from archive.duplicates import candidates
from archive.extraction.text_keys import TextKeys

DATED = """
select id from articles where id in (select value from json_each(?))
order by coalesce(published, first_seen), url limit 1
"""

MEMBERS = """
select article_id from copies where group_id = (select group_id from copies where article_id = ?)
"""

# The first other article with each of the texts, and its group: all that share a text are in one.
REPRESENTATIVES = """
select representative, group_id from (
  select (select min(article_id) from article_texts where text_id = t.value and article_id <> ?) as representative
  from json_each(?) t
) left join copies on article_id = representative where representative is not null
"""


def regroup(
    db: Database, article_id: int, there: candidates.Known | None = None, *, keys: TextKeys | None = None
) -> None:
    """Update the article's group for its current text and date. The caller holds a transaction.

    `there` is what another archive has of the text, `keys` are those of the text: either spares its signature.
    """
    title, text = db.execute("select title, text from articles where id = ?", [article_id]).fetchone()
    if keys:
        content = candidates.keyed_content(db, text, keys)
    else:
        content = (there and candidates.known_content(db, text, there)) or candidates.content(db, title, text)
    known = db.execute(
        "select digest, sketching_id from article_texts join distinct_texts on id = text_id where article_id = ?",
        [article_id],
    ).fetchone()
    if known == (content.digest, content.algorithm_id):
        _update_order(db, article_id)
        return
    ungroup(db, article_id)
    text_id = candidates.store_text(db, content)
    db.conn.execute("insert into article_texts (article_id, text_id) values (?, ?)", [article_id, text_id])
    _join(db, article_id, [text_id, *candidates.near_duplicates(db, text_id)])


def ungroup(db: Database, article_id: int) -> None:
    """Take the article out of its group, which may split. The caller holds a transaction; unknown ids are ignored."""
    row = db.execute("select text_id from article_texts where article_id = ?", [article_id]).fetchone()
    if row is None:
        return
    left = _members(db, article_id) - {article_id}
    db.conn.execute("delete from copies where article_id = ?", [article_id])
    db.conn.execute("delete from article_texts where article_id = ?", [article_id])
    if db.execute("select 1 from article_texts where text_id = ? limit 1", row).fetchone() is None:
        neighbours = candidates.near_duplicates(db, row[0])
        candidates.delete_text(db, row[0])
        for part in _split_off(db, neighbours):
            _write(db, part)
            left -= part
    _write(db, left)


def _join(db: Database, article_id: int, texts: Collection[int]) -> None:
    """Merge the article and all articles with those texts into one group."""
    found = db.execute(REPRESENTATIVES, [article_id, json.dumps(list(texts))]).fetchall()
    groups = {group_id for _, group_id in found if group_id is not None}
    single = {article for article, group_id in found if group_id is None}
    if len(groups) == 1 and not single and _first(db, {article_id, *groups}) in groups:
        _put(db, [article_id], *groups)  # costs one row, whatever the group's size
        return
    members = db.execute(
        "select article_id from copies where group_id in (select value from json_each(?))", [json.dumps(list(groups))]
    )
    _write(db, {article_id, *single, *(member for (member,) in members.fetchall())})


def _update_order(db: Database, article_id: int) -> None:
    """Update the group's first article after a change of the article's date."""
    row = db.execute("select group_id from copies where article_id = ?", [article_id]).fetchone()
    if row and (row[0] == article_id or _first(db, {article_id, row[0]}) == article_id):
        _write(db, _members(db, article_id))


def _write(db: Database, articles: AbstractSet[int]) -> None:
    """Store the articles as one group; a single article has none."""
    if len(articles) < 2:
        db.conn.executemany("delete from copies where article_id = ?", [(article,) for article in articles])
        return
    first = _first(db, articles)
    there = db.execute("select article_id from copies where group_id = ?", [first]).fetchall()
    _put(db, sorted(articles - {article for (article,) in there}), first)


def _put(db: Database, articles: Collection[int], first: int) -> None:
    found = candidates.similarities(db, first, articles)
    rows = [(article_id, first, similarity) for article_id, similarity in found.items()]
    db.conn.executemany("insert or replace into copies (article_id, group_id, similarity) values (?, ?, ?)", rows)


def _first(db: Database, articles: Collection[int]) -> int:
    """Return the article that was published first."""
    return int(db.execute(DATED, [json.dumps(list(articles))]).fetchone()[0])


def _members(db: Database, article_id: int) -> set[int]:
    """Return all articles of the article's group; empty if it has none."""
    return {member for (member,) in db.execute(MEMBERS, [article_id]).fetchall()}


def _split_off(db: Database, texts: Collection[int]) -> Iterator[set[int]]:
    """Yield the articles of each component connected to some of the texts, except that of the last text."""
    left = set(texts)
    while len(left) > 1:
        reached = _reached(db, left.pop(), left)
        if left <= reached:
            return
        left -= reached
        sql = "select article_id from article_texts where text_id in (select value from json_each(?))"
        yield {article for (article,) in db.execute(sql, [json.dumps(list(reached))]).fetchall()}


def _reached(db: Database, start: int, targets: AbstractSet[int]) -> set[int]:
    """Return texts connected with `start`, by breadth-first search that stops when it has all of `targets`."""
    reached, queue = {start}, [start]
    while queue and not targets <= reached:
        fresh = set(candidates.near_duplicates(db, queue.pop(0))) - reached
        reached |= fresh
        queue += fresh
    return reached
