"""Find dates in text, in the forms in which pages of many languages print them."""

import re
from collections.abc import Iterator
from datetime import date

from archive.text.scripts import FULL_WIDTH_FORMS
from archive.text.word_lists import read_word_list

_WORDS = read_word_list("archive.extraction", "dates")
_MONTHS = {
    name: number
    for months in _WORDS["months"].values()
    for number, names in enumerate(months, start=1)
    for name in names.split()
}
_ERAS: dict[str, int] = _WORDS["eras"]
_YEAR, _DAY = r"(?P<y>(?:19|20)\d\d)", r"(?P<d>3[01]|[12]\d|0?[1-9])"
_MONTH, _WORD = r"(?P<m>1[0-2]|0?[1-9])", r"(?P<n>[^\W\d_]{3,10})"
_FORMS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?<!\d){_YEAR}\s?[-/.年]\s?{_MONTH}\s?[-/.月]\s?{_DAY}(?!\d)",
        r"(?<!\d)(?P<y>(?:19|20)\d\d)(?P<m>0[1-9]|1[0-2])(?P<d>3[01]|[12]\d|0[1-9])(?!\d)",
        # With a day of the week in the middle: `Dec 28 Sat 2013`.
        rf"{_WORD}\.?\s{{1,3}}{_DAY}(?:st|nd|rd|th)?,?\s{{1,3}}(?:[A-Za-z]{{3,9}},?\s{{1,3}})?{_YEAR}(?!\d)",
        rf"(?<!\d){_DAY}(?:st|nd|rd|th|\.|º)?[\s-]{{1,3}}(?:(?:de|of)\s)?{_WORD}\.?,?[\s-]{{1,3}}(?:de\s)?{_YEAR}(?!\d)",
        rf"(?<!\d){_YEAR},?\s{{1,3}}{_WORD}\.?\s{{1,3}}{_DAY}(?!\d)",
        rf"(?<!\d){_DAY}\.\s?{_MONTH}\.\s?{_YEAR}(?!\d)",
        rf"(?<!\d)(?P<a>\d\d?)/(?P<b>\d\d?)/{_YEAR}(?!\d)",
        rf"(?P<era>{'|'.join(_ERAS)})\s?(?P<y>\d{{1,3}}|元)\s?[年./-]\s?{_MONTH}\s?[月./-]\s?{_DAY}(?!\d)",
    )
)
# Every form contains the four digits of a year, or an era.
_HINT = re.compile(rf"(?:19|20)\d\d|{'|'.join(_ERAS)}")
# There was no web before: an earlier date is a birthday or a default value.
EARLIEST = date(1990, 1, 1)
# Languages (BCP 47) that decide which number of `3/4/2024` is the day; English without a region does not.
_DAY_FIRST = re.compile(r"en[-_](?:gb|ie|au|nz|in|za)|(?:fr|es|it|pt|nl|de|da|pl|tr|ru|id|vi|el)\b")
_MONTH_FIRST = re.compile(r"en[-_]us")
_URL_DATE = re.compile(
    r"(?<!\d)(?P<y>(?:19|20)\d\d)(?P<s>[-/_]?)(?P<m>0[1-9]|1[0-2])(?:(?P=s)|[-/_])(?P<d>3[01]|[12]\d|0[1-9])(?!\d)"
)


def find_dates(text: str, language: str = "") -> Iterator[tuple[int, date]]:
    """Yield each complete date in `text` with its offset, ordered by form, not by place in the text.

    `language` is the page's BCP 47 tag. `3/4/2024` is a date only if one number is above 12 or the language decides
    which one is the day. Relative dates ("3 days ago", 3天前) are not found.
    """
    if not text.isascii():
        text = _plain(text)
    if not _HINT.search(text):
        return
    for form in _FORMS:
        for match in form.finditer(text):
            found = _build(match.groupdict(), language.lower())
            if found is not None:
                yield match.start(), found


def _plain(text: str) -> str:
    """Return `text` with full-width characters as ASCII; offsets stay the same."""
    return text.translate(FULL_WIDTH_FORMS)


def _build(parts: dict[str, str | None], language: str) -> date | None:
    if "era" in parts:
        year = _ERAS[parts["era"] or ""] + (1 if parts["y"] == "元" else int(parts["y"] or 0))
    else:
        year = int(parts["y"] or 0)
    if "a" in parts:
        month, day = _by_order(int(parts["a"] or 0), int(parts["b"] or 0), language)
    elif "n" in parts:
        month, day = _MONTHS.get((parts["n"] or "").lower(), 0), int(parts["d"] or 0)
    else:
        month, day = int(parts["m"] or 0), int(parts["d"] or 0)
    return valid_date(year, month, day)


def _by_order(first: int, second: int, language: str) -> tuple[int, int]:
    """Return month and day of `first/second/year`; (0, 0) if nothing decides which is which."""
    if first > 12 or first == second or (second <= 12 and _DAY_FIRST.match(language)):
        return second, first
    if second > 12 or _MONTH_FIRST.match(language):
        return first, second
    return 0, 0


def valid_date(year: int, month: int, day: int) -> date | None:
    """Return the date, None if there is no such day or it is before EARLIEST."""
    try:
        found = date(year, month, day)
    except ValueError:
        return None
    return found if found >= EARLIEST else None


def parse_date(text: str | None, language: str = "") -> date | None:
    """Return the first date in a short string such as an ISO 8601 time stamp, None without one."""
    found = sorted(find_dates((text or "")[:100], language))
    return found[0][1] if found else None


def date_in_url(url: str) -> date | None:
    """Return the date in a URL's path (`/2024/05/21/`, `/20240521/`, `t20240521_1`), None without one."""
    path = url.split("?")[0].split("#")[0]
    match = _URL_DATE.search(path)
    return valid_date(int(match["y"]), int(match["m"]), int(match["d"])) if match else None
