"""Whatever is asked for gets an answer: 404 where nothing is, 400 where it makes no sense, never 500."""

import html
from pathlib import Path

import pytest

from archive.web.security_headers import Application
from archive.web.server import application, datasette
from tests.archives import an_article, new_archive, store
from tests.web import ask

DB = "/healthnews"
LONG = "9" * 400

MISSING = [
    "/x", "/x/y", "/x/y/z", "/x/y/z/w", "/-/x", "/-/x/y", "/-", "/.well-known/x", "/robots.txt", "/x.json", "/-/x.json",
    f"{DB}/missing", f"{DB}/missing.json", f"{DB}/missing.csv", f"{DB}/missing/1", f"{DB}/-", f"{DB}/-/x",
    f"{DB}/-/x/y",
    f"{DB}/-/query", f"{DB}/-/x.csv", f"{DB}/-/search.foo", f"{DB}.xyz", f"{DB}/articles.xyz",
    f"{DB}/articles/-/insert",
    f"{DB}/articles/99999", f"{DB}/articles/abc", f"{DB}/articles/{LONG}", f"{DB}/articles/1/x", f"{DB}/~", f"{DB}/~zz",
    f"{DB}/~ff~fe", f"{DB}/articles/~00", "/~00", "/healthnews-000/articles", "/a" * 4000, "/-/static/x",
    "/-/static/../x", "/-/static-plugins/x/y", "/-/static-plugins/health-news-archive/x",
    "/-/static-plugins/health-news-archive/..~2F..~2Fplugin.py", "/-/dashboards/x", "/-/dashboards/x/embed",
    "/-/dashboards/health-news/x", "/-/dashboards/health-news/x/embed", "/-/create-token", "/-/api",
    *(f"{DB}/-/{page}/{key}{ending}" for page in ("article", "work", "copies") for ending in ("", ".json")
      for key in ("0", "abc", "-1", "1x", "9" * 18, "9" * 19, LONG, "1;drop", "~00", "", "1.0", "٣")),
    f"{DB}/-/article/1/revision/0", f"{DB}/-/article/1/revision/99", f"{DB}/-/article/1/revision/x",
    f"{DB}/-/article/1/revision/{LONG}", f"{DB}/-/article/1/changes?from=x", f"{DB}/-/article/1/changes?to=99",
    f"{DB}/-/article/1/changes?to={LONG}", f"{DB}/-/article/99/changes", f"{DB}/-/start.json",
    f"{DB}/-/site/x", f"{DB}/-/site/x.json", f"{DB}/-/site/~ff", f"{DB}/-/site/~00", f"{DB}/-/site/{LONG}",
    "/x/-/start", "/x/-/search", "/x/-/article/1", "/x/-/search.csv", "/_internal/-/start", "/~ff/-/start",
    "/%2e%2e/x", f"{DB}/%20", f"{DB}/-/site/%E5%B9%B2",
]  # fmt: skip
INVALID = [
    f"{DB}?sql=selec", f"{DB}?sql=delete+from+articles", f"{DB}?sql=select+*+from+x", f"{DB}?sql=pragma+user_version",
    f"{DB}?sql=select+1;select+2", f"{DB}?sql=select+%00", f"{DB}.csv?sql=selec", f"{DB}.json?sql=selec",
    f"{DB}?sql=attach+'x'+as+y", f"{DB}?sql=select+1&_timelimit=x", f"{DB}?sql=select+load_extension('x')",
    *(f"{DB}/articles{ending}?{query}" for ending in ("", ".json", ".csv") for query in (
        "_sort=x", "_sort=id&_sort_desc=id", "_sort_desc=x", "_size=-1", "_size=x", f"_size={LONG}", "_facet=x",
        "_facet_array=x", "_facet_date=x", "_where=x", "_col=x", "_nocol=x", "_nocol=id", "_search_x=1",
        "_through=x", "_through={}", "_through=[]", "_timelimit=x",
    ) if not (ending == ".csv" and query.startswith("_facet"))),
    f"{DB}/articles?id__gt={LONG}", f"{DB}/articles.json?_shape=x", f"{DB}/articles/1.json?_shape=x",
    f"{DB}/-/search.csv?page=x",
    f"{DB}/-/search.atom?since=x", f"{DB}/-/search.bib?revisions=yes",
]  # fmt: skip
TOLERATED = [
    f"{DB}/articles?_next=x", f"{DB}/articles?x__y=1", f"{DB}/articles?_search=%00", f"{DB}/articles?_search=%22%28",
    f"{DB}/articles?_ttl=x", f"{DB}/articles?_trace=1", f"{DB}/articles?_json=x", f"{DB}/articles?_extra=x",
    f"{DB}/articles?_facet_size=x", f"{DB}/articles?id__in=x", f"{DB}/articles?id__arraycontains=1",
    f"{DB}/articles?title__like=%ff", f"{DB}/articles?id={LONG}", f"{DB}/articles?id__date=x",
    f"{DB}/articles.json?_shape=object", f"{DB}/articles.csv?_stream=on", f"{DB}/articles.csv?_header=off",
    f"{DB}/-/search?q=%00", f"{DB}/-/search?q=%ff", f"{DB}/-/search?q=%22%28%5B*", f"{DB}/-/search?page={LONG}&size=x",
    f"{DB}/-/search?since=x&until=y&year=z&sort=w&language=%00", f"{DB}/-/search?q={'a+' * 5000}",
    f"{DB}/-/search?q={'x' * 10000}", f"{DB}/-/search?q={'%22' * 3000}", f"{DB}/-/search?cites={'x' * 5000}",
    f"{DB}/-/search?site={'x' * 5000}", f"{DB}/-/search.json?q={'NOT+' * 2000}", f"{DB}/-/search.atom?q=%00%0b",
    f"{DB}/-/works?page=0", f"{DB}/-/works?page={LONG}", f"{DB}/-/works?q={'x' * 9000}", f"{DB}/-/works?q=%00",
    f"{DB}/-/work/1?year=%00&page=x", f"{DB}/-/work/1?year={LONG}", f"{DB}/-/article/1/changes?from=1&to=1",
    f"{DB}?sql=select+:a", f"{DB}?sql=select+1&_hash=1", f"{DB}?sql=--x%0aselect+1", "/", "/favicon.ico", "/-/patterns",
    "/-/databases-and-tables", "/-/dashboards", "/-/settings.json", "/-/actor.json", DB, f"{DB}.json",
    f"{DB}/articles/1",
]  # fmt: skip


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Application:
    folder = tmp_path_factory.mktemp("routes")
    db = new_archive(folder)
    store(db, an_article())
    db.close()
    return application(datasette(folder / "healthnews.db"))


def answer(served: Application, path: str) -> tuple[int, str]:
    """Status and text, after the redirects that Datasette answers to a URL with percent-encodings or a last slash."""
    found = ask(served, path)
    for _ in range(3):
        if found.status_code == 302:
            target = found.headers["location"]
            assert target.startswith("/")
            assert not target.startswith("//")
            found = ask(served, target)
    return found.status_code, found.text


def short(path: object) -> str:
    return str(path)[:60]


@pytest.mark.parametrize("path", MISSING, ids=short)
def test_what_is_not_there_is_not_found(served: Application, path: str) -> None:
    assert answer(served, path)[0] == 404


@pytest.mark.filterwarnings("ignore:coroutine 'TableView:RuntimeWarning")  # Datasette leaves one when a facet is wrong
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("path", INVALID, ids=short)
def test_what_makes_no_sense_is_a_bad_request(
    served: Application, path: str, capfd: pytest.CaptureFixture[str]
) -> None:
    status, text = answer(served, path)
    assert status == 400
    for said in (text, *capfd.readouterr()):
        assert "Traceback" not in said


@pytest.mark.parametrize("path", TOLERATED, ids=short)
def test_what_is_odd_is_answered(served: Application, path: str) -> None:
    assert answer(served, path)[0] == 200


def test_a_missing_page_prints_nothing(served: Application, capfd: pytest.CaptureFixture[str]) -> None:
    assert answer(served, "/-/x")[0] == 404
    assert tuple(capfd.readouterr()) == ("", "")


def test_a_fault_of_ours_is_a_sentence(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    db = new_archive(tmp_path)
    store(db, an_article())
    db.execute("drop table revisions")
    db.close()
    status, text = answer(application(datasette(tmp_path / "healthnews.db")), f"{DB}/-/article/1")
    assert status == 500
    assert "the server's messages say why" in html.unescape(text)
    assert "no such table" not in text
    assert "no such table" in caplog.text


@pytest.mark.parametrize("page", ["databases", "threads", "plugins", "versions", "settings", "metadata", "messages"])
def test_strangers_are_not_told_of_the_machine(tmp_path: Path, page: str) -> None:
    new_archive(tmp_path).close()
    assert ask(application(datasette(tmp_path / "healthnews.db", public=True)), f"/-/{page}").status_code == 404
    assert ask(application(datasette(tmp_path / "healthnews.db")), f"/-/{page}").status_code == 200
