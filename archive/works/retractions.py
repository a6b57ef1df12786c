"""What became of works after they were published: notices of the Retraction Watch table, and what they add up to."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

from sqlite_utils import Database

Status = Literal["retracted", "concern", "reinstated", "corrected"]
When = Literal["before", "same day", "after", "unknown"]

ALARMING = ("retracted", "concern")  # what a reader has to be told; the others are told to who asks for the work
STATUS: dict[str, Status] = {
    "Retraction": "retracted",
    "Expression of concern": "concern",
    "Reinstatement": "reinstated",
    "Correction": "corrected",
}


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice about a work; `matched_by` is the identifier, doi or pmid, by which it was found to be about it."""

    record_id: int
    nature: str
    date: str | None
    reasons: tuple[str, ...]
    doi: str | None
    matched_by: str


@dataclass(frozen=True, slots=True)
class Standing:
    """What the notices add up to, the notice that says so, and all of them in order."""

    status: Status
    notice: Notice
    notices: tuple[Notice, ...]


@dataclass(frozen=True, slots=True)
class Flag:
    """A reference of an article whose work is retracted or has a concern.

    `position` is the reference's index; `article_came` says whether the article was published before the notice.
    """

    position: int
    work_id: int
    status: Status
    date: str | None
    article_came: When
    reasons: tuple[str, ...]
    doi: str | None


def standing_of(notices: Sequence[Notice]) -> Standing | None:
    """The state after the last notice: a retraction outweighs a concern, a reinstatement lifts what came before it, a
    correction changes neither. A notice without a date counts as the oldest. None: there is no notice."""
    ordered = tuple(sorted(notices, key=lambda notice: (notice.date or "", notice.record_id)))
    state: Notice | None = None
    for notice in ordered:
        status = STATUS[notice.nature]
        if (
            state is None
            or status in ("retracted", "reinstated")
            or (status == "concern" and STATUS[state.nature] != "retracted")
        ):
            state = notice
    return Standing(STATUS[state.nature], state, ordered) if state else None


def article_came(published: str | None, noticed: str | None) -> When:
    """Whether an article of that date came before or after a notice of that date."""
    if not published or not noticed:
        return "unknown"
    if published == noticed:
        return "same day"
    return "before" if published < noticed else "after"


def standings(db: Database, work_ids: Collection[int] | None = None) -> dict[int, Standing]:
    """What became of those works, or of all (None); works without a notice are left out."""
    chosen = "" if work_ids is None else "where w.work_id in (select value from json_each(?)) "
    rows = db.execute(
        "select w.work_id, r.record_id, r.nature, r.date, r.reasons, r.doi, w.matched_by "  # noqa: S608
        f"from work_retractions w join retractions r on r.record_id = w.record_id {chosen}order by w.matched_by",
        [] if work_ids is None else [json.dumps(list(work_ids))],
    ).fetchall()
    notices: dict[int, dict[int, Notice]] = {}
    for work_id, record_id, nature, date, reasons, doi, matched_by in rows:
        notice = Notice(record_id, nature, date, tuple(json.loads(reasons)), doi, matched_by)
        notices.setdefault(work_id, {}).setdefault(record_id, notice)
    made = {work_id: standing_of(list(each.values())) for work_id, each in notices.items()}
    return {work_id: standing for work_id, standing in made.items() if standing}


def flags(db: Database, article_id: int) -> tuple[Flag, ...]:
    """The references of an article that a reader has to be warned of."""
    rows = db.execute(
        "select b.position, b.work_id, a.published from bibliography b join articles a on a.id = b.article_id "
        "where a.id = ? and b.work_id is not null order by b.position",
        [article_id],
    ).fetchall()
    found = standings(db, {work_id for _, work_id, _ in rows})
    return tuple(
        Flag(
            position, work_id, standing.status, standing.notice.date, article_came(published, standing.notice.date),
            standing.notice.reasons, standing.notice.doi,
        )
        for position, work_id, published in rows
        if (standing := found.get(work_id)) and standing.status in ALARMING
    )  # fmt: skip
