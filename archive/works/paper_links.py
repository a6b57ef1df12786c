"""Papers that articles probably report on: found in a bibliographic index by the linking, not printed in the article.

A link has its probability, the passages that speak for it, and the method. A reader confirms or rejects it; what a
reader decided stays when articles are linked again.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlite_utils import Database

from archive.errors import NotStoredError
from archive.references.identifiers import to_url
from archive.references.identify import identify
from archive.storage.connection import transaction
from archive.storage.sql import Reader, compose
from archive.text.characters import comparison_key
from archive.text.messages import Message, message

Decision = Literal["confirmed", "rejected"]
COLUMNS = (
    "id", "article_id", "paper", "doi", "pmid", "title", "authors", "container_title", "published", "probability",
    "is_answer", "evidence", "link_method", "linked_at", "decision", "decided_at",
)  # fmt: skip
SELECT = compose("select {columns} from paper_links", columns=COLUMNS)
ORDER = " order by article_id, decision is 'rejected', decision is null, probability desc, paper"


@dataclass(frozen=True, slots=True)
class LinkEvidence:
    """A passage that speaks for a paper: `[start:end]` of the article's title or text when it was linked.

    `value` is what it agrees with: an author, the journal, a word or number of the paper's title. `quote` is the
    passage with the words around it.
    """

    kind: str
    value: str
    part: str
    start: int
    end: int
    quote: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperLink:
    """A paper that an article probably reports on, with the probability (0..1) and what speaks for it.

    With `is_answer` it is named as the paper, else it is one of several candidates. `decision` is what a reader said.
    """

    id: int
    article_id: int
    paper: str
    doi: str | None
    pmid: str | None
    title: str
    authors: tuple[str, ...]
    container_title: str | None
    published: str | None
    probability: float
    is_answer: bool
    evidence: tuple[LinkEvidence, ...]
    link_method: str
    linked_at: str
    decision: Decision | None
    decided_at: str | None

    @property
    def url(self) -> str | None:
        """The address of the paper, None where the index has no identifier of it."""
        known = next(((kind, value) for kind, value in (("doi", self.doi), ("pmid", self.pmid)) if value), None)
        return to_url(*known) if known else None

    @property
    def sentence(self) -> Message:
        """What the link says, without the paper: "Probably reports on (93% by …)"."""
        chance, method = f"{self.probability:.0%}", self.link_method
        if self.decision == "confirmed":
            return message("Reports on, as a reader confirmed (%(chance)s by %(method)s)", chance=chance, method=method)
        if self.decision == "rejected":
            return message(
                "Does not report on, as a reader decided (%(chance)s by %(method)s)", chance=chance, method=method
            )
        if self.is_answer:
            return message("Probably reports on (%(chance)s by %(method)s)", chance=chance, method=method)
        return message("Perhaps reports on (%(chance)s by %(method)s)", chance=chance, method=method)


def paper_links(db: Reader, article_id: int) -> tuple[PaperLink, ...]:
    """Return the links of an article: confirmed ones first, rejected ones last, the most probable first."""
    return _links(db.execute(f"{SELECT} where article_id = ?{ORDER}", [article_id]).fetchall())


def links_to(db: Reader, wanted: str) -> tuple[PaperLink, ...]:
    """Return the links, without rejected ones, to papers with an identifier in any spelling or words of the title."""
    identifier = identify(wanted)
    if identifier and identifier.kind in ("doi", "pmid"):
        condition, values = compose("{column} = ?", column=identifier.kind), [identifier.value]
    elif identifier:
        return ()
    else:
        condition, values = compose("instr(lower(title), ?)"), [wanted.strip().lower()]
    sql = f"{SELECT} where {condition} and decision is not 'rejected'{ORDER}"
    return _links(db.execute(sql, values).fetchall())


def decide(db: Database, article_id: int, decision: Decision, now: str, paper: str | None = None) -> PaperLink:
    """Confirm or reject the link of an article to a paper, named by DOI, PMID or title; None: the only or named one.

    Raises NotStoredError, with one sentence, where the article has no such link or several.
    """
    links = paper_links(db, article_id)
    if paper is None:
        chosen = [each for each in links if each.is_answer and each.decision is None] or list(links)
    else:
        identifier = identify(paper)
        key = comparison_key(paper)
        chosen = [
            each
            for each in links
            if each.pmid == paper.strip()
            or (identifier and getattr(each, identifier.kind, None) == identifier.value)
            or (key and comparison_key(each.title) == key)
        ]
    if not chosen:
        raise NotStoredError(
            f"Article {article_id} has no link to {paper}." if paper and links else f"Article {article_id} has no link."
        )
    if len(chosen) > 1:
        raise NotStoredError(f"Article {article_id} has {len(chosen)} candidates: name one by its DOI or PMID.")
    with transaction(db):
        db.conn.execute(
            "update paper_links set decision = ?, decided_at = ? where id = ?", [decision, now, chosen[0].id]
        )
    return next(each for each in paper_links(db, article_id) if each.id == chosen[0].id)


def _links(rows: Iterable[Sequence[Any]]) -> tuple[PaperLink, ...]:
    return tuple(map(_read, rows))


def _read(row: Sequence[Any]) -> PaperLink:
    values = dict(zip(COLUMNS, row, strict=True))
    values["authors"] = tuple(json.loads(values["authors"]))
    values["evidence"] = tuple(LinkEvidence(**each) for each in json.loads(values["evidence"]))
    values["is_answer"] = bool(values["is_answer"])
    return PaperLink(**values)
