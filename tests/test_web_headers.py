"""Headers of every response, and what of Datasette's own pages a strict policy lets run."""

import re
from pathlib import Path

import pytest
from datasette.app import Datasette

from archive.web.security_headers import Application
from archive.web.server import application, datasette
from tests.archives import an_article, new_archive, store
from tests.web import ask, get

HOSTILE = "<script>alert(1)</script><style>*{}</style>\"'><img src=x onerror=alert(2)>"
PATHS = (
    "/", "/-/databases-and-tables", "/healthnews", "/healthnews/articles", "/healthnews/articles/1",
    "/healthnews?sql=select+title+from+articles", "/healthnews?sql=selec", "/healthnews/articles.json",
    "/healthnews/articles.csv", "/healthnews.csv?sql=select+1", "/-/dashboards", "/-/dashboards/health-news",
    "/-/dashboards/health-news/embed", "/-/dashboards/health-news/months", "/-/patterns", "/-/settings",
    "/-/plugins.json",
    "/-/messages", "/-/static/app.css", "/-/static/table.js", "/-/static-plugins/health-news-archive/charts.js",
    "/-/static-plugins/datasette_dashboards/vega.min.js", "/favicon.ico", "/-/x", "/x", "/healthnews/missing",
    "/healthnews/-/x", "/healthnews/", "/%20", "/%ff", "/-/logout", "/-/auth-token", "/healthnews.db",
    "/healthnews/-/search", "/healthnews/-/search.csv", "/healthnews/-/search.bib", "/healthnews/-/search.atom",
    "/healthnews/-/article/1", "/healthnews/-/article/99", "/healthnews/-/article/1.json",
    "/healthnews/-/search.csv?page=x",
    "/healthnews/articles/1.blob?_blob_column=title",
)  # fmt: skip


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("headers")
    db = new_archive(folder)
    store(db, an_article(title=HOSTILE, text=HOSTILE, citations=()))
    db.close()
    return folder / "healthnews.db"


@pytest.fixture(scope="module")
def served(archive: Path) -> Application:
    return application(datasette(archive))


def check(headers: dict[str, str]) -> None:
    policy = dict(part.strip().partition(" ")[::2] for part in headers["content-security-policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["base-uri"] == "'none'"
    assert policy["frame-ancestors"] == "'none'"
    assert "unsafe" not in policy.get("script-src", "")
    assert "unsafe" not in policy.get("style-src", "")
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-resource-policy"] == "same-origin"


@pytest.mark.parametrize("path", PATHS)
def test_every_response_has_them_once(served: Application, path: str) -> None:
    answer = ask(served, path)
    check(dict(answer.headers))
    assert [name for name, number in _counts(answer.headers.multi_items()).items() if number > 1] == []


@pytest.mark.parametrize(("host", "method"), [("evil.example", "GET"), ("localhost", "POST")])
def test_a_refusal_has_them_too(served: Application, host: str, method: str) -> None:
    answer = ask(served, "/", method=method, headers={"host": host})
    assert 400 <= answer.status_code < 500
    check(dict(answer.headers))


@pytest.mark.parametrize("path", [path for path in PATHS if "sql" in path or "articles" in path or path == "/x"])
def test_stored_scripts_have_no_nonce(served: Application, path: str) -> None:
    answer = ask(served, path)
    if not answer.headers["content-type"].startswith("text/html"):
        return
    nonces = re.findall(r"'nonce-([^']+)'", answer.headers["content-security-policy"])
    assert len(set(nonces)) == 1
    inline = re.findall(r"<(?:script|style)(?![^>]*\bsrc=)[^>]*>", answer.text)
    assert inline
    assert [tag for tag in inline if f'nonce="{nonces[0]}"' not in tag] == []
    assert HOSTILE not in answer.text
    assert nonces[0] not in ask(served, path).text  # the next request has another


def test_another_installation_of_datasette_keeps_its_pages(archive: Path) -> None:
    other = Datasette([str(archive)])
    answer = get(other, "/healthnews/articles")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "content-security-policy" not in answer.headers
    assert "nonce" not in answer.text
    assert get(other, "/healthnews/-/article/1").headers["content-security-policy"].startswith("default-src 'none'")
    assert get(other, "/-/x").status_code == 404


def _counts(headers: list[tuple[str, str]]) -> dict[str, int]:
    names = [name.lower() for name, _ in headers]
    return {name: names.count(name) for name in names}
