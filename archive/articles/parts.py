"""Write the references, citations, images, removals and evidence of an article as a difference to what is stored.

A part that stays the same keeps its row and its id, so that notes and joins on the id hold. Rows that do not differ
are not written.
"""

from collections import defaultdict, deque
from collections.abc import Callable, Hashable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any

from sqlite_utils import Database

from archive.article import Article, Reference
from archive.storage.row_mapping import ORDERED, PARTS, columns, load_parts
from archive.storage.sql import compose, insert_statement, placeholders
from archive.works.documents import is_of_page
from archive.works.matching import keys_of, printed_text
from archive.works.writer import has_same_facts, keys_by_reference, match_works, set_reference_keys, signatures_of

CONTEXT = 20  # characters on each side of a marker, by which the same citation is found in a changed text

Parts = Sequence[Any]
Key = Callable[[Any, Article], Hashable]


def save_parts(db: Database, article_id: int, old: Article | None, new: Article) -> None:
    """Bring the stored parts of an article from `old` to `new`, and its works with them.

    `old` is the article as it is stored, None for a new one. The caller holds a transaction.
    """
    if old is None:
        _insert_parts(db, article_id, new)
        return
    matches = {field: match_parts(field, old, new) for field in PARTS}
    before = _reference_ids(db, article_id)
    current = keys_by_reference(db, article_id)  # those of an earlier program may differ from what keys_of returns
    stale = set(before) - {
        before[was]
        for now, was in matches["references"].items()
        if has_same_facts(old.references[was], new.references[now])
        and current.get(before[was], ()) == _keys(new.references[now], new)
    }
    touched = signatures_of(db, stale)
    for field, (table, _) in PARTS.items():
        ids = _part_ids(db, field, article_id, getattr(old, field))
        _write(db, table, article_id, ids, getattr(old, field), getattr(new, field), matches[field])
    after = dict(zip(_reference_ids(db, article_id), new.references, strict=True))
    fresh = {row_id: reference for row_id, reference in after.items() if row_id in stale or row_id not in before}
    if fresh or touched:
        _match(db, fresh, new, touched)


def _insert_parts(db: Database, article_id: int, article: Article) -> None:
    for field, (table, _) in PARTS.items():
        _insert(db, table, [_row(table, article_id, *numbered) for numbered in enumerate(getattr(article, field))])
    if article.references:
        restore_works(db, article_id, article)


def restore_works(db: Database, article_id: int, article: Article) -> None:
    """Match all references of a stored article to works. The caller holds a transaction."""
    ids = _reference_ids(db, article_id)
    _match(db, dict(zip(ids, article.references, strict=True)), article, set())


def _match(db: Database, references: Mapping[int, Reference], article: Article, touched: AbstractSet[int]) -> None:
    """Store the keys of the references, and match them and the `touched` signatures to works."""
    own = {row_id for row_id, reference in references.items() if is_of_page(reference, article)}
    set_reference_keys(db, references, without=own)
    match_works(db, touched | signatures_of(db, references), references)


def match_parts(field: str, old: Article, new: Article) -> dict[int, int]:
    """Match the parts in `field` of two versions of an article: index in `new` -> index in `old`.

    Equal parts are matched first, then those that differ less and less in what identifies them. Equal candidates are
    matched in their order, and every part at most once.
    """
    matches: dict[int, int] = {}
    for key in KEYS[field]:
        candidates: defaultdict[Hashable, deque[int]] = defaultdict(deque)
        taken = set(matches.values())
        for index, part in enumerate(getattr(old, field)):
            if index not in taken:
                candidates[key(part, old)].append(index)
        for index, part in enumerate(getattr(new, field)):
            value = key(part, new)
            if index not in matches and value and candidates[value]:
                matches[index] = candidates[value].popleft()
    return matches


def _write(
    db: Database, table: str, article_id: int, ids: Sequence[int], old: Parts, new: Parts, matches: Mapping[int, int]
) -> None:
    removed = set(range(len(old))).difference(matches.values())
    delete = compose("delete from {table} where id = ?", table=table)
    db.conn.executemany(delete, [(ids[index],) for index in sorted(removed)])
    ordered = table in ORDERED
    if ordered:  # positions are unique in an article: free those that are taken over by other rows
        moved = [(ids[was],) for now, was in matches.items() if now != was]
        free = compose("update {table} set position = -1 - position where id = ?", table=table)
        db.conn.executemany(free, moved)
    rows = [_row(table, article_id, position, part) for position, part in enumerate(new)]
    changed = [now for now, was in matches.items() if old[was] != new[now] or (ordered and now != was)]
    if changed:
        names = tuple(rows[0])
        update = compose(
            "update {table} set ({columns}) = ({values}) where id = ?",
            table=table,
            columns=names,
            values=placeholders(len(names)),
        )
        db.conn.executemany(update, [(*rows[now].values(), ids[matches[now]]) for now in changed])
    _insert(db, table, [row for index, row in enumerate(rows) if index not in matches])


def _row(table: str, article_id: int, position: int, part: Any) -> dict[str, Any]:
    return columns(part) | {"article_id": article_id} | ({"position": position} if table in ORDERED else {})


def _insert(db: Database, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        db.conn.executemany(insert_statement(table, tuple(rows[0])), [tuple(row.values()) for row in rows])


def _keys(reference: Reference, article: Article) -> tuple[str, ...]:
    return () if is_of_page(reference, article) else keys_of(reference)


def _reference_ids(db: Database, article_id: int) -> list[int]:
    sql = "select id from bibliography where article_id = ? order by position"
    return [row_id for (row_id,) in db.execute(sql, [article_id]).fetchall()]


def _part_ids(db: Database, field: str, article_id: int, parts: Parts) -> list[int]:
    """Return the ids of the rows of the stored parts, one for each."""
    rows: defaultdict[Any, deque[int]] = defaultdict(deque)
    for row_id, part in load_parts(db, *PARTS[field], article_id):
        rows[part].append(row_id)
    return [rows[part].popleft() for part in parts]


def _itself(part: Any, _: Article) -> Hashable:
    return part  # type: ignore[no-any-return]


def _printed(reference: Any, _: Article) -> Hashable:
    """Return the kind and the printed text of a reference without its label, which changes with its position."""
    text = printed_text(reference)
    return (reference.kind, text) if text else None


def _work(reference: Any, _: Article) -> Hashable:
    keys = keys_of(reference)
    return (reference.kind, *keys) if keys else None


def _context(citation: Any, article: Article) -> Hashable:
    """Return the marker with the text around it in its paragraph, which stays when other text comes and goes."""
    before = article.text[max(citation.start - CONTEXT, 0) : citation.start].rpartition("\n")[2]
    after = article.text[citation.end : citation.end + CONTEXT].partition("\n")[0]
    return before, citation.marker, after


# What makes two parts the same one, strongest first.
KEYS: dict[str, tuple[Key, ...]] = {
    "references": (_itself, lambda part, _: (part.kind, part.raw), _printed, _work),
    "citations": (_context, _itself, lambda part, _: part.marker),
    "images": (_itself, lambda part, _: part.url),
    "removals": (_itself, lambda part, _: part.text),
    "evidence": (_itself, lambda part, _: (part.field, part.value), lambda part, _: part.field),
}
