"""Read site files (TOML): where the articles of a site are found, and how it may be fetched."""

import difflib
import json
import re
import tomllib
from dataclasses import MISSING, dataclass, fields
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from archive.urls.canonical import host_of
from crawler.sites.keys import PARSERS, InvalidValueError, problems_of
from crawler.sites.quiet_hours import QuietWindow

UTC = ZoneInfo("UTC")
# Defaults, also for pages of no site.
LOOK_AGAIN = (1.0, 7.0, 30.0, 90.0)
DISCOVER_HOURS = (1.0, 168.0)
IMAGES_PER_ARTICLE = 20
IMAGE_MEGABYTES = 5.0
_EXAMPLES = {"name": 'name = "example-clinic"', "home": 'home = "https://www.example.com/"'}  # of the required keys


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A configured web site.

    `articles` and `exclude` are patterns that are searched in a page's URL. `listing_pages` is the number of pages of a
    listing that are read, the first included. `look_again` are the re-crawl intervals of an article, in days since it
    was new or last changed. `discover_hours` are the shortest and longest re-crawl interval of a feed, sitemap or
    listing. `delay` is the time in seconds between two requests to a host, `concurrency` the number of requests at
    once, `daily_requests` the number per day (UTC). In the `quiet` windows of `timezone` nothing is fetched. `language`
    is a BCP 47 tag. `noarchive` is what is done with pages that ask for no archived copy: `text` keeps what was
    understood of them and not their bytes, `refuse` keeps nothing, `keep` keeps both. `own` is whether
    the site is one's own: alerts then name its pages that lean on retracted works without saying so. `images` is
    whether the images of articles are fetched, `images_per_article` how many of each, `image_megabytes` the size of the
    largest in millions of bytes.
    """

    name: str
    home: str
    feeds: tuple[str, ...] = ()
    sitemaps: tuple[str, ...] = ()
    listings: tuple[str, ...] = ()
    listing_pages: int = 5
    articles: tuple[re.Pattern[str], ...] = ()
    exclude: tuple[re.Pattern[str], ...] = ()
    look_again: tuple[float, ...] = LOOK_AGAIN
    discover_hours: tuple[float, float] = DISCOVER_HOURS
    delay: float = 1.0
    concurrency: int = 1
    daily_requests: int = 5_000
    quiet: tuple[QuietWindow, ...] = ()
    timezone: ZoneInfo = UTC
    language: str | None = None
    allow_private: bool = False
    noarchive: str = "text"
    own: bool = False
    images: bool = False
    images_per_article: int = IMAGES_PER_ARTICLE
    image_megabytes: float = IMAGE_MEGABYTES


def rules_of(site: Site) -> dict[str, Any]:
    """Return the values of a site's file as JSON values, by key."""
    return {field.name: _plain(getattr(site, field.name)) for field in fields(Site)}


def _plain(value: object) -> object:
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    if isinstance(value, re.Pattern):
        return value.pattern
    return value if isinstance(value, str | int | float | None) else str(value)


def site_hosts(site: Site) -> set[str]:
    """Return the hosts that a site's file names."""
    return {host_of(url) for url in (site.home, *site.feeds, *site.sitemaps, *site.listings)}


def starting_pages(site: Site) -> dict[str, tuple[str, ...]]:
    """Return where the site's articles are found, by kind: the lists that its file names, else the home page."""
    named = {"feed": site.feeds, "sitemap": site.sitemaps, "listing": site.listings}
    return named if any(named.values()) else {"listing": (site.home,)}


def names_no_list(site: Site) -> bool:
    """Return whether the site's file names no feed, sitemap or listing, so that they are searched for."""
    return not (site.feeds or site.sitemaps or site.listings)


class SiteError(Exception):
    """Site files are invalid.

    Each of `problems` is a sentence that names the file, the key and the line, and says what is right. The message has
    one problem a line, with their number before them where there are several.
    """

    def __init__(self, *problems: str) -> None:
        many = len(problems) > 1
        heading = f"{len(problems)} problems in the site files:\n  " if many else ""
        super().__init__(heading + "\n  ".join(problems))
        self.problems = problems


def load_site(path: Path | Traversable) -> Site:
    """Read the site file at `path`. Raises SiteError."""
    try:
        text = path.read_bytes().decode("utf-8")
    except OSError as error:
        raise SiteError(f"{path.name}: the file cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise SiteError(
            f"{path.name}: the file is not UTF-8: byte {error.start + 1} is {error.object[error.start]:#x}"
        ) from error
    return parse_site(text, path.name)


def load_sites(folder: Path | None = None) -> dict[str, Site]:
    """Read all `*.toml` files in a folder, or the bundled ones; return the sites by name.

    Raises SiteError with the problems of all files, also if a name is used twice, or if the folder cannot be read or
    has no site files.
    """
    place: Path | Traversable = files("crawler.sites").joinpath("bundled") if folder is None else folder
    try:
        paths = sorted((path for path in place.iterdir() if path.name.endswith(".toml")), key=lambda path: path.name)
    except OSError as error:
        raise SiteError(f"{place}: the folder of sites cannot be read: {error.strerror}") from error
    if not paths:
        raise SiteError(
            f"{place} has no site files (*.toml): name a folder that has some, or omit --sites for the bundled ones"
        )
    sites: dict[str, Site] = {}
    origins: dict[str, str] = {}
    problems: list[str] = []
    for path in paths:
        try:
            site = load_site(path)
        except SiteError as error:
            problems += error.problems
            continue
        if site.name in sites:
            taken = f'the name "{site.name}" is already used in {origins[site.name]}'
            problems.append(f"{path.name}: {taken}; give one of the two another name")
        else:
            sites[site.name], origins[site.name] = site, path.name
    if problems:
        raise SiteError(*problems)
    return sites


def parse_site(text: str, origin: str) -> Site:
    """Parse the text of a site file; `origin` is the file's name for messages. Raises SiteError with all problems."""
    text = text.removeprefix("\ufeff")  # Windows' Notepad writes a byte order mark, TOML forbids it
    table = _toml(text, origin)
    if not table:
        raise SiteError(f"{origin}: the file is empty; it needs at least name and home")
    problems = [
        f"{origin}: the key {_quoted(field.name)} is missing; add a line such as {_EXAMPLES[field.name]}"
        for field in fields(Site)
        if field.name not in table and field.default is MISSING
    ]
    values: dict[str, Any] = {}
    for key, value in table.items():
        if key not in PARSERS:
            problems.append(f"{origin}: unknown key {_quoted(key)}{_suggestion(key)}{_place(text, key)}")
            continue
        try:
            values[key] = PARSERS[key](value)
        except (InvalidValueError, ExceptionGroup) as error:
            problems += [
                f"{origin}: {_quoted(key)} {each}{_place(text, key, each.value)}" for each in problems_of(error)
            ]
    if problems:
        raise SiteError(*dict.fromkeys(problems))
    return Site(**values)


def _toml(text: str, origin: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        problem = str(error)
        found = re.search(r" \(at (?:line (\d+), column \d+|end of document)\)$", problem)
        lines = text.rstrip().split("\n")
        number = min(int(found[1]), len(lines)) if found and found[1] else len(lines)
        problem = problem[: found.start()] if found else problem
        raise SiteError(f"{origin}: not valid TOML: {problem}{_line(number, lines[number - 1])}") from error
    except (ValueError, RecursionError) as error:  # a number of thousands of digits; brackets nested without end
        raise SiteError(f"{origin}: not valid TOML: {error}") from error


def _quoted(key: str) -> str:
    return f'"{key}"'


def _suggestion(key: str) -> str:
    near = difflib.get_close_matches(key.lower(), PARSERS, n=1)
    return f", perhaps you meant {_quoted(near[0])}" if near else f"; known are {', '.join(PARSERS)}"


def _place(text: str, key: str, value: object = None) -> str:
    """Return the line of a key, as the end of a sentence; for a list over several lines, the line with the value."""
    name = rf"(?:{re.escape(key)}|{re.escape(json.dumps(key, ensure_ascii=False))}|'{re.escape(key)}')"
    heads = re.compile(rf"\s*(?:{name}\s*[=.]|\[+\s*{name}\s*[\].])")
    lines = text.split("\n")
    first = next((number for number, line in enumerate(lines) if heads.match(line)), None)
    if first is None:
        return ""
    written = json.dumps(value, ensure_ascii=False)
    spellings = (f"'{value}'", written, str(value), written[1:-1]) if isinstance(value, str) and value else ()
    at = next((n for spelling in spellings for n in range(first, len(lines)) if spelling in lines[n]), first)
    return _line(at + 1, lines[at])


def _line(number: int, content: str) -> str:
    return f" (line {number}: {content.strip()})"
