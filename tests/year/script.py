"""What happens on the site in the year: which page says what from when to when, and how the server behaves meanwhile.

Times are days since the year began, as numbers. Everything comes from a seed, and nothing from the crawler.
"""

import random
from dataclasses import dataclass, field

YEAR = 365.0
FEED_LENGTH = 15
LOOKS = (1.0, 7.0, 30.0, 90.0)  # what the site's file promises of articles
BREAK = 95.0  # longer than any pause between two looks: what nobody announces lasts so long, so that it can be seen


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

    def at(self, day: float) -> State | None:
        """The state on that day, None before the page appears."""
        return next((state for state in reversed(self.states) if state.day <= day), None)


@dataclass(frozen=True)
class Trouble:
    """The server answers `status` to everything from a day on for some hours; `retry_after` in seconds."""

    day: float
    hours: float
    status: int
    retry_after: int | None = None
    robots_too: bool = False


@dataclass(frozen=True)
class Script:
    """The year."""

    pages: tuple[ScriptedPage, ...]
    troubles: tuple[Trouble, ...]
    robots: tuple[tuple[float, str], ...]
    by_path: dict[str, ScriptedPage] = field(default_factory=dict)

    def robots_at(self, day: float) -> str:
        """The rules on that day."""
        return next(text for start, text in reversed(self.robots) if start <= day)

    def trouble_at(self, day: float) -> Trouble | None:
        """The trouble on that day."""
        return next((t for t in self.troubles if t.day <= day < t.day + t.hours / 24), None)


def write(seed: int = 6) -> Script:
    """A year's script."""
    chance = random.Random(seed)
    pages = [*_plain(chance), *_changing(chance), *_vanishing(chance), *_moving(chance)]
    return Script(
        pages=tuple(pages),
        troubles=_troubles(chance),
        robots=(
            (0.0, "User-agent: *\nDisallow: /members/\nCrawl-delay: 2\n"),
            (120.3, "User-agent: *\nDisallow: /members/\nDisallow: /embargo/\nCrawl-delay: 10\n"),
            (210.7, "User-agent: *\nDisallow: /embargo/\nCrawl-delay: 5\n"),
            (300.2, "User-agent: *\nCrawl-delay: 5\n"),
        ),
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
        day, states = chance.uniform(0, 120), [State(0, "text")]
        states[0] = State(day, "text")
        for version in range(1, 4):
            day += chance.uniform(20, 80) if announced else chance.uniform(BREAK, BREAK + 30)
            if day < YEAR - 10:
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


def _troubles(chance: random.Random) -> tuple[Trouble, ...]:
    made = [
        Trouble(30.0 + chance.random(), 30, 503),
        Trouble(75.0 + chance.random(), 24, 429, retry_after=3 * 3600),
        Trouble(140.0 + chance.random(), 40, 503, robots_too=True),
        Trouble(190.0 + chance.random(), 24, 429, retry_after=1800),
        Trouble(260.0 + chance.random(), 30, 503, retry_after=43_200),
        Trouble(330.0 + chance.random(), 26, 500, robots_too=True),
    ]
    return tuple(made)
