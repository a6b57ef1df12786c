"""The browser interface in Chinese: chosen by the request, remembered, and without English that was forgotten."""

import re
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import feedparser
import pytest

from archive.web.security_headers import Application
from archive.web.server import application, datasette
from archive.works.retraction_watch import load_table
from tests.archives import NOW, an_article, new_archive, store
from tests.retraction_table import a_row, a_table
from tests.web import ask

PAGES = (
    "/", "/healthnews/-/search", "/healthnews/-/search?q=干细胞&since=2020&references=yes",
    "/healthnews/-/search?q=没有的词&site=demo", "/healthnews/-/search?gone=yes", "/healthnews/-/search?page=4",
    "/healthnews/-/search?q=治愈率&revisions=yes", "/healthnews/-/search?revisions=yes",
     "/healthnews/-/article/1", "/healthnews/-/article/1?q=治愈",
    "/healthnews/-/article/1/revision/1", "/healthnews/-/article/1/changes", "/healthnews/-/article/2/changes",
    "/healthnews/-/changes", "/healthnews/-/changes?q=没有&min_size=4&claims=yes", "/healthnews/-/trend",
    "/healthnews/-/trend?q=干细胞&q2=治愈", "/healthnews/-/copies/1", "/healthnews/-/works",
    "/healthnews/-/works?q=没有",
    "/healthnews/-/work/1", "/healthnews/-/sites", "/healthnews/-/site/demo", "/healthnews/-/article/999",
)  # fmt: skip
# Names, and terms that Chinese readers know by these letters.
KNOWN = {
    "datasette", "json", "lines", "atom", "csv", "excel", "bibtex", "ris", "csl", "doi", "pmid", "pmcid", "pmc",
    "arxiv", "issn", "isbn", "nct", "chictr", "isrctn", "utc", "sql", "english", "html", "http", "https", "healthnews",
    "cell", "fraud",
}  # fmt: skip
WORDS = re.compile("[A-Za-z]{3,}")
VOID = {"meta", "link", "input", "br", "img", "rect"}
SILENT = {"script", "style", "code", "pre", "kbd", "cite", "time"}


class Reader(HTMLParser):
    """The text that a page shows or says in the language of the interface, without what is marked as another's."""

    def __init__(self) -> None:
        super().__init__()
        self.stack: list[bool] = [True]
        self.said: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        heard = self.stack[-1] and tag not in SILENT and found.get("lang", "zh-Hans") == "zh-Hans"
        if heard:
            self.said += [found[name] or "" for name in ("aria-label", "placeholder", "title") if name in found]
            if (found.get("class") or "") == "Z3988":
                self.said.pop()
        if tag not in VOID:
            self.stack.append(heard)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            self.stack.pop()

    def handle_data(self, data: str) -> None:
        if self.stack[-1]:
            self.said.append(data)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Application:
    """An archive with an article of two revisions, a copy of it, a retracted work and a page that is gone."""
    folder = tmp_path_factory.mktemp("languages")
    db = new_archive(folder)
    article = an_article(
        title="干细胞治疗硬皮病", text="第一段说明研究[1]。\n\n" + "两例患者都好转了。" * 30 + "治愈率极高。"
    )
    store(db, article, url="https://news.example/1", now=NOW)
    newer = replace(article, text=article.text.replace("都好转了", "没有好转", 1).removesuffix("治愈率极高。"))
    store(db, newer, url="https://news.example/1", now="2024-06-02T00:00:00.000000Z")
    store(db, article, url="https://other.example/copy", now=NOW, site="other")
    load_table(db, a_table(folder, a_row(RetractionNature="Retraction", Reason="+Fraud")), NOW)
    db.execute("update pages set state = 'gone', reason = 'http 404', gone_since = ? where id = 1", [NOW])
    db.close()
    return application(datasette(folder / "healthnews.db"))


@pytest.fixture(scope="module")
def stored(served: Application) -> set[str]:
    """The words of what is stored, which pages show as it is."""
    paths = ("article/1", "article/2", "work/1", "work/2", "site/demo")
    return {
        word.lower()
        for path in paths
        for text in texts(ask(served, f"/healthnews/-/{path}.json").json())
        for word in WORDS.findall(text)
    }


def texts(value: Any) -> Iterator[str]:
    """The strings in a JSON value, without the names of its fields."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, (list, dict)):
        for each in value.values() if isinstance(value, dict) else value:
            yield from texts(each)


def english(page: str) -> set[str]:
    """The words in Latin letters that a page says."""
    reader = Reader()
    reader.feed(page)
    return {word.lower() for text in reader.said for word in WORDS.findall(text)}


@pytest.mark.parametrize("path", PAGES)
def test_a_chinese_page_says_nothing_in_english(served: Application, stored: set[str], path: str) -> None:
    answer = ask(served, path, headers={"accept-language": "zh-CN"})
    assert answer.status_code == (404 if path.endswith("999") else 200)
    assert '<html lang="zh-Hans">' in answer.text
    assert sorted(english(answer.text) - KNOWN - stored) == []


def test_the_formats_of_parameters_are_said_in_chinese(served: Application) -> None:
    answer = ask(served, "/healthnews/-/search?since=x&references=x", headers={"accept-language": "zh"})
    assert "请写 YYYY-MM-DD、YYYY-MM 或 YYYY。" in answer.text
    assert "如 5、5-19 或 20-。" in answer.text


def test_a_request_without_a_wish_is_answered_in_english(served: Application) -> None:
    answer = ask(served, "/healthnews/-/search")
    assert '<html lang="en">' in answer.text
    assert "Search the archive" in answer.text
    assert answer.headers["vary"].startswith("Accept-Language, Cookie")
    assert "set-cookie" not in answer.headers


def test_traditional_chinese_is_a_language_of_its_own(served: Application) -> None:
    answer = ask(served, "/healthnews/-/search", headers={"accept-language": "zh-TW,zh;q=0.9,en;q=0.8"})
    assert '<html lang="zh-Hant">' in answer.text
    assert "搜尋檔案庫" in answer.text


def test_a_link_switches_and_is_remembered(served: Application) -> None:
    page = ask(served, "/healthnews/-/search?q=干细胞")
    assert 'href="?q=%E5%B9%B2%E7%BB%86%E8%83%9E&amp;lang=zh-Hans" lang="zh-Hans"' in page.text
    switched = ask(served, "/healthnews/-/search?q=干细胞&lang=zh-Hans")
    assert "简体中文</a>" not in switched.text
    assert "English</a>" in switched.text
    assert switched.headers["set-cookie"] == "hn_lang=zh-Hans; Path=/; Max-Age=31536000; SameSite=Lax"
    assert switched.headers["cache-control"] == "private"
    later = ask(served, "/healthnews/-/search", headers={"cookie": "a=b; hn_lang=zh-Hans", "accept-language": "en"})
    assert '<html lang="zh-Hans">' in later.text
    assert "set-cookie" not in later.headers


@pytest.mark.parametrize(
    "cookie", ["hn_lang=xx", "hn_lang=", "hn_lang=zh-Hans-x; Path", 'hn_lang="<b>"', "\x00=;;hn_lang"]
)
def test_an_odd_cookie_is_ignored(served: Application, cookie: str) -> None:
    assert '<html lang="en">' in ask(served, "/", headers={"cookie": cookie}).text


@pytest.mark.parametrize("path", ["/", "/healthnews/-/search", "/healthnews/articles", "/healthnews/-/search.json"])
def test_a_language_without_a_catalogue_is_refused(served: Application, path: str) -> None:
    answer = ask(served, f"{path}?lang=xx")
    assert answer.status_code == 400
    assert answer.text == "There is no interface in “xx”: lang is en, zh-Hans or zh-Hant.\n"
    chinese = ask(served, f"{path}?lang=<script>", headers={"accept-language": "zh"})
    assert chinese.text == "没有“<script>”界面：lang 可为 en、zh-Hans 或 zh-Hant。\n"
    assert chinese.headers["content-type"] == "text/plain; charset=utf-8"


def test_datasettes_pages_and_refusals_speak_the_language_too(served: Application) -> None:
    chinese = {"accept-language": "zh"}
    assert '<html lang="zh-Hans">' in ask(served, "/healthnews/articles", headers=chinese).text
    tables = ask(served, "/healthnews", headers=chinese).text
    assert all(
        words in tables for words in ("技术支持：", "自定义 SQL 查询", 'value="运行 SQL"', "查询</h2>", "数据表</h2>")
    )
    rows = ask(served, "/healthnews/articles?_size=1", headers=chinese).text
    assert all(words in rows for words in ('value="应用"', "将此数据导出为", "下一页", "查看和编辑 SQL", "搜索："))
    assert "没有这个页面。" in ask(served, "/healthnews/-/x", headers=chinese).text
    assert ask(served, "/", method="POST", headers=chinese).text == "档案库只能用 GET 或 HEAD 读取。\n"
    assert ask(served, "/healthnews/-/search.csv?page=x", headers=chinese).text.startswith("“x”不是 page 的有效值")


def test_json_stays_in_english(served: Application) -> None:
    answer = ask(served, "/healthnews/-/search.json?page=x", headers={"accept-language": "zh"})
    assert answer.json()["complaints"] == [
        "“x” is not a valid value of page and is ignored: write a number from 1 to 500."
    ]
    assert "accept-language" not in answer.headers.get("vary", "").lower()


@pytest.mark.parametrize("path", ["search", "changes"])
def test_feeds_speak_the_language(served: Application, path: str) -> None:
    answer = ask(served, f"/healthnews/-/{path}.atom", headers={"accept-language": "zh"})
    feed = feedparser.parse(answer.text)
    assert not feed.bozo
    assert feed.feed.subtitle == "健康新闻档案库，healthnews"
    assert feed.feed.title in ("新文章", "变动")


def test_a_table_of_another_database_may_have_a_column_lang(tmp_path: Path) -> None:
    import sqlite3

    from datasette.app import Datasette

    from tests.web import get

    with sqlite3.connect(tmp_path / "words.db") as connection:
        connection.execute("create table words (lang text, word text)")
        connection.execute("insert into words values ('xx', 'only one')")
    connection.close()
    answer = get(Datasette([str(tmp_path / "words.db")]), "/words/words?lang=xx")
    assert answer.status_code == 200
    assert "only one" in answer.text
    assert "set-cookie" not in answer.headers
