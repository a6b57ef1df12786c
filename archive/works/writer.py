"""Works: the publications that references point to, kept in step with the references in the page's own transaction.

What belongs together is decided in merging.py. References that are known by the same keys share a *signature*, so that
a page which cites what a thousand others cite costs no more than the first: only the signatures are read that share a
key, directly or through others, with what the page touches.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database

from archive.article import Reference
from archive.references.identifiers import KINDS
from archive.works.matching import Keys, keys_of, works_of

FACTS = ("title", "container_title", "year", "doi", "pmid", "pmcid")  # columns of works, what most references print

REACHED = """
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

SUPPLY = """
insert into work_identifiers (work_id, kind, value, origin)
select r.work_id, r.field, r.value, min(r.service) from work_resolved r
where r.work_id = ? and r.field in ('doi', 'pmid', 'pmcid')
  and not exists (select 1 from work_identifiers i where i.work_id = r.work_id and i.kind = r.field)
group by 1, 2, 3
"""


@dataclass(frozen=True, slots=True)
class _Signature:
    """What `number` references are known by, and the work that they were put to before."""

    id: int
    keys: Keys
    work_id: int | None
    number: int


def signatures_of(db: Database, article_id: int) -> set[int]:
    """The signatures of the references that the article has now; to be asked before they are replaced."""
    rows = db.execute(
        "select signature_id from reference_signatures join bibliography on id = reference_id where article_id = ?",
        [article_id],
    )
    return {signature_id for (signature_id,) in rows.fetchall()}


def sign(db: Database, reference_id: int, reference: Reference) -> None:
    """Writes what the reference's work is known by, if enough is printed."""
    keys = keys_of(reference)
    if not keys:
        return
    known = json.dumps(keys, ensure_ascii=False)
    row = db.execute("select id from signatures where keys = ?", [known]).fetchone()
    if row is None:
        row = db.execute("insert into signatures (keys) values (?) returning id", [known]).fetchone()
        pairs = [(row[0], key) for key in keys]
        db.conn.executemany("insert into signature_keys (signature_id, key) values (?, ?)", pairs)
    db.conn.execute(
        "insert into reference_signatures (reference_id, signature_id) values (?, ?)", [reference_id, row[0]]
    )


def merge(db: Database, touched: Collection[int], article_id: int | None = None) -> None:
    """Decides anew what the touched signatures, and all that are connected with them, belong to; needs a transaction.

    `article_id` is the article whose references are new. A work keeps its id as long as most of its references stay
    together. Works without references go.
    """
    rows = db.execute(REACHED, [json.dumps(sorted(touched))]).fetchall()
    reached = [_Signature(row[0], tuple(json.loads(row[1])), row[2], row[3]) for row in rows]
    members = _members(signature for signature in reached if signature.number)
    before = {signature.work_id for signature in reached if signature.work_id}
    ids = _ids(db, members, before)
    changed: set[int] = set()
    for key, signatures in members.items():
        for signature in signatures:
            if signature.work_id != ids[key]:
                _move(db, signature.id, ids[key])
                changed.update(filter(None, (ids[key], signature.work_id)))
            elif signature.id in touched:
                changed.add(ids[key])
    changed.update(signature.work_id for signature in reached if signature.work_id and not signature.number)
    gone = [(signature.id,) for signature in reached if not signature.number]
    db.conn.executemany("delete from signatures where id = ?", gone)
    db.conn.executemany("delete from works where id = ?", [(work_id,) for work_id in before.difference(ids.values())])
    db.conn.execute(
        "update bibliography set work_id = (select work_id from reference_signatures join signatures s "
        "on s.id = signature_id where reference_id = bibliography.id) where article_id = ?",
        [article_id],
    )
    describe(db, changed.intersection(ids.values()))


def merge_all(db: Database) -> None:
    """Makes the works of all references anew; needs a transaction."""
    db.conn.execute("update bibliography set work_id = null")
    db.conn.execute("delete from signatures")
    db.conn.execute("delete from works")
    names = ("kind", "raw", "label", "title", "authors", "container_title", "year", "volume", "pages", *KINDS)
    rows = db.execute(f"select id, {', '.join(names)} from bibliography").fetchall()  # noqa: S608 fixed words
    for reference_id, *values in rows:
        fields = dict(zip(names, values, strict=True))
        sign(db, reference_id, Reference(**fields | {"authors": tuple(json.loads(fields["authors"]))}))
    merge(db, {signature_id for (signature_id,) in db.execute("select id from signatures").fetchall()})


def most_printed(values: Iterable[Any]) -> Any:
    """The value that most references print; of equally many the shortest, then the first by the alphabet; or None."""
    return _most_printed((value, 1) for value in values)


def _most_printed(counted: Iterable[tuple[Any, int]]) -> Any:
    counts: defaultdict[Any, int] = defaultdict(int)
    for value, number in counted:
        if value not in (None, "", ()):
            counts[value] += number
    return min(counts, key=lambda value: (-counts[value], len(str(value)), str(value)), default=None)


def _members(signatures: Iterable[_Signature]) -> dict[str, list[_Signature]]:
    """The works by key, with their signatures."""
    by_keys = {signature.keys: signature for signature in signatures}
    members: defaultdict[str, list[_Signature]] = defaultdict(list)
    for keys, key in works_of({keys: signature.number for keys, signature in by_keys.items()}).items():
        members[key].append(by_keys[keys])
    return dict(members)


def _ids(db: Database, members: Mapping[str, Sequence[_Signature]], before: Collection[int]) -> dict[str, int]:
    """The ids of works, by key: taken over from their references, or new. What two works could take over goes to the
    one with more of its references."""
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
    # Two works may exchange keys, which are unique: all let go of theirs first.
    db.conn.executemany("update works set key = 'moving:' || id where id = ?", [(work_id,) for work_id in before])
    db.conn.executemany("update works set key = ? where id = ?", list(ids.items()))
    for key in sorted(members.keys() - ids.keys()):
        ids[key] = int(db.conn.execute("insert into works (key) values (?)", [key]).lastrowid or 0)
    return ids


def _move(db: Database, signature_id: int, work_id: int) -> None:
    db.conn.execute("update signatures set work_id = ? where id = ?", [work_id, signature_id])
    db.conn.execute(
        "update bibliography set work_id = ? where id in "
        "(select reference_id from reference_signatures where signature_id = ?)",
        [work_id, signature_id],
    )


def describe(db: Database, work_ids: Collection[int]) -> None:
    """Writes what most references print of works, and all their identifiers; needs a transaction."""
    names = tuple(dict.fromkeys((*FACTS, *KINDS)))
    sql = f"select {', '.join(names)}, count(*) from bibliography where work_id = ? group by {', '.join(names)}"  # noqa: S608
    sets = ", ".join(f"{name} = ?" for name in FACTS)
    for work_id in work_ids:
        *columns, numbers = zip(*db.execute(sql, [work_id]).fetchall(), strict=True)
        printed = dict(zip(names, columns, strict=True))
        facts = [_most_printed(zip(printed[name], numbers, strict=True)) for name in FACTS]
        db.conn.execute(f"update works set {sets} where id = ?", [*facts, work_id])  # noqa: S608 fixed words
        db.conn.execute("delete from work_identifiers where work_id = ?", [work_id])
        db.conn.executemany(
            "insert into work_identifiers (work_id, kind, value, origin) values (?, ?, ?, 'printed')",
            [(work_id, kind, value) for kind in KINDS for value in sorted(set(printed[kind]) - {None})],
        )
        while db.conn.execute(SUPPLY, [work_id]).rowcount > 0:  # one service's answer leads to another's
            pass
