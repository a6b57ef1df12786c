"""Blocks that a site repeats are removed without a rule; a sentence that two pages quote is kept."""

import json
import sqlite3
from pathlib import Path

import pytest

from tests.commands import run
from tests.loopback import Loopback, Reply, article_html, site_file

PAGES = 50
SLOGAN = "云朵牧场，每一颗种子都值得等待春天"
QUOTE = "正如院长所言，耐心是这门学问里最难得的一味药材。"
QUOTED = (11, 37)


def page(number: int) -> bytes:
    """An article of its own words, the slogan in its middle; two of them quote the same sentence."""
    own = [
        f"第{number}号随访记录的第{part}部分讲的是{'甲乙丙丁戊己庚辛壬癸'[part]}组受试者在{number + part}周后的变化，"
        f"{'缓慢' if (number + part) % 2 else '迅速'}恢复的有{number * 7 + part}人，研究者据此调整了方案，写进了报告。"
        for part in range(6)
    ]
    quote = [QUOTE] if number in QUOTED else []
    return article_html(f"第{number}号随访", *own[:3], SLOGAN, *quote, *own[3:])


def answer(path: str) -> Reply:
    kind, _, number = path.strip("/").partition("/")
    if kind == "list":
        return Reply(body="".join(f'<a href="/a/{n}">第{n}号随访</a>' for n in range(PAGES)).encode())
    return Reply(body=page(int(number))) if kind == "a" else Reply(404)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("learning")
    (made / "sites").mkdir()
    with Loopback(answer) as site:
        (made / "sites" / "loop.toml").write_text(site_file(site.url, concurrency=1))
        assert run("crawl", "--sites", "sites", cwd=made).returncode == 0
    return made


def articles_with(folder: Path, words: str) -> list[int]:
    db = sqlite3.connect(folder / "healthnews.db")
    rows = db.execute("select id from articles where instr(text, ?) order by id", [words]).fetchall()
    db.close()
    return [article_id for (article_id,) in rows]


def test_a_new_slogan_is_removed_after_a_few_pages(folder: Path) -> None:
    with_slogan = articles_with(folder, SLOGAN)
    assert 0 < len(with_slogan) <= 15
    assert max(with_slogan) <= 20  # the first ones only


def test_reprocessing_removes_it_from_the_first_pages(folder: Path) -> None:
    counts = json.loads(run("reprocess", "--json", cwd=folder).stdout)
    assert counts["changed"] > 0
    assert articles_with(folder, SLOGAN) == []
    assert len(articles_with(folder, QUOTE)) == len(QUOTED)
    shown = json.loads(run("show", "1", "--json", cwd=folder).stdout)
    assert (SLOGAN, "recurring") in {(removal["text"], removal["reason"]) for removal in shown["removals"]}
    assert json.loads(run("reprocess", "--json", cwd=folder).stdout) == {"same": PAGES}
