"""Keep works, the publications that references point to, in step with the references.

matching.py decides which references belong together. References with the same keys share a row of `signatures`, so
that an article which cites what a thousand others cite costs no more than the first: only the signatures are read that
share a key, directly or through others, with those of the article. Every function runs in the caller's transaction.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database

from archive.article import Reference
from archive.references.identifiers import KINDS
from archive.storage.sql import compose, placeholders
from archive.works.matching import Keys, keys_of, match_keys, usable_facts
from archive.works.titles import usable_container, usable_title

FACTS = ("title", "container_title", "year", "doi", "pmid", "pmcid")  # columns of works: what most references print
PRINTED = tuple(dict.fromkeys((*FACTS, *KINDS)))  # columns of bibliography that a work is described by

CONNECTED = """
with recursive reached(id) as (
  select value from json_each(?)
  union
  select other.signature_id from reached
    join signature_keys mine on mine.signature_id = reached.id
    join signature_keys other on other.key = mine.key
)
select id, keys, work_id, (select count(*) from reference_signatures where signature_id = s.id)
from signatures s where id in (select id from reached) order by id
"""

ADD_LOOKED_UP = """
insert into work_identifiers (work_id, kind, value, origin)
select r.work_id, r.field, r.value, min(r.service) from work_resolved r
where r.work_id = ? and r.field in ('doi', 'pmid', 'pmcid')
  and not exists (select 1 from work_identifiers i where i.work_id = r.work_id and i.kind = r.field)
group by 1, 2, 3
"""

UPDATE_FACTS = compose(
    "update works set ({columns}) = ({values}) where id = ? and ({columns}) is not ({values})",
    columns=FACTS,
    values=placeholders(len(FACTS)),
)
COUNT_PRINTS = compose(
    "select {columns}, count(*) from bibliography where work_id = ? group by {columns}", columns=PRINTED
)


@dataclass(frozen=True, slots=True)
class _Signature:
    """Keys that `number` references share, and the work that they belonged to before."""

    id: int
    keys: Keys
    work_id: int | None
    number: int


def signatures_of(db: Database, reference_ids: Iterable[int]) -> set[int]:
    """Return the ids of the signatures of those references. References without keys have none."""
    sql = "select signature_id from reference_signatures where reference_id in (select value from json_each(?))"
    return {signature_id for (signature_id,) in db.execute(sql, [json.dumps(list(reference_ids))]).fetchall()}


def keys_by_reference(db: Database, article_id: int) -> dict[int, Keys]:
    """Return the stored keys of the article's references, by the id of their row."""
    sql = (
        "select r.reference_id, s.keys from bibliography b join reference_signatures r on r.reference_id = b.id "
        "join signatures s on s.id = r.signature_id where b.article_id = ?"
    )
    return {row_id: tuple(json.loads(keys)) for row_id, keys in db.execute(sql, [article_id]).fetchall()}


def has_same_facts(old: Reference, new: Reference) -> bool:
    """Whether two prints of a reference say the same of its work."""
    return keys_of(old) == keys_of(new) and all(getattr(old, name) == getattr(new, name) for name in PRINTED)


def set_reference_keys(
    db: Database, references: Mapping[int, Reference], *, without: Collection[int] = frozenset()
) -> None:
    """Store the keys of references, by the id of their row, in place of those that they had.

    References with an id in `without` get none, whatever they print.
    """
    db.conn.executemany("delete from reference_signatures where reference_id = ?", [(row_id,) for row_id in references])
    keyed = _keyed({row_id: reference for row_id, reference in references.items() if row_id not in without})
    signed = [(row_id, json.dumps(keys, ensure_ascii=False)) for row_id, keys in keyed]
    printed = [(keys,) for _, keys in signed]
    db.conn.executemany("insert into signatures (keys) values (?) on conflict do nothing", printed)
    db.conn.executemany(
        "insert into signature_keys (signature_id, key) select s.id, k.value from signatures s, json_each(s.keys) k "
        "where s.keys = ? on conflict do nothing",
        printed,
    )
    db.conn.executemany(
        "insert into reference_signatures (reference_id, signature_id) select ?, id from signatures where keys = ?",
        signed,
    )


def match_works(db: Database, touched: Collection[int], reference_ids: Collection[int] = ()) -> None:
    """Match the touched signatures, and all that are connected with them, to works again.

    `touched` are the ids of the signatures whose references came, went or changed, `reference_ids` the references that
    came or changed. A work keeps its id as long as most of its references stay together. Works without references are
    deleted.
    """
    rows = db.execute(CONNECTED, [json.dumps(sorted(touched))]).fetchall()
    connected = [_Signature(row[0], tuple(json.loads(row[1])), row[2], row[3]) for row in rows]
    members = _members(signature for signature in connected if signature.number)
    before = {signature.work_id for signature in connected if signature.work_id}
    ids = _work_ids(db, members, before)
    changed: set[int] = set()
    for key, signatures in members.items():
        for signature in signatures:
            if signature.work_id != ids[key]:
                _move(db, signature.id, ids[key])
                changed.update(filter(None, (ids[key], signature.work_id)))
            elif signature.id in touched:
                changed.add(ids[key])
    changed.update(signature.work_id for signature in connected if signature.work_id and not signature.number)
    unused = [(signature.id,) for signature in connected if not signature.number]
    db.conn.executemany("delete from signatures where id = ?", unused)
    db.conn.executemany("delete from works where id = ?", [(work_id,) for work_id in before.difference(ids.values())])
    _set_works(db, reference_ids)
    update_facts(db, changed.intersection(ids.values()))


def drop_unusable_titles(db: Database) -> int:
    """Update the works that an earlier program gave a title that names no work; return their number.

    The caller holds a transaction.
    """
    rows = db.execute("select id, title, container_title from works").fetchall()
    wrong = [
        work_id
        for work_id, title, container_title in rows
        if (usable_title(title, container_title), usable_container(container_title)) != (title, container_title)
    ]
    update_facts(db, wrong)
    return len(wrong)


def most_frequent(values: Iterable[Any]) -> Any:
    """Return the most frequent value, of equally frequent ones the shortest, then the first in order of characters.

    Empty values do not count; None when there are no others.
    """
    return _most_frequent((value, 1) for value in values)


def _most_frequent(counted: Iterable[tuple[Any, int]]) -> Any:
    counts: defaultdict[Any, int] = defaultdict(int)
    for value, number in counted:
        if value not in (None, "", ()):
            counts[value] += number
    return min(counts, key=lambda value: (-counts[value], len(str(value)), str(value)), default=None)


def _keyed(references: Mapping[int, Reference]) -> Iterator[tuple[int, Keys]]:
    return ((row_id, keys) for row_id, reference in references.items() if (keys := keys_of(reference)))


def _members(signatures: Iterable[_Signature]) -> dict[str, list[_Signature]]:
    """Return the signatures of each work, by the key of the work."""
    by_keys = {signature.keys: signature for signature in signatures}
    members: defaultdict[str, list[_Signature]] = defaultdict(list)
    for keys, key in match_keys({keys: signature.number for keys, signature in by_keys.items()}).items():
        members[key].append(by_keys[keys])
    return dict(members)


def _work_ids(db: Database, members: Mapping[str, Sequence[_Signature]], before: Collection[int]) -> dict[str, int]:
    """Return the id of each work by its key, and store the keys that changed.

    A work takes over the id that most of its references had; a work whose references had none, or lost theirs to a work
    with more of them, is inserted.
    """
    claims: defaultdict[tuple[int, str], int] = defaultdict(int)
    for key, signatures in members.items():
        for signature in signatures:
            if signature.work_id:
                claims[signature.work_id, key] += signature.number
    ids: dict[str, int] = {}
    taken: set[int] = set()
    for _, work_id, key in sorted((-number, work_id, key) for (work_id, key), number in claims.items()):
        if key not in ids and work_id not in taken:
            ids[key] = work_id
            taken.add(work_id)
    kept = {work_id: key for key, work_id in ids.items()}
    sql = "select id, key from works where id in (select value from json_each(?))"
    stored = db.execute(sql, [json.dumps(list(before))]).fetchall()
    renamed = [work_id for work_id, key in stored if kept.get(work_id) != key]
    # Two works may exchange their keys, which are unique: all that change are freed first.
    db.conn.executemany("update works set key = 'moving:' || id where id = ?", [(work_id,) for work_id in renamed])
    sql = "update works set key = ? where id = ?"
    db.conn.executemany(sql, [(kept[work_id], work_id) for work_id in renamed if work_id in kept])
    for key in sorted(members.keys() - ids.keys()):
        ids[key] = int(db.conn.execute("insert into works (key) values (?)", [key]).lastrowid or 0)
    return ids


def _move(db: Database, signature_id: int, work_id: int) -> None:
    db.conn.execute("update signatures set work_id = ? where id = ?", [work_id, signature_id])
    db.conn.execute(
        "update bibliography set work_id = ?1 where work_id is not ?1 and id in "
        "(select reference_id from reference_signatures where signature_id = ?2)",
        [work_id, signature_id],
    )


def _set_works(db: Database, reference_ids: Collection[int]) -> None:
    """Point each of the references to the work of its signature, or to none where it has no keys."""
    db.conn.executemany(
        "update bibliography as b set work_id = new.work_id from (select ?1 as id, (select work_id "
        "from reference_signatures join signatures s on s.id = signature_id where reference_id = ?1) as work_id) new "
        "where b.id = new.id and b.work_id is not new.work_id",
        [(reference_id,) for reference_id in reference_ids],
    )


def update_facts(db: Database, work_ids: Collection[int]) -> None:
    """Store what most references print of each work, and all identifiers that they print or a look-up found."""
    for work_id in work_ids:
        *values, numbers = zip(*db.execute(COUNT_PRINTS, [work_id]).fetchall(), strict=True)
        printed = usable_facts(dict(zip(PRINTED, values, strict=True)))
        facts = [_most_frequent(zip(printed[name], numbers, strict=True)) for name in FACTS]
        db.conn.execute(UPDATE_FACTS, [*facts, work_id, *facts])
        _set_identifiers(db, work_id, {(kind, value) for kind in KINDS for value in set(printed[kind]) - {None}})


def _set_identifiers(db: Database, work_id: int, printed: AbstractSet[tuple[str, str]]) -> None:
    sql = "select kind, value from work_identifiers where work_id = ? and origin = 'printed'"
    stored = set(db.execute(sql, [work_id]).fetchall())
    db.conn.execute("delete from work_identifiers where work_id = ? and origin <> 'printed'", [work_id])
    sql = "delete from work_identifiers where work_id = ? and kind = ? and value = ?"
    db.conn.executemany(sql, [(work_id, *identifier) for identifier in stored - printed])
    db.conn.executemany(
        "insert into work_identifiers (work_id, kind, value, origin) values (?, ?, ?, 'printed')",
        [(work_id, *identifier) for identifier in sorted(printed - stored)],
    )
    while db.conn.execute(ADD_LOOKED_UP, [work_id]).rowcount > 0:  # what one service found leads to another's answer
        pass
