"""Asking for what references do not print: service by service, each answer kept before the next question."""

import os
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime

from sqlite_utils import Database

from archive.storage.connection import timestamp
from archive.works.lookups import Question, Reply, pending_questions, save_reply
from crawler.clock import utc_now
from crawler.enrichment import crossref, ncbi
from crawler.enrichment.client import Client, ServiceError
from crawler.enrichment.models import Finding, MalformedError
from crawler.identity import user_agent

TOOL = "health-news-archive"
PHASES = (
    ("idconv", "doi"),
    ("idconv", "pmcid"),
    ("esummary", "pmid"),
    ("crossref", "doi"),
    ("crossref search", "title"),
)

Progress = Callable[[Counter[str], int], None]


@dataclass(frozen=True, slots=True)
class Services:
    """Where the services are; the environment can name others, for a mirror or a test."""

    crossref: str = field(default_factory=lambda: os.environ.get("HEALTHNEWS_CROSSREF") or crossref.BASE)
    idconv: str = field(default_factory=lambda: os.environ.get("HEALTHNEWS_IDCONV") or ncbi.IDCONV)
    eutils: str = field(default_factory=lambda: os.environ.get("HEALTHNEWS_EUTILS") or ncbi.EUTILS)


@dataclass(frozen=True, slots=True)
class Resolution:
    """Outcomes with their numbers, and in a sentence each what made a service's questions end early."""

    counts: Counter[str]
    troubles: tuple[str, ...]


def resolve(
    db: Database,
    contact: str,
    *,
    services: Services | None = None,
    make_client: Callable[..., Client] = Client,
    clock: Callable[[], datetime] = utc_now,
    progress: Progress | None = None,
) -> Resolution:
    """Asks everything that is open, one question at a time; `contact` is whom the services' operators can write to."""
    places = services or Services()
    counts: Counter[str] = Counter()
    troubles: dict[str, str] = {}  # by base address
    asked: set[Question] = set()
    while fresh := _fresh(db, asked, places, troubles):  # what one service finds out, another can be asked about
        asked.update(fresh)
        total = counts.total() + len(fresh)
        base, interval = _place(places, fresh[0].service)
        with closing(make_client(base, interval=interval, agent=user_agent(contact))) as client:
            try:
                for question, reply in _asked(client, fresh, contact):
                    save_reply(db, question, reply, timestamp(clock()))
                    counts[reply.outcome] += 1
                    if progress:
                        progress(counts, total)
            except ServiceError as error:
                troubles[base] = f"{error}: run the command again later to go on."
    return Resolution(counts, tuple(troubles.values()))


def _fresh(db: Database, asked: Collection[Question], places: Services, troubles: Collection[str]) -> list[Question]:
    """The questions of the first phase that has any which this run has not asked yet."""
    for service, kind in PHASES:
        if _place(places, service)[0] not in troubles:
            fresh = [question for question in pending_questions(db, service, kind) if question not in asked]
            if fresh:
                return fresh
    return []


def _place(places: Services, service: str) -> tuple[str, float]:
    return {
        "idconv": (places.idconv, ncbi.INTERVAL),
        "esummary": (places.eutils, ncbi.INTERVAL),
        "crossref": (places.crossref, crossref.INTERVAL),
        "crossref search": (places.crossref, crossref.INTERVAL),
    }[service]


def _asked(client: Client, questions: Sequence[Question], contact: str) -> Iterator[tuple[Question, Reply]]:
    """Questions with their replies. The one that a busy service left open is replied to as failed, then ServiceError
    is raised."""
    size = ncbi.BATCH if questions[0].service in {"idconv", "esummary"} else 1
    waiting = [questions[start : start + size] for start in range(0, len(questions), size)][::-1]
    while waiting:
        batch = waiting.pop()
        try:
            yield from zip(batch, _replies(client, batch, contact), strict=True)
        except ServiceError as error:
            refused = error.status is not None and 400 <= error.status < 500 and error.status != 429
            if refused and len(batch) > 1:  # one bad identifier makes NCBI refuse them all
                middle = len(batch) // 2
                waiting += [batch[middle:], batch[:middle]]
                continue
            yield from ((question, Reply("failed", error.status, str(error))) for question in batch)
            if not refused or error.status in {401, 403}:
                raise


def _replies(client: Client, batch: Sequence[Question], contact: str) -> list[Reply]:
    """The replies to the questions of a batch, in their order. Raises ServiceError."""
    mail = {"mailto": contact} if "@" in contact and "://" not in contact else {}
    ncbi_mail = {"tool": TOOL} | ({"email": contact} if mail else {})
    service, kind, values = batch[0].service, batch[0].kind, [question.value for question in batch]
    found: Iterable[Finding | MalformedError]
    try:
        if service == "idconv":
            found = ncbi.convert(client, kind, values, ncbi_mail).values()
        elif service == "esummary":
            found = ncbi.summarise(client, values, ncbi_mail).values()
        elif service == "crossref":
            found = [crossref.by_doi(client, values[0], mail)]
        else:
            found = [crossref.by_title(client, batch[0].printed, values[0], mail)]
    except MalformedError as error:
        found = [error] * len(batch)
    return [_reply(each) for each in found]


def _reply(found: Finding | MalformedError) -> Reply:
    if isinstance(found, MalformedError):
        return Reply("malformed", detail=str(found))
    return Reply("found" if found.facts else "not found", found.status, facts=found.facts, answer=found.answer)
