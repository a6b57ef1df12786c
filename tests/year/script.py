"""What happens on the site in the year: which page says what from when to when, and how the server behaves meanwhile.

Times are days since the year began, as numbers. Everything comes from a seed, and nothing from the crawler.
"""

import random
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

YEAR = 365.0
FEED_LENGTH = 15
LOOKS = (1.0, 7.0, 30.0, 90.0)  # what the site's file promises of articles
# Longer than any pause between two looks, a week of captchas in the way of one included: what nobody announces lasts so
# long, so that it can be seen.
BREAK = 105.0
REFUSED = 30.0  # from one look at a page that is not to be kept to the next, as docs/crawling.md promises


@dataclass(frozen=True)
class State:
    """What a page is from a day on: a version of its text, or missing in one of several ways, or moved."""

    day: float
    kind: str  # text, 404, 410, soft 404, home, moved, passing
    version: int = 0
    announced: bool = False  # the sitemap says so


@dataclass(frozen=True)
class ScriptedPage:
    """A page's whole story. `validators`: etag, date, or none; `restless`: a counter and a menu change each time."""

    path: str
    states: tuple[State, ...]
    validators: str
    restless: bool = False
    canonical: str | None = None
    hidden: bool = False  # no feed and no sitemap has it: it is only led to
    noarchive: bool = False  # asks for no archived copy

    def at(self, day: float) -> State | None:
        """The state on that day, None before the page appears."""
        return next((state for state in reversed(self.states) if state.day <= day), None)


@dataclass(frozen=True)
class Trouble:
    """The server answers `status` to everything from a day on for some hours; `retry_after` in seconds.

    With `captcha` it answers a page that asks for a proof that the reader is human.
    """

    day: float
    hours: float
    status: int
    retry_after: int | None = None
    robots_too: bool = False
    captcha: bool = False

    @property
    def end(self) -> float:
        """The day on which the server answers again."""
        return self.day + self.hours / 24


@dataclass(frozen=True)
class Cut:
    """The first answer for a path from a day on is cut short: half of a body in a content coding (`gzip`, `br`), or a
    body that is shorter than its Content-Length (`length`)."""

    path: str
    day: float
    how: str


@dataclass(frozen=True)
class SiteFile:
    """What the site's file says from a day on: the site's name, which paths are articles, what is done with pages that
    ask for no archived copy, the delay in seconds, and the quiet hours of a day in Shanghai (from, to)."""

    day: float
    name: str
    articles: str
    noarchive: str
    delay: float
    quiet: tuple[int, int]

    def is_article(self, path: str) -> bool:
        """Whether the file's pattern takes the path for an article's."""
        return re.match(self.articles, path) is not None

    def is_quiet(self, day: float) -> bool:
        """Whether that moment is within the quiet hours; Shanghai has no summer time."""
        hour = (day * 24 + 8) % 24
        return self.quiet[0] + 1e-6 < hour < self.quiet[1] - 1e-6


@dataclass(frozen=True)
class Script:
    """The year."""

    pages: tuple[ScriptedPage, ...]
    troubles: tuple[Trouble, ...]
    robots: tuple[tuple[float, str], ...]
    cuts: tuple[Cut, ...]
    files: tuple[SiteFile, ...]
    by_path: dict[str, ScriptedPage] = field(default_factory=dict)

    def robots_at(self, day: float) -> str:
        """The rules on that day."""
        return next(text for start, text in reversed(self.robots) if start <= day)

    def file_at(self, day: float) -> SiteFile:
        """The site's file on that day."""
        return next(file for file in reversed(self.files) if file.day <= day)

    def trouble_at(self, day: float) -> Trouble | None:
        """The trouble on that day."""
        return next((t for t in self.troubles if t.day <= day < t.end), None)


def write(seed: int = 6) -> Script:
    """A year's script."""
    chance = random.Random(seed)
    pages = [*_plain(chance), *_changing(chance), *_vanishing(chance), *_moving(chance)]
    troubles = _troubles(chance)
    pages += [*_reports(chance), *_marked(chance)]
    return Script(
        pages=tuple(pages),
        troubles=troubles,
        robots=(
            (0.0, "User-agent: *\nDisallow: /members/\nCrawl-delay: 2\n"),
            (120.3, "User-agent: *\nDisallow: /members/\nDisallow: /embargo/\nCrawl-delay: 10\n"),
            (210.7, "User-agent: *\nDisallow: /embargo/\nCrawl-delay: 5\n"),
            (300.2, "User-agent: *\nCrawl-delay: 5\n"),
        ),
        cuts=_cuts({page.path: page for page in pages}),
        files=_files(),
        by_path={page.path: page for page in pages},
    )


def _plain(chance: random.Random) -> list[ScriptedPage]:
    """Articles that stay as they are; some are never at rest, and some are not to be asked for (yet)."""
    made = []
    for number in range(44):
        folder = "members" if number % 15 == 7 else "embargo" if number % 15 == 11 else "news"
        made.append(
            ScriptedPage(
                path=f"/{folder}/plain-{number}.html",
                states=(State(chance.uniform(0, 350), "text"),),
                validators=chance.choice(("etag", "date", "none")),
                restless=number % 5 == 0,
            )
        )
    return made


def _changing(chance: random.Random) -> list[ScriptedPage]:
    """Articles that are rewritten, some so that the sitemap says so, some in silence."""
    made = []
    for number in range(14):
        announced = number % 2 == 0
        day = chance.uniform(0, 120 if announced else 30)
        states = [State(day, "text")]
        for version in range(1, 4):
            day += chance.uniform(20, 80) if announced else chance.uniform(BREAK, BREAK + 10)
            if day < YEAR - (10 if announced else BREAK):  # time enough to be seen
                states.append(State(day, "text", version, announced=announced))
        made.append(
            ScriptedPage(
                path=f"/news/changing-{number}.html",
                states=tuple(states),
                validators=chance.choice(("etag", "date", "none")),
                restless=number % 3 == 0,
            )
        )
    return made


def _vanishing(chance: random.Random) -> list[ScriptedPage]:
    """Articles that go, each in its own way; some come back as they were or rewritten."""
    made = []
    for number, kind in enumerate(("404", "410", "soft 404", "home", "404", "soft 404", "home", "404")):
        start = chance.uniform(0, 60)
        gone = start + chance.uniform(BREAK, BREAK + 20)
        states = [State(start, "text"), State(gone, kind)]
        if number >= 4:
            states.append(State(gone + chance.uniform(BREAK, BREAK + 15), "text", number % 2))
        made.append(
            ScriptedPage(path=f"/news/vanishing-{number}.html", states=tuple(states), validators="etag", restless=False)
        )
    return made


def _moving(chance: random.Random) -> list[ScriptedPage]:
    """Articles that move for good, one that is elsewhere for a month, and a printed version of one."""
    made = []
    for number in range(3):
        start = chance.uniform(0, 60)
        moved = start + chance.uniform(BREAK, BREAK + 20)
        made.append(
            ScriptedPage(
                path=f"/news/moving-{number}.html",
                states=(State(start, "text"), State(moved, "moved")),
                validators="etag",
            )
        )
        made.append(
            ScriptedPage(
                path=f"/moved/moving-{number}.html",
                states=(State(moved, "text"),),
                validators="etag",
                hidden=True,
            )
        )
    made.append(
        ScriptedPage(
            path="/news/passing.html",
            states=(State(10.0, "text"), State(70.0, "passing"), State(200.0, "text")),
            validators="none",
        )
    )
    made.append(
        ScriptedPage(
            path="/print/plain-0.html",
            states=(State(340.0, "text"),),
            validators="none",
            canonical="/news/plain-0.html",
        )
    )
    return made


def _reports(chance: random.Random) -> list[ScriptedPage]:
    """Pages that the site's file does not take for articles at first; one of them is rewritten before it does, one
    after."""
    made = []
    for number in range(8):
        start = chance.uniform(0, 120) if number < 6 else chance.uniform(170, 340)
        states = [State(start, "text")]
        if number == 0:
            states.append(State(start + 20, "text", 1, announced=True))
        if number == 1:
            states.append(State(start + BREAK + 50, "text", 1))
        validators = chance.choice(("etag", "date", "none"))
        made.append(ScriptedPage(f"/reports/report-{number}.html", tuple(states), validators))
    return made


def _marked(chance: random.Random) -> list[ScriptedPage]:
    """Articles that ask for no archived copy; one of them is rewritten."""
    made = []
    for number in range(5):
        start = chance.uniform(20, 180) if number < 4 else chance.uniform(220, 340)
        states = [State(start, "text")]
        if number == 0:
            states.append(State(start + BREAK + 90, "text", 1, announced=True))
        validators = chance.choice(("etag", "date", "none"))
        made.append(ScriptedPage(f"/news/marked-{number}.html", tuple(states), validators, noarchive=True))
    return made


def _cuts(pages: Mapping[str, ScriptedPage]) -> tuple[Cut, ...]:
    """An answer of each kind for an article that is known, two of them as it is rewritten, and one at first sight."""
    announced = pages["/news/changing-0.html"].states[1].day
    return (
        Cut("/news/plain-1.html", pages["/news/plain-1.html"].states[0].day + 5, "gzip"),
        Cut("/news/changing-0.html", announced, "br"),
        Cut("/news/changing-2.html", pages["/news/changing-2.html"].states[1].day, "gzip"),
        Cut("/news/plain-5.html", pages["/news/plain-5.html"].states[0].day + 20, "length"),
        Cut("/news/plain-3.html", pages["/news/plain-3.html"].states[0].day, "gzip"),
    )


def _files() -> tuple[SiteFile, ...]:
    """The site's file: edited in the patterns, then in the other rules, then renamed."""
    news = "/(news|members|embargo|print|moved)/"
    everything = "/(news|members|embargo|print|moved|reports)/"
    return (
        SiteFile(0.0, "daily", news, "refuse", 1.0, (2, 6)),
        SiteFile(150.4, "daily", everything, "refuse", 1.0, (2, 6)),
        SiteFile(205.4, "daily", everything, "text", 7.0, (9, 12)),
        SiteFile(285.6, "daily-news", everything, "text", 7.0, (9, 12)),
    )


def _troubles(chance: random.Random) -> tuple[Trouble, ...]:
    made = [
        Trouble(30.0 + chance.random(), 30, 503),
        Trouble(75.0 + chance.random(), 24, 429, retry_after=3 * 3600),
        Trouble(140.0 + chance.random(), 40, 503, robots_too=True),
        Trouble(190.0 + chance.random(), 24, 429, retry_after=1800),
        Trouble(225.3, 7 * 24, 200, robots_too=True, captcha=True),
        Trouble(260.0 + chance.random(), 30, 503, retry_after=43_200),
        Trouble(330.0 + chance.random(), 26, 500, robots_too=True),
    ]
    return tuple(made)
