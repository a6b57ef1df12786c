"""What was asked of bibliographic services, and what they said: the cache that makes asking resumable.

A question is a service, the kind of what it is about, and the value; an answer never changes what was printed. Asked
again is only what failed or came back malformed.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from sqlite_utils import Database

from archive.storage.connection import transaction
from archive.works.writer import update_facts

Outcome = Literal["found", "not found", "failed", "malformed"]

# Works that lack something, by what they can be asked about.
LACKS = "not exists (select 1 from work_identifiers o where o.work_id = k.work_id and o.kind = '{}')"
UNTOLD = """(w.{0} is null and not exists (
  select 1 from work_resolved r where r.work_id = w.id and r.field = '{0}'))"""


class Question(NamedTuple):
    """What is asked; `printed` is an entry as printed, for a search by title."""

    service: str
    kind: str
    value: str
    printed: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """How a question ended; `facts` are values by field, `answer` what the service said, `detail` the error."""

    outcome: Outcome
    status: int | None = None
    detail: str | None = None
    facts: Mapping[str, str] = field(default_factory=dict)
    answer: Any = None


def open_questions(db: Database, service: str, kind: str) -> list[Question]:
    """What to ask that service about works that lack an identifier, title or year, and was not answered yet."""
    if kind == "title":
        source = (
            "select substr(t.key, 7) as value, min(k.raw) as printed from bibliography k "  # noqa: S608 fixed words
            "join reference_signatures s on s.reference_id = k.id "
            "join signature_keys t on t.signature_id = s.signature_id and t.key >= 'title:' and t.key < 'title;' "
            f"where k.work_id is not null and {LACKS.format('doi')} group by t.key"
        )
    else:
        lacking = {
            "idconv": LACKS.format("pmid"),
            "esummary": f"({LACKS.format('doi')} or {LACKS.format('pmcid')} or {_untold()})",
            "crossref": _untold(),
        }[service]
        source = (
            "select distinct k.value as value, '' as printed from work_identifiers k "  # noqa: S608 fixed words
            f"join works w on w.id = k.work_id where k.kind = :kind and {lacking}"
        )
    rows = db.execute(
        f"select value, printed from ({source}) q where not exists (select 1 from lookups l "  # noqa: S608
        "where l.service = :service and l.kind = :kind and l.value = q.value and l.outcome in ('found', 'not found')) "
        "order by value",
        {"kind": kind, "service": service},
    ).fetchall()
    return [Question(service, kind, value, printed) for value, printed in rows]


def keep(db: Database, question: Question, reply: Reply, now: str) -> None:
    """Writes how a question ended, in a transaction of its own."""
    answer = None if reply.answer is None else json.dumps(reply.answer, ensure_ascii=False)
    with transaction(db):
        (lookup_id,) = db.execute(
            "insert into lookups (service, kind, value, asked_at, outcome, status, detail, answer) "
            "values (?, ?, ?, ?, ?, ?, ?, ?) on conflict (service, kind, value) do update set "
            "asked_at = excluded.asked_at, outcome = excluded.outcome, status = excluded.status, "
            "detail = excluded.detail, answer = excluded.answer returning id",
            [*question[:3], now, reply.outcome, reply.status, reply.detail, answer],
        ).fetchone()
        db.conn.execute("delete from resolved where lookup_id = ?", [lookup_id])
        facts = {name: value for name, value in reply.facts.items() if name != question.kind}
        db.conn.executemany(
            "insert into resolved (lookup_id, field, value) values (?, ?, ?)",
            [(lookup_id, name, value) for name, value in facts.items()],
        )
        update_facts(db, _works_about(db, question))


def _works_about(db: Database, question: Question) -> set[int]:
    if question.kind == "title":
        sql = "select work_id from signatures join signature_keys on signature_id = id where key = 'title:' || ?"
        rows = db.execute(sql, [question.value])
    else:
        sql = "select work_id from work_identifiers where kind = ? and value = ?"
        rows = db.execute(sql, [question.kind, question.value])
    return {work_id for (work_id,) in rows.fetchall() if work_id}


def _untold() -> str:
    return f"({UNTOLD.format('title')} or {UNTOLD.format('year')})"
