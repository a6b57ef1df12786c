"""What a year of the script must leave in an archive, and with how few requests: told from the script alone.

**The least requests** are those of a crawler that knows the script, and still keeps every promise of docs/crawling.md
and of the site's file. It asks

* for each article when it appears (or is first permitted: by robots.txt, by the file's patterns, by its `noarchive`),
  when its change is announced, and 1, 7, 30, 90, 180 … days after it was new or last changed: these looks are promised,
  and find the changes that nobody announces. A page that is missing is looked at again after a day, then 7, 30, 90 …
  days after it was missed; one that is not to be kept after 30, 60 … days. A look at a page that moved or redirects
  takes two requests, one at a page that is forbidden takes none;
* for the feed once in every hour in which something appears, for the sitemap once at first and in every hour in which
  something is announced, and for both once when the file's patterns change;
* for robots.txt when the last answer is a day old and something else is asked for;
* for tdmrep.json, which the site does not have, when the last answer is a week old and an article is new or changed.

While the server turns everybody away nothing of this can be had: looks are put off to the end of it, and those that
fall together are one. One request is counted that is turned away, if any was planned, and one for each answer that is
cut short: whoever asks then gets nothing, whatever they know.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator

from tests.year.script import LOOKS, REFUSED, YEAR, Script, ScriptedPage, State

HOUR = 1 / 24


def is_permitted(script: Script, path: str, day: float) -> bool:
    """Whether robots.txt of that day permits the path."""
    rules = script.robots_at(day).splitlines()
    return not any(path.startswith(line.split()[1]) for line in rules if line.startswith("Disallow: /"))


def is_wanted(script: Script, page: ScriptedPage, day: float) -> bool:
    """Whether the crawler may ask for the page, and takes it for an article's."""
    return is_permitted(script, page.path, day) and script.file_at(day).is_article(page.path)


def is_refused(script: Script, page: ScriptedPage, day: float) -> bool:
    """Whether nothing of the page is to be kept."""
    return page.noarchive and script.file_at(day).noarchive == "refuse"


def _turns(script: Script, page: ScriptedPage) -> list[float]:
    """The days on which it may change whether the page is kept."""
    start = page.states[0].day
    days = {start, *(day for day, _ in script.robots), *(file.day for file in script.files)}
    return sorted(day for day in days if day >= start)


def asked_from(script: Script, page: ScriptedPage) -> float:
    """The first day on which the page is there and is asked for."""
    return next((day for day in _turns(script, page) if is_wanted(script, page, day)), YEAR)


def opened(script: Script, page: ScriptedPage) -> float:
    """The first day on which the page is there, may be asked for, and may be kept."""
    kept = (d for d in _turns(script, page) if is_wanted(script, page, d) and not is_refused(script, page, d))
    return next(kept, YEAR)


def answered(script: Script, day: float) -> float:
    """The day on which what is planned for a day can be had."""
    trouble = script.trouble_at(day)
    return trouble.end if trouble else day


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
    """The days for which looks at the page are planned, with how many requests each takes."""
    first, day = opened(script, page), asked_from(script, page)
    while day < min(first, YEAR):
        yield day, 1
        day = answered(script, day) + REFUSED
    planned = first
    since = answered(script, first)
    known: State | None = None
    missing: float | None = None
    announced = sorted(s.day for s in page.states if s.announced or (s.kind == "text" and s is not page.states[0]))
    while (day := answered(script, planned)) < YEAR:
        state = page.at(day)
        assert state is not None
        yield planned, 2 if state.kind in ("moved", "passing") else 1
        if page.canonical:
            return
        if state.kind == "moved":  # the rest is the other page's
            yield from ((later, 1) for later in _steps(script, since, day))
            return
        if state.kind in ("404", "410", "soft 404", "home"):
            upcoming = day + 1 if missing is None else next_step(missing, day)
            missing = missing or day
        else:
            if known is None or (state.kind == "text" and state.version != known.version):
                since, known = day, state
            missing, upcoming = None, next_step(since, day)
        told = next((one for one in announced if one > day + 1e-9), YEAR)
        planned = min(upcoming, told)


def _steps(script: Script, since: float, day: float) -> Iterator[float]:
    while (day := next_step(since, day)) < YEAR:
        yield day
        day = answered(script, day)


def least(script: Script) -> Counter[str]:
    """How many requests would do, by what they are for."""
    counted: Counter[str] = Counter()
    planned: list[float] = []
    for page in script.pages:
        if not page.hidden:
            for day, number in looks(script, page):
                counted["articles"] += number
                planned.append(day)
    listed = [page for page in script.pages if not page.hidden]
    appear = [page.states[0].day for page in listed if script.file_at(page.states[0].day).is_article(page.path)]
    told = [
        s.day
        for page in listed
        for s in page.states[1:]
        if (s.announced or s.kind == "text") and s.day > opened(script, page)
    ]
    edited = [
        file.day
        for before, file in zip(script.files, script.files[1:], strict=False)
        if before.articles != file.articles
    ]
    for name, days in (("feed", [*appear, *edited]), ("sitemap", [0.0, *told, *edited])):
        hours = {round(answered(script, day) / HOUR) for day in days}
        counted[name] = len(hours)
        planned += days
    last = -9.0
    for day in sorted(answered(script, day) for day in planned):
        if day - last > 1:
            counted["robots.txt"] += 1
            last = day
    last = -9.0
    for day in sorted(answered(script, day) for day in (*appear, *told)):
        if day - last > 7:  # it has no tdmrep.json
            counted["tdmrep.json"] += 1
            last = day
    planned.sort()
    for trouble in script.troubles:
        counted["turned away"] += bisect_left(planned, trouble.end) > bisect_left(planned, trouble.day)
    counted["cut short"] = len(script.cuts)
    return counted
