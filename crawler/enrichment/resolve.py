"""Look up works at the services, one service after the other; each response is stored before the next request."""

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
from crawler.enrichment.models import LookupResult, MalformedError
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
    """The base URLs of the services; environment variables can name a mirror or a test server."""

    crossref: str = field(default_factory=lambda: os.environ.get("HEALTHNEWS_CROSSREF") or crossref.BASE)
    idconv: str = field(default_factory=lambda: os.environ.get("HEALTHNEWS_IDCONV") or ncbi.IDCONV)
    eutils: str = field(default_factory=lambda: os.environ.get("HEALTHNEWS_EUTILS") or ncbi.EUTILS)


@dataclass(frozen=True, slots=True)
class Resolution:
    """The number of look-ups by outcome, and a sentence for each service that failed."""

    counts: Counter[str]
    errors: tuple[str, ...]


def resolve(
    db: Database,
    contact: str,
    *,
    services: Services | None = None,
    make_client: Callable[..., Client] = Client,
    clock: Callable[[], datetime] = utc_now,
    progress: Progress | None = None,
) -> Resolution:
    """Make all open look-ups, one at a time; `contact` is an e-mail address or URL for the services."""
    places = services or Services()
    counts: Counter[str] = Counter()
    errors: dict[str, str] = {}  # by base URL
    done: set[Question] = set()
    while fresh := _fresh(db, done, places, errors):  # the result of one service can be looked up at another
        done.update(fresh)
        total = counts.total() + len(fresh)
        base, interval = _place(places, fresh[0].service)
        with closing(make_client(base, interval=interval, agent=user_agent(contact))) as client:
            try:
                for question, reply in _look_up(client, fresh, contact):
                    save_reply(db, question, reply, timestamp(clock()))
                    counts[reply.outcome] += 1
                    if progress:
                        progress(counts, total)
            except ServiceError as error:
                errors[base] = f"{error}: run the command again later to continue."
    return Resolution(counts, tuple(errors.values()))


def _fresh(db: Database, done: Collection[Question], places: Services, errors: Collection[str]) -> list[Question]:
    """Return the look-ups of the first phase that has any that this run has not made yet."""
    for service, kind in PHASES:
        if _place(places, service)[0] not in errors:
            fresh = [question for question in pending_questions(db, service, kind) if question not in done]
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


def _look_up(client: Client, questions: Sequence[Question], contact: str) -> Iterator[tuple[Question, Reply]]:
    """Yield look-ups with their replies. When a service fails, the reply is `failed`, then ServiceError is raised."""
    size = ncbi.BATCH if questions[0].service in {"idconv", "esummary"} else 1
    batches = [questions[start : start + size] for start in range(0, len(questions), size)][::-1]
    while batches:
        batch = batches.pop()
        try:
            yield from zip(batch, _replies(client, batch, contact), strict=True)
        except ServiceError as error:
            refused = error.status is not None and 400 <= error.status < 500 and error.status != 429
            if refused and len(batch) > 1:  # NCBI refuses a whole batch for one bad identifier
                middle = len(batch) // 2
                batches += [batch[middle:], batch[:middle]]
                continue
            yield from ((question, Reply("failed", error.status, str(error))) for question in batch)
            if not refused or error.status in {401, 403}:
                raise


def _replies(client: Client, batch: Sequence[Question], contact: str) -> list[Reply]:
    """Return the replies to a batch of look-ups, in their order. Raises ServiceError."""
    mail = {"mailto": contact} if "@" in contact and "://" not in contact else {}
    ncbi_mail = {"tool": TOOL} | ({"email": contact} if mail else {})
    service, kind, values = batch[0].service, batch[0].kind, [question.value for question in batch]
    results: Iterable[LookupResult | MalformedError]
    try:
        if service == "idconv":
            results = ncbi.convert(client, kind, values, ncbi_mail).values()
        elif service == "esummary":
            results = ncbi.summarise(client, values, ncbi_mail).values()
        elif service == "crossref":
            results = [crossref.by_doi(client, values[0], mail)]
        else:
            results = [crossref.by_title(client, batch[0].printed, values[0], mail)]
    except MalformedError as error:
        results = [error] * len(batch)
    return [_reply(each) for each in results]


def _reply(result: LookupResult | MalformedError) -> Reply:
    if isinstance(result, MalformedError):
        return Reply("malformed", detail=str(result))
    return Reply("found" if result.facts else "not found", result.status, facts=result.facts, answer=result.answer)
