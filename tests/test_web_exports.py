"""A search's result as a file."""

import asyncio
import csv
import io
import json
from pathlib import Path
from typing import Any

import pybtex.database
import pytest
import rispy
from datasette.app import Datasette

from archive.storage.database import open_archive
from archive.web.exports import BATCH, ENDINGS, export_pieces
from archive.web.search_params import SearchParams
from archive.web.server import datasette as serve
from tests.archives import a_reference, an_article, new_archive, store
from tests.web import get

URL = "https://news.example/{}"
ARTICLES = 2 * BATCH + 20


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive with more articles than are sent at a time, one of which has a formula for a title."""
    folder = tmp_path_factory.mktemp("exports")
    db = new_archive(folder)
    for number in range(ARTICLES - 1):
        text = f"Article {number} tells of marrow."
        cited = a_reference(
            doi=f"10.5555/{number // 2}", pmid=None, pmcid=None, arxiv=None, title=f"Work {number // 2}"
        )
        store(
            db, an_article(title=f"No {number}", text=text, references=(cited,), citations=()), url=URL.format(number)
        )
    store(db, an_article(title='=HYPERLINK("http://x","干")', references=(), citations=()), url=URL.format("formula"))
    db.close()
    return folder / "healthnews.db"


@pytest.fixture(scope="module")
def served(archive: Path) -> Datasette:
    return serve(archive)


@pytest.mark.parametrize("ending", ENDINGS)
def test_exports_are_files_that_no_browser_opens_as_a_page(served: Datasette, ending: str) -> None:
    answer = get(served, f"/healthnews/-/search.{ending}?q=marrow")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == f"{ENDINGS[ending].media_type}; charset=utf-8"
    assert answer.headers["content-disposition"] == f'attachment; filename="health-news.{ending}"'
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")


def test_csv_holds_every_article_and_no_formula(served: Datasette) -> None:
    rows = list(csv.DictReader(io.StringIO(get(served, "/healthnews/-/search.csv").text)))
    assert len(rows) == ARTICLES
    assert len({row["url"] for row in rows}) == ARTICLES
    assert '\'=HYPERLINK("http://x","干")' in {row["title"] for row in rows}


def test_json_lines_hold_what_the_search_finds(served: Datasette) -> None:
    lines = get(served, "/healthnews/-/search.jsonl?q=title:干").text.splitlines()
    assert [json.loads(line)["url"] for line in lines] == [URL.format("formula")]


def test_works_are_those_that_the_articles_cite(served: Datasette) -> None:
    dois = {f"10.5555/{number // 2}" for number in range(ARTICLES - 1)}
    bibtex = get(served, "/healthnews/-/search.bib?q=marrow").text
    ris = get(served, "/healthnews/-/search.ris?q=marrow").text
    items = get(served, "/healthnews/-/search.csl.json?q=marrow").json()
    assert {entry.fields["doi"] for entry in pybtex.database.parse_string(bibtex, "bibtex").entries.values()} == dois
    assert {entry["doi"] for entry in rispy.loads(ris)} == dois
    assert {item["DOI"] for item in items} == dois


@pytest.mark.parametrize("ending", ENDINGS)
def test_nothing_found_is_an_empty_file(served: Datasette, ending: str) -> None:
    answer = get(served, f"/healthnews/-/search.{ending}?q=zzz&page=3")
    assert answer.status_code == 200
    assert len(answer.text.splitlines()) <= 1


@pytest.mark.parametrize("ending", [*ENDINGS, "atom"])
def test_what_is_not_understood_is_no_whole_archive(served: Datasette, ending: str) -> None:
    answer = get(served, f"/healthnews/-/search.{ending}?q=marrow&since=<b>")
    assert answer.status_code == 400
    assert answer.headers["content-type"].startswith("text/plain")
    assert answer.text == "“<b>” is not a valid value of since and is ignored: write YYYY-MM-DD, YYYY-MM or YYYY.\n"


def test_a_writer_does_not_change_an_export_that_has_begun(archive: Path) -> None:
    reader, writer = open_archive(archive), open_archive(archive)
    pieces = export_pieces(reader, SearchParams(q="marrow"), "jsonl")
    first = next(pieces)
    store(writer, an_article(title="Marrow too", text="More of marrow."), url=URL.format("late"))
    rest = list(pieces)
    writer.execute("delete from pages where url = ?", [URL.format("late")])
    assert len([first, *rest]) == ARTICLES - 1
    reader.close()
    writer.close()


def test_who_hangs_up_ends_the_export(served: Datasette) -> None:
    sent: list[dict[str, Any]] = []

    async def ask() -> None:
        await served.invoke_startup()
        begun = asyncio.Event()

        async def receive() -> dict[str, Any]:
            await begun.wait()
            return {"type": "http.disconnect"}

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)
            if message.get("body"):
                begun.set()
                await asyncio.sleep(0)  # the server hears of it between two pieces

        scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "http",
            "path": "/healthnews/-/search.jsonl", "raw_path": b"/healthnews/-/search.jsonl", "query_string": b"",
            "headers": [],
        }  # fmt: skip
        await served.app()(scope, receive, send)

    asyncio.run(ask())
    lines = b"".join(message.get("body", b"") for message in sent).count(b"\n")
    assert 0 < lines < ARTICLES
