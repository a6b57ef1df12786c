"""What a year of the script must leave in an archive, and with how few requests: told from the script alone.

The least is what a crawler would ask that knew when something new or announced is to be seen, kept the promise of the
site's file (a look at each article after 1, 7, 30, 90, 180 … days, a second look at what is missing, a day later), and
read robots.txt anew every day on which it asks for anything.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator

from tests.year.script import LOOKS, YEAR, Script, ScriptedPage, State

HOUR = 1 / 24


def is_open(script: Script, path: str, day: float) -> bool:
    """Whether the rules of that day permit the path."""
    rules = script.robots_at(day).splitlines()
    return not any(path.startswith(line.split()[1]) for line in rules if line.startswith("Disallow: /"))


def opened(script: Script, page: ScriptedPage) -> float:
    """The first day on which the page is there and may be asked for."""
    days = sorted({page.states[0].day, *(start for start, _ in script.robots)})
    return next((day for day in days if day >= page.states[0].day and is_open(script, page.path, day)), YEAR)


def versions(script: Script, page: ScriptedPage) -> list[int]:
    """The versions of the page's text that were to be seen, in order, one after the other."""
    first = opened(script, page)
    seen = [s.version for s in page.states if s.kind == "text" and (s.day >= first or page.at(first) is s)]
    return [version for before, version in zip([None, *seen], seen, strict=False) if version != before]


def next_step(since: float, now: float) -> float:
    """The next promised look."""
    for step in (*LOOKS, *(LOOKS[-1] * n for n in range(2, 9))):
        if since + step > now + 1e-9:
            return since + step
    return YEAR


def looks(script: Script, page: ScriptedPage) -> Iterator[tuple[float, int]]:
    """The days of the looks at the page that are needed, with how many requests each takes."""
    day = since = opened(script, page)
    known: State | None = None
    missing: float | None = None
    announced = sorted(s.day for s in page.states if s.announced or (s.kind == "text" and s is not page.states[0]))
    while day < YEAR:
        state = page.at(day)
        assert state is not None
        yield day, 2 if state.kind in ("moved", "passing") else 1
        if page.canonical:
            return
        if state.kind == "moved":  # the rest is the other page's
            yield from ((later, 1) for later, _ in _steps(since, day))
            return
        if state.kind in ("404", "410", "soft 404", "home"):
            upcoming = day + 1 if missing is None else next_step(missing, day)
            missing = missing or day
        else:
            if known is None or (state.kind == "text" and state.version != known.version):
                since, known = day, state
            missing, upcoming = None, next_step(since, day)
        told = next((one for one in announced if one > day + 1e-9), YEAR)
        day = min(upcoming, told)


def _steps(since: float, day: float) -> Iterator[tuple[float, int]]:
    while (day := next_step(since, day)) < YEAR:
        yield day, 1


def least(script: Script) -> Counter[str]:
    """How many requests would do, by what they are for."""
    counted: Counter[str] = Counter()
    days: list[float] = []
    for page in script.pages:
        if not page.hidden:
            for day, number in looks(script, page):
                counted["articles"] += number
                days.append(day)
    appear = {round(page.states[0].day / HOUR) for page in script.pages if not page.hidden}
    told = {
        round(s.day / HOUR)
        for page in script.pages
        for s in page.states[1:]
        if not page.hidden and (s.announced or s.kind == "text")
    }
    counted["feed"], counted["sitemap"] = len(appear), len(told) + 1
    days = sorted([*days, *(hour * HOUR for hour in (*appear, *told))])
    day = -9.0
    for one in days:
        if one - day > 1:
            counted["robots.txt"] += 1
            day = one
    counted["turned away"] = sum(
        bisect_left(days, trouble.day + trouble.hours / 24) > bisect_left(days, trouble.day)
        for trouble in script.troubles
    )
    return counted
