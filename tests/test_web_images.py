"""Images of articles in the browser: beside their captions, in the page as received, and as nothing but images."""

import hashlib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archive.article import Image
from archive.articles.fetch_result import FetchResult
from archive.articles.fetches import record
from archive.articles.images import ImageLink
from archive.extraction.image_files import image_format
from archive.storage.connection import timestamp, warc_folder
from archive.storage.database import open_archive
from archive.storage.frontier import NewPage, add_pages
from archive.storage.warc.files import Exchange, Location, WarcWriter
from archive.web.raw_html import safe_html
from archive.web.raw_origin import MOST_OF_IMAGES, POLICY
from archive.web.server import application, datasette
from tests.archives import an_article, due_page, new_archive
from tests.browser import PHONE, Listener, chromium, open_at, serving, window
from tests.images import SVG, png
from tests.kept import alter
from tests.test_web_received import page
from tests.web import RAW_PORT, ask, ask_port

HOST = "https://news.example"
KEPT, SVG_URL, WAITING, MANY = (f"{HOST}/i/{name}" for name in ("a.png", "b.svg", "c.png", "d.png"))
BODY = f"""<html><head><title>An article</title></head><body><h1>标题</h1><p>The text.</p>
<figure><img data-src="/i/a.png" src="blank.gif" alt="one"></figure><noscript><img src="/i/a.png"></noscript>
<img src="{SVG_URL}" alt="two"><img src="/i/c.png"><img src="https://else.example/x.png"></body></html>"""


class Archive:
    """An archive with an article and its images."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.db = open_archive(path)
        self.writer = WarcWriter(warc_folder(path), "test")

    def write(self, url: str, body: bytes, media_type: str) -> Location:
        return self.writer.write(
            Exchange(
                url=url, fetched_at=datetime(2024, 6, 1, tzinfo=UTC), method="GET", request_headers=[], status=200,
                reason="OK", headers=[("Content-Type", media_type)], body=body,
            )
        )  # fmt: skip

    def add_article(self) -> None:
        """Stores the article; the last of its images is one too many."""
        url, now = f"{HOST}/a/1", timestamp(datetime(2024, 6, 1, tzinfo=UTC))
        add_pages(self.db, [NewPage(url=url, host="news.example", site="demo")], now)
        urls = (KEPT, SVG_URL, WAITING, MANY)
        pages = [NewPage(url=each, host="news.example", kind="image", due_at=now, depth=1) for each in urls[:3]]
        images = tuple(Image(url=each, alt=f"alt {n}", caption=f"图 {n}") for n, each in enumerate(urls, 1))
        record(self.db, None, FetchResult(
            page=due_page(1, url), url=url, fetched_at=now, status=200, content_type="text/html", size=len(BODY),
            digest=hashlib.sha1(BODY.encode()).hexdigest(), warc=self.write(url, BODY.encode(), "text/html"),
            outcome="stored", article=an_article(url=url, images=images, references=(), citations=()),
            images=(*map(ImageLink, urls[:3], pages), ImageLink(MANY, None, "too many")),
        ))  # fmt: skip

    def add_image(self, url: str, body: bytes, media_type: str) -> int:
        """Stores an image as kept, even if it is none; returns the id of its fetch."""
        (page_id,) = self.db.execute("select id from pages where url = ?", [url]).fetchone()
        form = image_format(body)
        record(self.db, None, FetchResult(
            page=due_page(page_id, url), url=url, fetched_at="2024-06-01T01:00:00.000000Z", status=200,
            content_type=media_type, size=len(body), digest=hashlib.sha1(body).hexdigest(), outcome="read",
            warc=self.write(url, body, media_type), media_type=form.media_type if form else "image/png",
            width=form.width if form else None, height=form.height if form else None,
        ))  # fmt: skip
        return int(self.db.execute("select max(id) from fetches").fetchone()[0])

    def close(self) -> None:
        self.writer.close()
        self.db.close()

    def ask(self, path: str, *, raw: bool = False, **headers: str) -> tuple[int, bytes, dict[str, str]]:
        answer = ask_port(self.path, path, raw=raw, **headers)
        return answer.status_code, answer.content, dict(answer.headers)


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    new_archive(tmp_path).close()
    made = Archive(tmp_path / "healthnews.db")
    made.add_article()
    assert (made.add_image(KEPT, png(120, 80), "text/html"), made.add_image(SVG_URL, SVG, "image/svg+xml")) == (2, 3)
    made.close()
    return made


def test_kept_images_stand_beside_their_captions(archive: Archive) -> None:
    status, body, headers = archive.ask("/healthnews/-/article/1")
    text = body.decode()
    source = f"http://localhost:{RAW_PORT}/healthnews/image/2"
    assert status == 200
    assert f'<img src="{source}" alt="alt 1" loading="lazy" width="120" height="80">' in text
    assert "图 1" in text
    assert "120 × 80" in text
    assert f"img-src 'self' http://localhost:{RAW_PORT};" in headers["content-security-policy"]
    assert "not fetched: too many" in text
    chinese = archive.ask("/healthnews/-/article/1", accept_language="zh-CN")[1].decode()
    assert "未抓取: 数量过多" in chinese


def test_without_a_raw_origin_images_are_only_named(archive: Archive) -> None:
    answer = ask(application(datasette(archive.path)), "/healthnews/-/article/1")
    assert "<figure>" not in answer.text
    assert "4 on the page, not kept here" in answer.text
    assert "img-src 'self';" in answer.headers["content-security-policy"]


def test_an_image_is_sent_as_what_it_is(archive: Archive) -> None:
    status, body, headers = archive.ask("/healthnews/image/2", raw=True)
    assert (status, body) == (200, png(120, 80))
    assert headers["content-type"] == "image/png"  # the server had called it a page
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-security-policy"].startswith(POLICY)
    assert headers["cross-origin-resource-policy"] == "same-site"


@pytest.mark.parametrize("path", ["/healthnews/image/3", "/healthnews/image/1", "/healthnews/image/9", "/x/image/2",
                                  "/healthnews/image/2/1", "/healthnews/image/x", "/image/2"])  # fmt: skip
def test_what_is_no_image_is_not_sent(archive: Archive, path: str) -> None:
    status, body, headers = archive.ask(path, raw=True)
    assert status == 404
    assert body.count(b"\n") == 1
    assert headers["content-type"].startswith("text/plain")


def test_other_sites_get_no_image(archive: Archive) -> None:
    def asked(site: str) -> int:
        return archive.ask("/healthnews/image/2", raw=True, sec_fetch_site=site, sec_fetch_dest="image")[0]

    assert (asked("cross-site"), asked("same-site")) == (403, 200)


def test_an_excluded_image_is_not_shown(archive: Archive) -> None:
    alter(archive.path, "insert into optouts (kind, pattern, added_at) values ('pattern', '/i/a', '2024-07-01')")
    assert archive.ask("/healthnews/image/2", raw=True)[0] == 404
    assert b"image/png" not in archive.ask("/healthnews/1/1", raw=True)[1]


def test_the_page_as_received_has_its_images_in_it(archive: Archive) -> None:
    status, body, headers = archive.ask("/healthnews/1/1", raw=True)
    text = body.decode()
    assert status == 200
    assert text.count('src="data:image/png;base64,') == 2  # with and without scripts
    assert text.count('src="data:image/svg+xml,%3Csvg') == 3  # grey boxes
    assert "img-src data:" in headers["content-security-policy"]
    assert 'title="https://else.example/x.png"' in text


def test_an_image_that_a_page_shows_many_times_does_not_grow_it_without_end() -> None:
    shown = safe_html(
        page("<img src=/x.png>" * 50), "utf-8", {f"{HOST}/x.png": f"data:image/png;base64,{'A' * 2_000_000}"}
    )
    assert len(shown) < 45_000_000
    assert MOST_OF_IMAGES < 45_000_000


@pytest.mark.browser
@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_images_are_shown_in_a_browser(archive: Archive, language: str) -> None:
    with (
        chromium() as browser,
        serving(archive.path) as address,
        window(browser, base_url=address, locale=language, viewport=PHONE) as shown,
    ):
        listener = Listener(shown)
        shown.goto("/healthnews/-/article/1")
        shown.locator(".hn-images img").first.scroll_into_view_if_needed()
        width = "image => image.decode().then(() => image.naturalWidth)"
        assert shown.locator(".hn-images img").first.evaluate(width) == 120
        assert shown.evaluate("document.documentElement.scrollWidth") <= 360
        open_at(shown, "/healthnews/-/article/1/received")
        frame = shown.frames[1]
        frame.locator("img").nth(4).wait_for(state="attached")
        frame.wait_for_load_state()
        widths = frame.locator("img").evaluate_all("images => images.map(image => image.naturalWidth)")
        assert widths == [120, 120, 320, 320, 320]
        hosts = {each.split("/")[2] for each in listener.asked if not each.startswith("data:")}
        assert hosts == {address.split("/")[2], frame.url.split("/")[2]}
