"""Dates as printed, in many forms, to `date`; what is no date of a publication is None."""

import re
from collections.abc import Iterator
from datetime import date

from archive.text.scripts import FULL_WIDTH_FORMS

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan januar jänner janvier enero janeiro gennaio januari января",
            "february feb februar février fevrier febrero fevereiro febbraio februari февраля",
            "march mar märz maerz mars marzo março maart марта",
            "april apr avril abril aprile апреля",
            "may mai mayo maio maggio mei мая",
            "june jun juni juin junio junho giugno июня",
            "july jul juli juillet julio julho luglio июля",
            "august aug août aout agosto augustus августа",
            "september sep sept septembre septiembre setembro settembre сентября",
            "october oct oktober okt octobre octubre outubro ottobre октября",
            "november nov novembre noviembre novembro ноября",
            "december dec dezember dez décembre decembre diciembre dezembro dicembre декабря",
        ),
        start=1,
    )
    for name in names.split()
}
# Years that count from an era's first: 民國 (1912 is year 1) and the Japanese eras.
_ERAS = {"民國": 1911, "民国": 1911, "令和": 2018, "平成": 1988}
_YEAR, _DAY = r"(?P<y>(?:19|20)\d\d)", r"(?P<d>3[01]|[12]\d|0?[1-9])"
_MONTH, _WORD = r"(?P<m>1[0-2]|0?[1-9])", r"(?P<n>[^\W\d_]{3,10})"
_FORMS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?<!\d){_YEAR}\s?[-/.年]\s?{_MONTH}\s?[-/.月]\s?{_DAY}(?!\d)",
        r"(?<!\d)(?P<y>(?:19|20)\d\d)(?P<m>0[1-9]|1[0-2])(?P<d>3[01]|[12]\d|0[1-9])(?!\d)",
        # A day of the week may stand between: `Dec 28 Sat 2013`.
        rf"{_WORD}\.?\s{{1,3}}{_DAY}(?:st|nd|rd|th)?,?\s{{1,3}}(?:[A-Za-z]{{3,9}},?\s{{1,3}})?{_YEAR}(?!\d)",
        rf"(?<!\d){_DAY}(?:st|nd|rd|th|\.|º)?[\s-]{{1,3}}(?:(?:de|of)\s)?{_WORD}\.?,?[\s-]{{1,3}}(?:de\s)?{_YEAR}(?!\d)",
        rf"(?<!\d){_YEAR},?\s{{1,3}}{_WORD}\.?\s{{1,3}}{_DAY}(?!\d)",
        rf"(?<!\d){_DAY}\.\s?{_MONTH}\.\s?{_YEAR}(?!\d)",
        rf"(?<!\d)(?P<a>\d\d?)/(?P<b>\d\d?)/{_YEAR}(?!\d)",
        rf"(?P<era>{'|'.join(_ERAS)})\s?(?P<y>\d{{1,3}}|元)\s?[年./-]\s?{_MONTH}\s?[月./-]\s?{_DAY}(?!\d)",
    )
)
# What every form has: four digits of a year, or an era.
_HINT = re.compile(rf"(?:19|20)\d\d|{'|'.join(_ERAS)}")
# The web is younger than this: an earlier date is a birthday or a default.
EARLIEST = date(1990, 1, 1)
# Languages with a region that settle `3/4/2024`; bare English does not.
_DAY_FIRST = re.compile(r"en[-_](?:gb|ie|au|nz|in|za)|(?:fr|es|it|pt|nl|de|da|pl|tr|ru|id|vi|el)\b")
_MONTH_FIRST = re.compile(r"en[-_]us")
_URL_DATE = re.compile(
    r"(?<!\d)(?P<y>(?:19|20)\d\d)(?P<s>[-/_]?)(?P<m>0[1-9]|1[0-2])(?:(?P=s)|[-/_])(?P<d>3[01]|[12]\d|0[1-9])(?!\d)"
)


def find_dates(text: str, language: str = "") -> Iterator[tuple[int, date]]:
    """Every whole date in `text` with its offset, in the order of the forms, not of the text.

    Day and month are told apart in `3/4/2024` when one of them is above 12, or by `language` (BCP 47, of the page):
    otherwise it is no date to us. Relative ones ("3 days ago", 3天前) are none either.
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
    """Full-width digits and signs as narrow ones, character by character, so that offsets stay."""
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
    """Month and day of `first/second/year`; (0, 0) if nothing tells which is which."""
    if first > 12 or first == second or (second <= 12 and _DAY_FIRST.match(language)):
        return second, first
    if second > 12 or _MONTH_FIRST.match(language):
        return first, second
    return 0, 0


def valid_date(year: int, month: int, day: int) -> date | None:
    """The date, None if there is no such day or it is before the web."""
    try:
        found = date(year, month, day)
    except ValueError:
        return None
    return found if found >= EARLIEST else None


def parse_date(text: str | None, language: str = "") -> date | None:
    """The first date in a short string such as an ISO 8601 time stamp or a meta tag's content."""
    found = sorted(find_dates((text or "")[:100], language))
    return found[0][1] if found else None


def date_in_url(url: str) -> date | None:
    """The day that a URL's path carries: `/2024/05/21/`, `/20240521/`, `t20240521_1`; None if it carries none."""
    path = url.split("?")[0].split("#")[0]
    match = _URL_DATE.search(path)
    return valid_date(int(match["y"]), int(match["m"]), int(match["d"])) if match else None
