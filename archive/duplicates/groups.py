"""Keeps the groups of copies in step with the articles, in the transaction that writes an article.

A group are the articles whose texts are the same or connected through pairs, see copies_texts.py.
"""

import json
from collections.abc import Collection, Iterator
from collections.abc import Set as AbstractSet

from sqlite_utils import Database

from archive.duplicates import candidates

DATED = """
select id from articles where id in (select value from json_each(?))
order by coalesce(published, first_seen), id limit 1
"""

MEMBERS = """
select article_id from copies where group_id = (select group_id from copies where article_id = ?)
"""

# Of the articles that share a text the first one answers for all: they are in one group.
SIDES = """
select side, group_id from (
  select (select min(article_id) from article_texts where text_id = t.value and article_id <> ?) as side
  from json_each(?) t
) left join copies on article_id = side where side is not null
"""


def regroup(db: Database, article_id: int) -> None:
    """Brings the article's group in step with its present text and date; needs a transaction."""
    title, text = db.execute("select title, text from articles where id = ?", [article_id]).fetchone()
    content = candidates.content(db, title, text)
    known = db.execute(
        "select digest, sketching_id from article_texts join distinct_texts on id = text_id where article_id = ?",
        [article_id],
    ).fetchone()
    if known == (content.digest, content.sketching):
        _put_in_order(db, article_id)
        return
    ungroup(db, article_id)
    text_id = candidates.put(db, content)
    db.conn.execute("insert into article_texts (article_id, text_id) values (?, ?)", [article_id, text_id])
    _join(db, article_id, [text_id, *candidates.paired(db, text_id)])


def ungroup(db: Database, article_id: int) -> None:
    """Takes the article out of its group, which may fall apart; needs a transaction. Unknown articles do no harm."""
    row = db.execute("select text_id from article_texts where article_id = ?", [article_id]).fetchone()
    if row is None:
        return
    left = _members(db, article_id) - {article_id}
    db.conn.execute("delete from copies where article_id = ?", [article_id])
    db.conn.execute("delete from article_texts where article_id = ?", [article_id])
    if db.execute("select 1 from article_texts where text_id = ? limit 1", row).fetchone() is None:
        sides = candidates.paired(db, row[0])
        candidates.drop(db, row[0])
        for part in _cut_off(db, sides):
            _write(db, part)
            left -= part
    _write(db, left)


def _join(db: Database, article_id: int, texts: Collection[int]) -> None:
    """Puts the article into one group with all that have those texts."""
    sides = db.execute(SIDES, [article_id, json.dumps(list(texts))]).fetchall()
    groups = {group_id for _, group_id in sides if group_id is not None}
    single = {article for article, group_id in sides if group_id is None}
    if len(groups) == 1 and not single and _first(db, {article_id, *groups}) in groups:
        _put(db, [article_id], *groups)  # into a group of any size at no more than the cost of a row
        return
    members = db.execute(
        "select article_id from copies where group_id in (select value from json_each(?))", [json.dumps(list(groups))]
    )
    _write(db, {article_id, *single, *(member for (member,) in members.fetchall())})


def _put_in_order(db: Database, article_id: int) -> None:
    """The date of the article may be another than before."""
    row = db.execute("select group_id from copies where article_id = ?", [article_id]).fetchone()
    if row and (row[0] == article_id or _first(db, {article_id, row[0]}) == article_id):
        _write(db, _members(db, article_id))


def _write(db: Database, articles: AbstractSet[int]) -> None:
    """Makes these articles one group, or none where it is a single one."""
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
    """The article that was published first."""
    return int(db.execute(DATED, [json.dumps(list(articles))]).fetchone()[0])


def _members(db: Database, article_id: int) -> set[int]:
    """All articles of the article's group; none where it has no copy."""
    return {member for (member,) in db.execute(MEMBERS, [article_id]).fetchall()}


def _cut_off(db: Database, texts: Collection[int]) -> Iterator[set[int]]:
    """The articles of every part that is connected with some of those texts, but not with the last of them."""
    left = set(texts)
    while len(left) > 1:
        reached = _reached(db, left.pop(), left)
        if left <= reached:
            return
        left -= reached
        sql = "select article_id from article_texts where text_id in (select value from json_each(?))"
        yield {article for (article,) in db.execute(sql, [json.dumps(list(reached))]).fetchall()}


def _reached(db: Database, start: int, wanted: AbstractSet[int]) -> set[int]:
    """The texts that are connected with `start`; not all of them once all that are wanted are among them."""
    reached, queue = {start}, [start]
    while queue and not wanted <= reached:
        fresh = set(candidates.paired(db, queue.pop(0))) - reached
        reached |= fresh
        queue += fresh
    return reached
