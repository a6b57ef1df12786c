"""Files under any label, as a crawl meets them."""

import io
import zipfile
from collections.abc import Iterator

import pytest

from tests.loopback import Reply
from tests.recrawl import HTML, Page, World, crawled, page


def _zip(*names: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        for name in names:
            packed.writestr(name, "<html><body><p>text</p></body></html>" * 20)
    return file.getvalue()


BODIES = {
    "pdf": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj << /Type /Catalog >>\nendobj\n" * 30,
    "png": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(256)) * 4,
    "zip": _zip("page.html"),
    "docx": _zip("[Content_Types].xml", "word/document.xml"),
}
TYPES = {
    "pdf": "application/pdf", "png": "image/png", "zip": "application/zip",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}  # fmt: skip
PDF = Reply(body=BODIES["pdf"], headers={"Content-Type": TYPES["pdf"]})
STORIES: dict[str, list[Page]] = {
    **{
        f"/a/{name}-as-{name}": [Reply(body=body, headers={"Content-Type": TYPES[name]})]
        for name, body in BODIES.items()
    },
    **{f"/a/{name}-as-html": [Reply(body=body, headers=HTML)] for name, body in BODIES.items()},
    **{f"/a/html-as-{name}": [page(f"as {name}", Content_Type=TYPES[name])] for name in BODIES},
    "/a/was-html": [
        page("was html"),
        Reply(body=BODIES["pdf"], headers={"Content-Type": TYPES["pdf"]}),
        page("was html"),
    ],
}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with crawled(tmp_path_factory.mktemp("files"), STORIES, 3, concurrency=1) as made:
        yield made


@pytest.mark.parametrize("name", BODIES)
def test_a_file_is_no_article_under_any_label(world: World, name: str) -> None:
    reason = "not html: pdf" if name == "pdf" else "not html"
    for label in (name, "html"):
        assert world.fates(f"/a/{name}-as-{label}")[0] == ("no article", reason, None)


@pytest.mark.parametrize("name", BODIES)
def test_a_page_is_an_article_under_any_label(world: World, name: str) -> None:
    assert world.fates(f"/a/html-as-{name}")[0] == ("stored", None, "new")


def test_a_file_in_an_articles_place_changes_nothing_of_it(world: World) -> None:
    first, second, third = world.fates("/a/was-html")
    assert (first, second) == (("stored", None, "new"), ("no article", "not html: pdf", None))
    assert third[0] in ("stored", "unchanged")
    sql = "select revision from articles a join pages p on p.id = a.page_id where p.url = ?"
    assert world.rows(sql, world.base + "/a/was-html") == [(1,)]
