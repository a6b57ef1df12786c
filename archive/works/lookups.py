"""Keep the replies of bibliographic services, so that an interrupted enrichment goes on where it stopped.

A question is a service, a kind of identifier and its value. A reply never changes what references print. Questions
that failed or got a malformed reply are asked again, the others once.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from sqlite_utils import Database

from archive.storage.connection import transaction
from archive.storage.sql import Fragment, compose
from archive.text.characters import clean
from archive.works.writer import update_facts

Outcome = Literal["found", "not found", "failed", "malformed"]

WITHOUT_DOI = """
select substr(t.key, 7) as value, min(k.raw) as printed from bibliography k
join reference_signatures s on s.reference_id = k.id
join signature_keys t on t.signature_id = s.signature_id and t.key >= 'title:' and t.key < 'title;'
where k.work_id is not null and {lacks_doi} group by t.key
"""
WITH_IDENTIFIER = """
select distinct k.value as value, '' as printed from work_identifiers k
join works w on w.id = k.work_id where k.kind = :kind and {lacking}
"""
UNANSWERED = """
select value, printed from ({source}) q where not exists (select 1 from lookups l
where l.service = :service and l.kind = :kind and l.value = q.value and l.outcome in ('found', 'not found'))
order by value
"""


class Question(NamedTuple):
    """A question to a service; `printed` is a reference as printed, for a search by title."""

    service: str
    kind: str
    value: str
    printed: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """The reply to a question: `facts` by field, `answer` the JSON as received, `detail` the error in a sentence."""

    outcome: Outcome
    status: int | None = None
    detail: str | None = None
    facts: Mapping[str, str] = field(default_factory=dict)
    answer: Any = None


def pending_questions(db: Database, service: str, kind: str) -> list[Question]:
    """Return the questions to the service about works without an identifier, title or year that it has not answered."""
    if kind == "title":
        source = compose(WITHOUT_DOI, lacks_doi=_lacks("doi"))
    else:
        lacks_facts = compose("({title} or {year})", title=_lacks_fact("title"), year=_lacks_fact("year"))
        lacking = {
            "idconv": _lacks("pmid"),
            "esummary": compose(
                "({doi} or {pmcid} or {facts})", doi=_lacks("doi"), pmcid=_lacks("pmcid"), facts=lacks_facts
            ),
            "crossref": lacks_facts,
        }[service]
        source = compose(WITH_IDENTIFIER, lacking=lacking)
    rows = db.execute(compose(UNANSWERED, source=source), {"kind": kind, "service": service}).fetchall()
    return [Question(service, kind, value, printed) for value, printed in rows]


def save_reply(db: Database, question: Question, reply: Reply, now: str) -> None:
    """Store the reply to a question, in its own transaction, and update the works that it is about."""
    answer = None if reply.answer is None else clean(json.dumps(reply.answer, ensure_ascii=False))
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


def _lacks(kind: str) -> Fragment:
    """Return the condition that the work of `k` has no identifier of the kind."""
    condition = "not exists (select 1 from work_identifiers o where o.work_id = k.work_id and o.kind = '{kind}')"
    return compose(condition, kind=kind)


def _lacks_fact(field: str) -> Fragment:
    """Return the condition that neither the references to the work `w` nor a look-up have the field."""
    condition = "(w.{field} is null and not exists (select 1 from work_resolved r where r.work_id = w.id "
    return compose(condition + "and r.field = '{field}'))", field=field)
