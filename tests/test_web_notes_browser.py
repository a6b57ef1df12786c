"""Notes and codings in Chromium: by mouse and keyboard, on a phone, light and dark, without complaints of axe."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from datasette.app import Datasette

from archive.notes import Studies, open_notes
from archive.notes.codebook import read
from archive.notes.passages import quote
from archive.notes.reading import article_names
from archive.storage.database import open_archive
from tests.archives import an_article, new_archive, store
from tests.browser import DESK, PHONE, Listener, chromium, open_at, serious_findings, serving, window

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser
DB = "/healthnews/-"
TEXT = (
    "干细胞治疗硬皮病的研究在去年春天公布了初步结果。\n\n两例患者都好转了，没有对照组。" + "研究人员说明了方法。" * 20
    + "\n\n两例患者都好转了，后来随访一年。" + "结尾说明了局限。" * 20
)  # fmt: skip
PASSAGE = "两例患者都好转了，后来随访一年"
SECRET = "a secret of tests"
ALLOWED = '{"permissions": {"write-notes": {"id": ["ann", "ben"]}}}'


class Served:
    """A server with notes, and the ids of what is in them."""

    def __init__(self, address: str, notes: Path, note: str) -> None:
        self.address, self.notes, self.note = address, notes, note
        self.signer = Datasette([], secret=SECRET)

    @contextmanager
    def visited(
        self, browser: "Browser", path: str, actor: str = "ann", **context: Any
    ) -> "Iterator[tuple[Page, Listener]]":
        """A page in a window of its own, and what it complains of."""
        with window(browser, base_url=self.address, **{"viewport": DESK, **context}) as page:
            cookie = self.signer.sign({"a": {"id": actor}}, "actor")
            page.context.add_cookies([{"name": "ds_actor", "value": cookie, "url": self.address}])
            listener = Listener(page)
            open_at(page, path.replace("NOTE", self.note))
            yield page, listener


@pytest.fixture(scope="module")
def browser() -> "Iterator[Browser]":
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def served(browser: "Browser", tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Three articles, a collection of them, notes, an open study (1) and one that both coders have finished (2)."""
    folder = tmp_path_factory.mktemp("notes")
    db = new_archive(folder)
    for number in range(3):
        store(
            db,
            an_article(text=f"{TEXT}第{number}篇。", title=f"干细胞治疗硬皮病（{number}）", citations=()),
            url=f"https://news.example/{number}",
        )
    db.close()
    archive, path = folder / "healthnews.db", folder / "notes.db"
    (folder / "metadata.json").write_text(ALLOWED)
    with open_notes(path, create=True) as notes, pytest.MonkeyPatch.context() as patch:
        names = _names(archive)
        notes.set_aside("硬皮病 reading", names, "ann", "硬皮病")
        notes.tag(names[:2], ["没有对照组", "two patients"], "ann")
        notes.write_note(
            names[0], "Only two patients.\n没有对照组。", "ann", passage=_passage("没有对照组"), seen_at=""
        )
        note = notes.write_note(names[0], "", "ben", passage=_passage("两例患者都好转了，没有对照"))
        notes.write_note(names[0], "Gone", "ben", passage=_passage(TEXT[:20], "文中从来没有的一句话，现在找不到了"))
        studies = Studies(notes)
        studies.create("质量", read("discern"), "硬皮病 reading", ("ann", "ben"), "ann")
        done = studies.create("原则", read("honcode"), "硬皮病 reading", ("ann", "ben"), "ann")
        for coder, answers in (("ann", "no partly yes"), ("ben", "no yes yes")):
            for position, answer in enumerate(answers.split(), 1):
                given = {question.name: answer for question in done.codebook.questions}
                studies.answer(done, position, coder, given, 0, f"{coder} thinks {answer}")
            studies.finish(done, coder)
        patch.setenv("DATASETTE_SECRET", SECRET)
        with serving(archive, "--notes", str(path), "--metadata", str(folder / "metadata.json")) as address:
            yield Served(address, path, note.id)


def _names(archive: Path) -> list[Any]:
    db = open_archive(archive, reading=True)
    names = list(article_names(db, [1, 2, 3]))
    db.close()
    return names


def _passage(words: str, exact: str | None = None) -> Any:
    start = TEXT.index(words)
    found = quote(TEXT, start, start + len(words))
    return replace(found, exact=exact, prefix="", suffix="") if exact else found


PAGES = (
    f"{DB}/notes",
    f"{DB}/notes/articles",
    f"{DB}/notes/articles?tag=two+patients",
    f"{DB}/notes/collection/1",
    f"{DB}/notes/note/NOTE",
    f"{DB}/notes/history",
    f"{DB}/article/1",
    f"{DB}/search?q=硬皮病&copies=yes",
    f"{DB}/coding",
    f"{DB}/coding/1",
    f"{DB}/coding/1/1",
    f"{DB}/coding/2",
    f"{DB}/coding/2/2/settle",
)


@pytest.mark.parametrize(("scheme", "viewport", "locale"), [("light", DESK, "en"), ("dark", PHONE, "zh-CN")])
@pytest.mark.parametrize("path", PAGES)
def test_pages_are_quiet_and_fit(
    browser: "Browser", served: Served, path: str, scheme: Any, viewport: dict[str, int], locale: str
) -> None:
    with served.visited(browser, path, color_scheme=scheme, viewport=viewport, locale=locale) as (page, listener):
        page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
        assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
        assert [page.locator(what).count() for what in ("h1", "main", "a.hn-skip")] == [1, 1, 1]
        assert listener.complaints == []
        assert [url for url in listener.asked if not url.startswith(served.address + "/")] == []


@pytest.mark.parametrize("locale", ["en", "zh-CN"])
@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing_serious(browser: "Browser", served: Served, path: str, locale: str) -> None:
    with served.visited(browser, path, locale=locale, bypass_csp=True) as (page, _):
        assert serious_findings(page) == []


def test_a_passage_is_marked_by_mouse(browser: "Browser", served: Served) -> None:
    with served.visited(browser, f"{DB}/article/2") as (page, listener):
        assert not page.locator("#hn-mark").is_visible()
        page.evaluate(
            """words => {
              const texts = document.createTreeWalker(document.querySelector(".hn-prose"), NodeFilter.SHOW_TEXT);
              while (texts.nextNode()) {
                const at = texts.currentNode.data.indexOf(words);
                if (at >= 0) getSelection().setBaseAndExtent(texts.currentNode, at, texts.currentNode, at + 8);
              }
            }""",
            PASSAGE,
        )
        page.locator("[data-write]").click()
        assert page.evaluate("document.activeElement.name") == "body"
        assert page.locator("#hn-write [name=passage]").input_value() == PASSAGE[:8]
        page.keyboard.insert_text("随访只有一年")
        page.locator("#hn-write button").click()
        page.wait_for_url("**#note-*")
        marked = page.locator(".hn-highlight")
        assert marked.inner_text() == PASSAGE[:8]
        assert marked.locator("xpath=ancestor::p").inner_text().startswith(PASSAGE[:8])
        following = page.evaluate("document.querySelector('.hn-highlight').closest('p').innerText")
        assert "后来随访" in following  # the second of two equal passages, which was marked
        page.locator(".hn-note-link").click()
        page.wait_for_url("**#written-1")
        assert listener.complaints == []


def test_a_note_is_written_by_keyboard_and_without_javascript(browser: "Browser", served: Served) -> None:
    with served.visited(browser, f"{DB}/article/3", java_script_enabled=False) as (page, _):
        page.locator("#hn-write [name=passage]").focus()
        page.keyboard.insert_text("没有对照组")
        page.keyboard.press("Tab")
        page.keyboard.insert_text("by keyboard")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.wait_for_url("**#note-*")
        assert page.locator(".hn-highlight").inner_text() == "没有对照组"
        assert page.locator(".hn-note-body").inner_text() == "by keyboard"


def test_results_are_set_aside_by_mouse(browser: "Browser", served: Served) -> None:
    with served.visited(browser, f"{DB}/search?q=硬皮病&copies=yes") as (page, listener):
        page.locator(".hn-tick-hit input").first.check()
        page.locator("#hn-set-aside [name=collection]").fill("new one")
        page.get_by_role("button", name="Set the ticked ones aside").click()
        page.wait_for_url("**/notes/collection/*")
        assert page.locator(".hn-hit").count() == 1
        page.get_by_role("button", name="Take out").click()
        page.locator(".hn-empty").wait_for()
        assert listener.complaints == []


def test_an_article_is_coded_by_keyboard_alone(browser: "Browser", served: Served) -> None:
    with served.visited(browser, f"{DB}/coding/1/1") as (page, listener):
        page.keyboard.press("j")
        assert page.locator(".hn-question.hn-current").count() == 1
        for digit in "5432154321543215":
            page.keyboard.press(digit)
        assert page.locator(".hn-question input:checked").count() == 16
        page.keyboard.press("k")
        page.keyboard.press("k")
        page.keyboard.press("Control+Enter")
        page.wait_for_url("**/coding/1/2")
        assert page.locator(".hn-question input:checked").count() == 0
        assert listener.complaints == []
    with open_notes(served.notes) as notes:
        study = Studies(notes).study(1)
        assert "".join(Studies(notes).coding(study, 1, "ann").answers.values()) == "5432154321543215"
    with served.visited(browser, f"{DB}/coding/1/1", actor="ben") as (page, _):
        assert page.locator(".hn-question input:checked").count() == 0
