"""A real browser on a real `healthnews serve`, for tests of what a reader sees and does."""

import re
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.commands import PATIENCE, UNHURRIED_SERVER, environment

if TYPE_CHECKING:
    from playwright.sync_api import Browser, ConsoleMessage, Page, ViewportSize

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
ARGUMENTS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
PHONE: "ViewportSize" = {"width": 360, "height": 740}  # px
DESK: "ViewportSize" = {"width": 1280, "height": 800}
ADDRESS = re.compile(r"http://[\w.]+:[1-9][0-9]*/")


@contextmanager
def serving(archive: Path, *options: str) -> Iterator[str]:
    """Runs `healthnews serve` on a free port; gives its address without the last slash, and stops it as Ctrl+C does."""
    command = [*UNHURRIED_SERVER, "--archive", str(archive), "serve", "--port", "0", *options]
    with subprocess.Popen(command, env=environment(), stderr=subprocess.PIPE, text=True) as server:
        try:
            yield _address(server)
        finally:
            server.send_signal(signal.SIGINT)
            _, said = server.communicate(timeout=PATIENCE)
    assert server.returncode == 0, said
    assert "Traceback" not in said


@contextmanager
def chromium() -> "Iterator[Browser]":
    """Headless Chromium. Skips the test where the browser or playwright is not installed."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed: apt-get install chromium")
    with sync_api.sync_playwright() as playwright:
        browser: Browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=list(ARGUMENTS), timeout=PATIENCE * 1000
        )
        yield browser
        browser.close()


@contextmanager
def window(browser: "Browser", **options: Any) -> "Iterator[Page]":
    """A page in a window of its own, with Playwright's options of a context. What is awaited may take PATIENCE."""
    context = browser.new_context(**options)
    context.set_default_timeout(PATIENCE * 1000)
    yield context.new_page()
    context.close()


def open_at(page: "Page", path: str, status: int = 200) -> None:
    """Open a path, which answers with that status, and wait until nothing more is loaded.

    What scripts draw after that may be missing still.
    """
    answer = page.goto(path)
    assert answer
    assert answer.status == status
    page.wait_for_load_state("networkidle")


def serious_findings(page: "Page") -> list[tuple[str, str, int, list[str]]]:
    """What axe finds serious on a page, light and dark, on a desk and on a phone, with all its details open.

    Each finding is a rule, the colour scheme, the width in px and the elements. The page's context has to bypass its
    content security policy. Skips the test where axe is not installed.
    """
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed").Axe()
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
    found = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        for size in (DESK, PHONE):
            page.set_viewport_size(size)
            for rule in axe.run(page).response["violations"]:
                elements = [node["html"][:200] for node in rule["nodes"]]
                if rule["impact"] in ("serious", "critical"):
                    found.append((rule["id"], scheme, size["width"], elements))
    return found


class Listener:
    """What a page complains of, and the addresses it asks for: console errors, CSP violations and exceptions."""

    def __init__(self, page: "Page") -> None:
        self.complaints: list[str] = []
        self.asked: list[str] = []
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", lambda request: self.asked.append(request.url))

    def _hear(self, message: "ConsoleMessage") -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)


def _address(server: "subprocess.Popen[str]") -> str:
    assert server.stderr
    said = ""
    for line in server.stderr:
        said += line
        if found := ADDRESS.search(line):
            return found[0].rstrip("/")
    raise AssertionError(f"The server named no address: {said}")
