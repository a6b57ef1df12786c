"""The page of a group of copies."""

from datetime import date
from pathlib import Path

import pytest
from datasette.app import Datasette

from archive.retrieval.engine import matching, search
from archive.web.pages.duplicates import SIZE
from archive.web.server import datasette as serve
from tests.archives import an_article, new_archive, store
from tests.web import get, page

COPIES = "/healthnews/-/copies/1"
TEXT = "\n\n".join(
    f"第{number}段说的是干细胞治疗硬皮病的第{number}个方面，患者有{number * 7}例，都好转了。" for number in range(20)
)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Datasette:
    """An article, a copy word for word, one that changed a number and its title, and enough others for two pages."""
    folder: Path = tmp_path_factory.mktemp("copies")
    db = new_archive(folder)
    changes = [("", TEXT), ("", TEXT), ("<b>转载</b>：", TEXT.replace("有21例", "有23例"))]
    changes += [("", TEXT)] * SIZE
    for number, (title, text) in enumerate(changes):
        copy = an_article(
            title=f"{title}干细胞治疗硬皮病", text=text, published=date(2024, 1, 1 + number), citations=()
        )
        store(db, copy, url=f"https://copy{number}.example/", site=f"site{number}")
    store(db, an_article(text="完全不同的一篇文章，讲的是睡眠。" * 9), url="https://alone.example/")
    db.close()
    return serve(folder / "healthnews.db")


def test_who_published_first_and_what_the_others_changed(served: Datasette) -> None:
    text = page(served, COPIES)
    assert '<h1 lang="zh-Hans"><a href="/healthnews/-/article/1">' in text
    assert f"Published first, and {SIZE + 2} copies of it" in text
    assert "患者有<del>21</del><ins>23</ins>例" in text
    assert "第4段" not in text
    assert "<ins>&lt;b&gt;转载&lt;/b&gt;：</ins>干细胞" in text
    assert text.count("Word for word the same text.") == SIZE - 1
    assert "100% alike" in text
    assert '<a href="/healthnews/-/site/site1">site1</a>' in text


def test_copies_are_compared_page_by_page(served: Datasette) -> None:
    assert page(served, f"{COPIES}?page=2").count('<li class="hn-copy">') == 2


def test_copies_as_json(served: Datasette) -> None:
    answer = get(served, f"{COPIES}.json").json()
    assert answer["first"]["article_id"] == 1
    assert answer["total"] == SIZE + 2
    same, changed = answer["copies"][:2]
    assert same["passages"] == []
    assert [piece for line in changed["passages"] for piece in line if piece[0] != "same"] == [
        ["removed", "21"], ["added", "23"],
    ]  # fmt: skip


@pytest.mark.parametrize("group", [2, 99, 14])
def test_what_is_no_group_is_said_in_a_sentence(served: Datasette, group: int) -> None:
    answer = get(served, f"/healthnews/-/copies/{group}")
    assert answer.status_code == 404
    assert f"There is no group of copies {group}" in answer.text


def test_nobody_is_called_first_on_a_tie(tmp_path: Path) -> None:
    db = new_archive(tmp_path)
    for number in range(3):
        copy = an_article(text=TEXT, published=date(2024, 1, 1) if number < 2 else None, citations=())
        store(db, copy, url=f"https://tie{number}.example/")
    db.close()
    served = serve(tmp_path / "healthnews.db")
    text = page(served, COPIES)
    assert "2 copies of it; by their dates any of them may have been published first" in text
    assert "Published first" not in text
    assert "Which one was published first is not known." in page(served, "/healthnews/-/article/1")


def test_a_search_shows_the_first_of_its_copies(tmp_path: Path) -> None:
    db = new_archive(tmp_path)
    for number in range(3):
        title = "干细胞治疗硬皮病" if number else "转载的文章"  # the first one ranks last
        store(db, an_article(title=title, text=TEXT, published=date(2024, 1, 1 + number), citations=()),
              url=f"https://copy{number}.example/")  # fmt: skip
    for sort in ("rank", "date"):
        assert [(hit.id, hit.copies) for hit in search(db, "干细胞治疗硬皮病", sort=sort).hits] == [(1, 2)]
    assert matching(db, "干细胞", copies=False) == [1]
    assert [hit.id for hit in search(db, "title:干细胞").hits] == [2]  # the first one does not match
    db.close()
