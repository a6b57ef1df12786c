"""Asking Crossref and NCBI, against a stand-in on loopback that speaks their documented JSON."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from sqlite_utils import Database

from archive.works import queries as catalogue
from crawler.enrichment.client import MAX_WAIT, TRIES, Client, ServiceError, ServiceResponse, retry_after
from crawler.enrichment.resolve import Resolution, Services, resolve
from tests.archives import TITLE, a_print, an_article, new_archive, store, titled
from tests.commands import run
from tests.loopback import Loopback, Reply

CONTACT = "someone@example.org"


class Time:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def as_json(content: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Reply:
    return Reply(status, json.dumps(content).encode(), {"Content-Type": "application/json", **(headers or {})})


def crossref_work(doi: str, title: str = TITLE, year: int = 2016, family: str = "Wu") -> dict[str, Any]:
    return {
        "DOI": doi.upper(), "type": "journal-article", "title": [title], "container-title": ["J Cells"],
        "author": [{"given": "Tao", "family": family, "sequence": "first", "affiliation": []}],
        "issued": {"date-parts": [[year, 9, 19]]},
    }  # fmt: skip


def summary(pmid: str, doi: str | None = "10.5555/looked.up") -> dict[str, Any]:
    identifiers = [{"idtype": "pubmed", "idtypen": 1, "value": pmid}, {"idtype": "pmc", "value": "PMC77"}]
    return {
        "uid": pmid, "pubdate": "2016 Sep 19", "source": "J Cells", "title": f"{TITLE}.",
        "fulljournalname": "Journal of cells", "authors": [{"name": "Wu T", "authtype": "Author"}],
        "articleids": identifiers + ([{"idtype": "doi", "value": doi}] if doi else []),
    }  # fmt: skip


def registry(path: str) -> Reply:
    """The three services; what they know is 10.5555/known, PMID 11 and the title of the tests."""
    parts = urlsplit(path)
    asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
    if parts.path == "/idconv/api/v1/articles/":
        known = {"10.5555/in.pmc": {"pmid": 22, "pmcid": "PMC22", "doi": "10.5555/In.PMC"}}
        values = asked["ids"].split(",")
        errors = {"status": "error", "errmsg": "Identifier not found in PMC"}
        records = [known.get(value, {asked["idtype"]: value} | errors) for value in values]
        return as_json({"status": "ok", "records": records})
    if parts.path == "/eutils/esummary.fcgi":
        result = {pmid: summary(pmid) if pmid == "11" else {"uid": pmid, "error": "cannot get document summary"}
                  for pmid in asked["id"].split(",")}  # fmt: skip
        return as_json({"header": {"type": "esummary", "version": "0.3"}, "result": {"uids": [*result], **result}})
    if parts.path == "/works":
        items = [crossref_work("10.5555/other", "Stem cells for lupus"), crossref_work("10.5555/Found")]
        return as_json({"status": "ok", "message-type": "work-list", "message": {"total-results": 2, "items": items}})
    if unquote(parts.path) == "/works/10.5555/known":
        return as_json({"status": "ok", "message-type": "work", "message": crossref_work("10.5555/known")})
    return Reply(404, b"Resource not found.", {"Content-Type": "text/plain"})


def places(base: str) -> Services:
    return Services(crossref=base, idconv=f"{base}/idconv", eutils=f"{base}/eutils")


def ask(db: Database, base: str, time: Time | None = None) -> Resolution:
    pace = time or Time()
    make = partial(Client, sleep=pace.sleep, clock=lambda: pace.now)
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    return resolve(db, CONTACT, services=places(base), make_client=make, clock=lambda: moment)


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    db = new_archive(tmp_path)
    references = (
        a_print("10.5555/known"),
        a_print("10.5555/unknown"),
        a_print(None, "11"),
        titled(raw=f"Wu T. {TITLE}."),
    )
    store(db, an_article(references=references, citations=()))
    yield db
    db.close()


def outcomes(db: Database) -> dict[tuple[str, str], str]:
    rows = db.execute("select service, value, outcome from lookups").fetchall()
    return {(service, value): outcome for service, value, outcome in rows}


def test_what_is_missing_is_looked_up_and_kept_apart(db: Database) -> None:
    printed = db.execute("select * from bibliography").fetchall()
    with Loopback(registry) as site:
        done = ask(db, site.url)
    assert done.errors == ()
    assert db.execute("select * from bibliography").fetchall() == printed
    assert db.execute("select count(title) from works where key like 'doi:%'").fetchone() == (0,)
    [known] = catalogue.find_works(db, "10.5555/known")
    assert (known.title, known.year, known.resolved) == (TITLE, 2016, ("title", "container_title", "year"))
    [by_pmid] = catalogue.find_works(db, "PMID: 11")
    assert ("doi", "10.5555/looked.up", "esummary") in by_pmid.identifiers
    assert ("pmid", "11", "printed") in by_pmid.identifiers
    assert catalogue.find_works(db, "10.5555/found")[0].identifiers == (("doi", "10.5555/found", "crossref search"),)
    assert {work.doi for work in catalogue.works(db)} == {
        "10.5555/known", "10.5555/unknown", "10.5555/looked.up", "10.5555/found",
    }  # fmt: skip


def test_what_is_not_known_is_asked_once(db: Database) -> None:
    with Loopback(registry) as site:
        ask(db, site.url)
        asked = len(site.paths)
        again = ask(db, site.url)
        assert (again.counts.total(), len(site.paths)) == (0, asked)
    assert outcomes(db)["crossref", "10.5555/unknown"] == "not found"
    assert outcomes(db)["idconv", "10.5555/known"] == "not found"


def test_services_learn_who_asks(db: Database) -> None:
    with Loopback(registry) as site:
        ask(db, site.url)
    queries = [parse_qs(urlsplit(path).query) for path in site.paths]
    assert all("mailto" in query or {"tool", "email"} <= query.keys() for query in queries)
    assert all(f"(+{CONTACT})" in agent for agent in site.agents)


def test_identifiers_lead_from_one_service_to_the_next(tmp_path: Path) -> None:
    db = new_archive(tmp_path)
    store(db, an_article(references=(a_print("10.5555/in.pmc"),), citations=()))
    with Loopback(registry) as site:
        ask(db, site.url)
    [work] = catalogue.most_cited(db)
    assert [(kind, value) for kind, value, _ in work.identifiers] == [
        ("doi", "10.5555/in.pmc"), ("pmid", "22"), ("pmcid", "PMC22"),
    ]  # fmt: skip
    assert outcomes(db)["esummary", "22"] == "not found"


@pytest.mark.parametrize(
    ("title", "year", "family"), [("Stem cells for lupus", 2016, "Wu"), (TITLE, 2017, "Wu"), (TITLE, 2016, "Li")]
)
def test_a_search_takes_only_what_agrees(tmp_path: Path, title: str, year: int, family: str) -> None:
    db = new_archive(tmp_path)
    store(db, an_article(references=(titled(),), citations=()))
    message = {"items": [crossref_work("10.5555/x", title, year, family)]}
    with Loopback(lambda path: as_json({"status": "ok", "message": message})) as site:
        ask(db, site.url)
    assert [*outcomes(db).values()] == ["not found"]


def test_two_matches_of_a_search_are_none(tmp_path: Path) -> None:
    db = new_archive(tmp_path)
    store(db, an_article(references=(titled(),), citations=()))
    items = [crossref_work("10.5555/preprint"), crossref_work("10.5555/article")]
    with Loopback(lambda path: as_json({"status": "ok", "message": {"items": items}})) as site:
        ask(db, site.url)
    assert [*outcomes(db).values()] == ["not found"]


MALFORMED = [
    b"",
    b"<html>oops</html>",
    b"[]",
    b'{"status": "ok"}',
    b'{"message": 1, "records": 1, "result": 1}',
    b'{"message": {"items": {}}, "records": {}, "result": []}',
    b"\xff",
    b"[" * 100_000,
]


@pytest.mark.parametrize("body", MALFORMED, ids=range(len(MALFORMED)))
def test_malformed_answers_are_recorded_and_asked_again(db: Database, body: bytes) -> None:
    with Loopback(lambda path: Reply(200, body)) as site:
        done = ask(db, site.url)
    assert set(outcomes(db).values()) == {"malformed"}
    assert done.counts == {"malformed": len(outcomes(db))}
    with Loopback(registry) as site:
        assert ask(db, site.url).counts["found"] == 3


@pytest.mark.parametrize(
    "record",
    [
        {"uid": "99"},
        [],
        "x",
        {"uid": "11", "articleids": [1, {"idtype": "doi"}], "title": 3, "pubdate": None},
        {"uid": "11", "title": "\ud800", "fulljournalname": "\0"},
    ],
)
def test_odd_records_do_no_harm(tmp_path: Path, record: Any) -> None:
    db = new_archive(tmp_path)
    store(db, an_article(references=(a_print(None, "11"),), citations=()))
    with Loopback(lambda path: as_json({"result": {"11": record}})) as site:
        ask(db, site.url)
    assert outcomes(db)["esummary", "11"] in {"malformed", "found"}
    assert db.execute("select count(*) from resolved").fetchone() == (0,)


def test_one_bad_identifier_does_not_spoil_a_batch(tmp_path: Path) -> None:
    db = new_archive(tmp_path)
    references = tuple(a_print(None, str(pmid)) for pmid in (11, 12, 13))
    store(db, an_article(references=references, citations=()))

    def picky(path: str) -> Reply:
        asked = parse_qs(urlsplit(path).query).get("id", [""])[0]
        return as_json({"error": "Invalid uid 12"}, 400) if "12" in asked else registry(path)

    with Loopback(picky) as site:
        ask(db, site.url)
    found = {value: outcome for (service, value), outcome in outcomes(db).items() if service == "esummary"}
    assert found == {"11": "found", "12": "failed", "13": "not found"}


@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_service_is_asked_later_then_left_alone(db: Database, status: int) -> None:
    time = Time()
    with Loopback(lambda path: as_json({"error": "API rate limit exceeded"}, status)) as site:
        done = ask(db, site.url, time)
    assert set(outcomes(db).values()) == {"failed"}
    assert all(f"HTTP {status}" in failure for failure in done.errors)
    assert len(site.paths) == 3 * TRIES  # a question to each service
    assert max(time.slept) >= 4
    with Loopback(registry) as site:
        assert ask(db, site.url).counts["found"] == 3


def a_client(base: str, time: Time) -> closing[Client]:
    return closing(Client(base, interval=0.5, agent="x", sleep=time.sleep, clock=lambda: time.now))


def answered(*replies: Reply) -> Callable[[str], Reply]:
    left = list(replies)
    return lambda path: left.pop(0)


def test_retry_after_is_heeded() -> None:
    time = Time()
    replies = answered(as_json({}, 429, {"Retry-After": "17"}), as_json({"a": 1}))
    with Loopback(replies) as site, a_client(site.url, time) as client:
        assert client.get("/x", {}) == ServiceResponse(200, {"a": 1})
    assert time.slept == [0.0, 17.0]


def test_a_retry_after_beyond_patience_ends_it() -> None:
    with (
        Loopback(answered(as_json({}, 503, {"Retry-After": str(int(MAX_WAIT) + 1)}))) as site,
        a_client(site.url, Time()) as client,
        pytest.raises(ServiceError, match="HTTP 503"),
    ):
        client.get("/x", {})


def test_the_pace_is_what_the_service_says() -> None:
    time = Time()
    pace = {"X-Rate-Limit-Limit": "50", "X-Rate-Limit-Interval": "100s"}
    odd = {"X-Rate-Limit-Limit": "0", "X-Rate-Limit-Interval": "soon"}
    replies = answered(as_json(1), as_json(2, headers=pace), as_json(3, headers=odd), as_json(4))
    with Loopback(replies) as site, a_client(site.url, time) as client:
        for _ in range(4):
            client.get("/x", {})
    assert time.slept == [0.0, 0.5, 0.5, 2.0]


def test_a_service_that_is_down_is_named() -> None:
    time = Time()
    failure = pytest.raises(ServiceError, match=r"127.0.0.1 did not respond \(ConnectError\)")
    with a_client("http://127.0.0.1:9", time) as client, failure:
        client.get("/", {})
    assert len(time.slept) == TRIES


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("0", 0), ("17", 17), ("Thu, 01 Jan 2026 00:00:30 GMT", 30), ("Wed, 31 Dec 2025 23:00:00 GMT", 0),
     ("soon", None), ("", None), ("-1", None)],
)  # fmt: skip
def test_retry_after_is_seconds_or_a_date(value: str, seconds: float | None) -> None:
    assert retry_after(value, datetime(2026, 1, 1, tzinfo=UTC)) == seconds


def test_the_command_asks_and_lists(db: Database, tmp_path: Path) -> None:
    with Loopback(registry) as site:
        names = {"CROSSREF": site.url, "IDCONV": f"{site.url}/idconv", "EUTILS": f"{site.url}/eutils"}
        places = {f"HEALTHNEWS_{name}": url for name, url in names.items()}
        done = run("works", "--resolve", "--contact", CONTACT, "--json", cwd=tmp_path, **places)
    assert done.returncode == 0, done.stderr
    assert {work["title"] for work in json.loads(done.stdout)} == {TITLE, None}
    assert done.stderr.startswith("Looked up: ")


def test_without_a_contact_nobody_is_asked(db: Database, tmp_path: Path) -> None:
    done = run("works", "--resolve", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "need a contact: pass --contact you@example.org" in done.stderr
