"""Retractions, corrections and concerns about works, from the notices of the Retraction Watch table."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

from archive.storage.sql import Fragment, Reader, compose

Status = Literal["retracted", "concern", "reinstated", "corrected"]
When = Literal["before", "same day", "after", "unknown"]

WARNED_OF = ("retracted", "concern")  # shown wherever a work is cited; the others on the page of the work only
STATUS: dict[str, Status] = {
    "Retraction": "retracted",
    "Expression of concern": "concern",
    "Reinstatement": "reinstated",
    "Correction": "corrected",
}


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice about a work. `matched_by` is the kind of identifier that matches it to the work: doi or pmid."""

    record_id: int
    nature: str
    date: str | None
    reasons: tuple[str, ...]
    doi: str | None
    matched_by: str


@dataclass(frozen=True, slots=True)
class RetractionState:
    """The state of a work by its notices: the status, the notice that decides it, and all notices by date."""

    status: Status
    notice: Notice
    notices: tuple[Notice, ...]


@dataclass(frozen=True, slots=True)
class Flag:
    """A reference of an article to a work that is retracted or has an expression of concern.

    `position` is the index of the reference. `article_came` says whether the article was published before the notice.
    """

    position: int
    work_id: int
    status: Status
    date: str | None
    article_came: When
    reasons: tuple[str, ...]
    doi: str | None


def retraction_state(notices: Sequence[Notice]) -> RetractionState | None:
    """Return the state of a work after its last notice, None when there are no notices.

    A retraction outweighs a concern, a reinstatement lifts what came before it, and a correction changes neither. A
    notice without a date counts as the oldest.
    """
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
    return RetractionState(STATUS[state.nature], state, ordered) if state else None


def article_came(published: str | None, noticed: str | None) -> When:
    """Compare the date of an article with the date of a notice, both ISO 8601 or None."""
    if not published or not noticed:
        return "unknown"
    if published == noticed:
        return "same day"
    return "before" if published < noticed else "after"


def retraction_states(db: Reader, work_ids: Collection[int] | None = None) -> dict[int, RetractionState]:
    """Return the states of those works, or of all works (None), by work id. Works without a notice are left out."""
    chosen = "true" if work_ids is None else "w.work_id in (select value from json_each(?))"
    sql = compose(
        "select w.work_id, r.record_id, r.nature, r.date, r.reasons, r.doi, w.matched_by "
        "from work_retractions w join retractions r on r.record_id = w.record_id where {chosen} order by w.matched_by",
        chosen=Fragment(chosen),
    )
    rows = db.execute(sql, [] if work_ids is None else [json.dumps(list(work_ids))]).fetchall()
    notices: dict[int, dict[int, Notice]] = {}
    for work_id, record_id, nature, date, reasons, doi, matched_by in rows:
        notice = Notice(record_id, nature, date, tuple(json.loads(reasons)), doi, matched_by)
        notices.setdefault(work_id, {}).setdefault(record_id, notice)
    made = {work_id: retraction_state(list(each.values())) for work_id, each in notices.items()}
    return {work_id: standing for work_id, standing in made.items() if standing}


def flags(db: Reader, article_id: int) -> tuple[Flag, ...]:
    """Return the references of an article that a reader is warned of."""
    rows = db.execute(
        "select b.position, b.work_id, a.published from bibliography b join articles a on a.id = b.article_id "
        "where a.id = ? and b.work_id is not null order by b.position",
        [article_id],
    ).fetchall()
    found = retraction_states(db, {work_id for _, work_id, _ in rows})
    return tuple(
        Flag(
            position, work_id, standing.status, standing.notice.date, article_came(published, standing.notice.date),
            standing.notice.reasons, standing.notice.doi,
        )
        for position, work_id, published in rows
        if (standing := found.get(work_id)) and standing.status in WARNED_OF
    )  # fmt: skip
