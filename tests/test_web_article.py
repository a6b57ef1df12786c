"""The article page, its older revisions, and the page of changes."""

import asyncio
import re
from dataclasses import replace
from pathlib import Path

import pytest
from datasette.app import Datasette
from datasette.utils.asgi import Request
from sqlite_utils import Database

from archive.article import Article, Citation, Removal
from archive.storage.database import open_archive
from archive.storage.frontier import NewPage, add_pages
from archive.web.pages.article import article_context, read_article
from archive.web.responses import ArchiveRequest
from archive.web.server import datasette as serve
from archive.works.retraction_watch import load_table
from tests.archives import NOW, a_reference, an_article, new_archive, store
from tests.retraction_table import a_row, a_table
from tests.web import HOSTILE, PAGE, get, page

LATER = "2024-07-01T00:00:00.000000Z"


def hostile_article() -> Article:
    """An article every text of which tries to break out of the page."""
    return an_article(
        title=HOSTILE, text=f"{HOSTILE}[1]\n\n# {HOSTILE}", markdown=f"## {HOSTILE}", authors=(HOSTILE,),
        source=HOSTILE, editors=(HOSTILE,), section=HOSTILE, keywords=(HOSTILE,), language='"><script>',
        citations=(Citation(marker="[1]", start=len(HOSTILE), end=len(HOSTILE) + 3, references=(0,)),),
        references=(a_reference(raw=f"[1] {HOSTILE}", url="javascript:alert(3)", kind="link"),),
        removals=(Removal(text=HOSTILE, reason=HOSTILE, kind=HOSTILE),),
    )  # fmt: skip


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Datasette:
    """1: an article with two revisions, a retracted reference and a copy (2); 3: a hostile one."""
    folder = tmp_path_factory.mktemp("article")
    db = new_archive(folder)
    text = "第一段说明12例研究[1]，另见[7]。\n\n小标题\n\n第三段[1-3]。\n\n" + "不变的一段。\n\n" * 8 + "末段。"
    references = tuple(
        a_reference(
            label=str(n),
            raw=f"[{n}] Wu T. Cells {n}. J Cells 2016;3:48.",
            doi=f"10.5555/sci.{n}",
            title=f"Stem cells {n} for skin",
            pmid=None,
            pmcid=None,
            arxiv=None,
        )
        for n in (1, 2, 3, 4)
    )
    article = an_article(
        text=text, markdown="## 小标题", references=references, source="健康报",
        citations=tuple(
            Citation(marker=marker, start=text.index(marker), end=text.index(marker) + len(marker), references=bound)
            for marker, bound in (("[1]", (0,)), ("[7]", ()), ("[1-3]", (0, 1, 2)))
        ),
        removals=(
            Removal(text="电话 400-555-0100", reason="phone number", kind="phone"),
            Removal(text="相关阅读", reason="related articles", kind="related list"),
            Removal(text="一行", reason="left out"),
        ),
    )  # fmt: skip
    store(db, article)
    changed = replace(
        article, title="干细胞治疗硬皮病（更正）", text=text.replace("12例", "15例"), references=references[:3]
    )
    store(db, changed, now=LATER)
    store(db, changed, url="https://other.example/copy", site="other", now=LATER)
    store(db, hostile_article(), url="https://news.example/hostile")
    load_table(db, a_table(folder, a_row(OriginalPaperDOI="10.5555/sci.1", Reason="+Fraud")), NOW)
    gone = "update pages set state = 'gone', reason = 'http 410', missing_since = ?, gone_since = ? where id = 1"
    db.execute(gone, [LATER, LATER])
    db.execute("update pages set reason = 'http 404', missing_since = ? where id = 2", [LATER])
    add_pages(db, [NewPage(url="https://news.example/old?<b>", host="news.example")], NOW)
    db.execute("update pages set state = 'alias', alias_of = 1 where url like '%old%'")
    db.close()
    return serve(folder / "healthnews.db")


def test_markers_lead_to_entries_and_back(served: Datasette) -> None:
    text = page(served)
    assert '<span class="hn-marker" id="marker-0"><a href="#reference-0">[1]</a></span>' in text
    assert 'id="marker-2">[<a href="#reference-0">1</a>-' in text
    assert '<a href="#reference-2">3</a>]<span class="hn-implied"> <a href="#reference-1">2</a></span>' in text
    assert "[7]。" in text
    assert 'id="marker-1"' not in text
    entry = text[text.index('id="reference-0"') : text.index('id="reference-1"')]
    assert re.findall(r'href="#(marker-\d)"', entry) == ["marker-0", "marker-2"]
    targets = set(re.findall(r'href="#([^"]+)"', text))
    assert targets <= set(re.findall(r'id="([^"]+)"', text))


@pytest.mark.parametrize(
    "words",
    [
        "<h2>小标题</h2>",
        '<h1 lang="zh-Hans">干细胞治疗硬皮病（更正）</h1>',
        'href="https://doi.org/10.5555/sci.1"',
        "Of the works that this article cites, 1 has been retracted.",
        "This work has been retracted (2020-06-19): Fraud. The article was published after that.",
        'href="https://doi.org/10.5555/notice" rel="noreferrer">The notice</a>',
        '<a href="/healthnews/-/work/1">cited by 2 articles</a>',
        'rel="noreferrer nofollow">news.example',
        "The page was gone (http 410) when it was last fetched, on 2024-07-01.",
        '<p class="hn-notice hn-notice-warning">The page has been gone since 2024-07-01. This is the article',
        "<dt>Also at</dt><dd>https://news.example/old?&lt;b&gt;</dd>",
        "3 blocks, 1 of them marketing (15 characters)",
        "marketing: phone",
        "电话 400-555-0100",
        "Which one was published first is not known.",
        "100% alike",
        '<a href="/healthnews/-/article/1/revision/1">Revision 1</a>',
        '/healthnews/-/article/1/changes?from=1&amp;to=2">changes',
        "Chinese (Simplified)",
        "<dt>Sample size</dt><dd>2</dd>",
        "图 1",
    ],
)
def test_an_article_page_has(served: Datasette, words: str) -> None:
    assert words in page(served)


def test_a_page_that_was_missing_once_is_not_called_gone(served: Datasette) -> None:
    text = page(served, "/healthnews/-/article/2")
    assert '<p class="hn-notice">The page has been missing since 2024-07-01; it will be fetched again.</p>' in text
    assert "The page was missing (http 404) when it was last fetched" in text
    assert "hn-notice" not in page(served, "/healthnews/-/article/3")


def test_images_are_not_loaded_and_no_link_runs_code(served: Datasette) -> None:
    for path in (PAGE, "/healthnews/-/article/3"):
        text = page(served, path)
        assert "<img" not in text
        assert "javascript:" not in text


def test_hostile_text_is_text(served: Datasette) -> None:
    text = page(served, "/healthnews/-/article/3")
    assert text.count("&lt;script&gt;alert(1)&lt;/script&gt;") >= 10
    assert 'lang="&#34;&gt;&lt;script&gt;"' in text


def test_an_older_revision_can_be_read(served: Datasette) -> None:
    old = page(served, f"{PAGE}/revision/1")
    assert "This is revision 1 of 2." in old
    assert "12例" in old
    assert "cited by" not in old
    assert "15例" in page(served, f"{PAGE}/revision/2")


def test_changes_are_shown_word_by_word(served: Datasette) -> None:
    text = page(served, f"{PAGE}/changes")
    assert "第一段说明<del>12</del><ins>15</ins>例研究" in text
    assert "干细胞治疗硬皮病<ins>（更正）</ins>" in text
    assert "unchanged paragraphs</summary>" in text
    assert "No longer cited" in text
    assert "<del>[4] Wu T. Cells 4. J Cells 2016;3:48.</del>" in text
    back = page(served, f"{PAGE}/changes?from=2&to=1")
    assert "第一段说明<del>15</del><ins>12</ins>例研究" in back
    assert "Newly cited" in back


def test_changes_of_an_article_that_never_changed(served: Datasette) -> None:
    assert "There is one revision of this article" in page(served, "/healthnews/-/article/2/changes")


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("/healthnews/-/article/99", "No article has the id 99."),
        (f"{PAGE}/revision/9", "The article has revisions 1 to 2, not 9."),
        (f"{PAGE}/changes?from=0", "The article has revisions 1 to 2, not 0."),
        (f"{PAGE}/changes?to=<b>", "&lt;b&gt; is not the number of a revision."),
        ("/healthnews/-/article/99/changes", "No article has the id 99."),
        ("/healthnews/-/article/99.json", '"error": "No article has the id 99."'),
    ],
)
def test_what_is_not_there_is_said_in_a_sentence(served: Datasette, path: str, sentence: str) -> None:
    answer = get(served, path)
    assert answer.status_code == 404
    assert sentence in answer.text


def test_an_article_as_json(served: Datasette) -> None:
    answer = get(served, f"{PAGE}.json").json()
    assert answer["title"] == "干细胞治疗硬皮病（更正）"
    assert [flag["position"] for flag in answer["flags"]] == [0]
    assert [member["article_id"] for member in answer["copies"]["members"]] == [1, 2]
    assert answer["revisions"] == [{"number": 2, "seen_at": LATER}, {"number": 1, "seen_at": NOW}]
    assert answer["page"]["state"] == answer["state"] == "gone"
    assert answer["page"]["gone_since"] == answer["gone_since"] == LATER
    assert answer["aliases"] == ["https://news.example/old?<b>"]
    assert get(served, "/healthnews/-/article/3.json").json()["copies"] is None


def test_the_newest_date_of_a_fetch_is_shown_without_one(tmp_path: Path) -> None:
    db = new_archive(tmp_path)
    store(db, an_article())
    db.execute("delete from fetches")
    db.close()
    assert "The page was there." in page(serve(tmp_path / "healthnews.db"))


def test_a_page_is_read_in_one_state_of_the_archive(tmp_path: Path) -> None:
    """A crawl that stores a revision while a page is read must not give old text with new references."""
    db = new_archive(tmp_path)
    store(db, an_article())
    db.close()
    datasette = serve(tmp_path / "healthnews.db")

    def reader(connection: Database) -> list[int]:
        found = []
        for number in range(2):
            found.append(connection.execute("select max(number) from revisions").fetchone()[0])
            crawl = open_archive(tmp_path / "healthnews.db")  # this is Datasette's thread
            store(crawl, an_article(text=f"新的正文，第{number}次修改。", citations=()), now=LATER)
            crawl.close()
        return found

    async def read() -> list[int]:
        return await ArchiveRequest(Request.fake("/"), datasette, datasette.get_database()).read(reader)

    assert asyncio.run(read()) == [1, 1]


def test_other_requests_go_on_while_many_references_are_written(tmp_path: Path) -> None:
    db = new_archive(tmp_path)
    references = tuple(a_reference(raw=f"[{n}] Wu T. Cells. 2016;{n}:48.", label=str(n)) for n in range(200))
    store(db, an_article(references=references, citations=()))
    datasette, turns = serve(tmp_path / "healthnews.db"), 0

    async def answer() -> str:
        raw = Request.fake("/")
        raw.scope["csrftoken"] = str
        request = ArchiveRequest(raw, datasette, datasette.get_database())
        context = article_context(request, read_article(db, "1"), None, None, None)
        before = turns
        body = (await request.html("article.html", context)).body
        assert turns - before >= 8
        return str(body)

    async def read() -> str:
        await datasette.invoke_startup()
        counting = asyncio.create_task(count())
        found = await answer()
        counting.cancel()
        return found

    async def count() -> None:
        nonlocal turns
        while True:
            await asyncio.sleep(0)
            turns += 1

    assert asyncio.run(read()).count('class="hn-entry"') == 200
    db.close()
