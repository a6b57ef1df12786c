"""Dates as printed, in many forms, to `date`; what is no date of a publication is None."""

import re
from collections.abc import Iterator
from datetime import date

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan januar janvier enero janeiro gennaio januari января",
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
_FORMS = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?<!\d)(?P<y>(?:19|20)\d\d)\s?[-/.年]\s?(?P<m>0?[1-9]|1[0-2])\s?[-/.月]\s?(?P<d>3[01]|[12]\d|0?[1-9])(?!\d)",
        r"(?<!\d)(?P<y>(?:19|20)\d\d)(?P<m>0[1-9]|1[0-2])(?P<d>3[01]|[12]\d|0[1-9])(?!\d)",
        r"(?P<n>[^\W\d_]{3,10})\.?\s{1,3}(?P<d>3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?,?\s{1,3}(?P<y>(?:19|20)\d\d)(?!\d)",
        r"(?<!\d)(?P<d>3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th|\.)?[\s-]{1,3}(?:de\s)?(?P<n>[^\W\d_]{3,10})\.?,?[\s-]{1,3}(?:de\s)?(?P<y>(?:19|20)\d\d)(?!\d)",
        r"(?<!\d)(?P<y>(?:19|20)\d\d)\s{1,3}(?P<n>[^\W\d_]{3,10})\.?\s{1,3}(?P<d>3[01]|[12]\d|0?[1-9])(?!\d)",
        r"(?<!\d)(?P<d>3[01]|[12]\d|0?[1-9])\.(?P<m>0?[1-9]|1[0-2])\.(?P<y>(?:19|20)\d\d)(?!\d)",
        r"(?<!\d)(?P<a>\d\d?)/(?P<b>\d\d?)/(?P<y>(?:19|20)\d\d)(?!\d)",
    )
)
# The web is younger than this: an earlier date is a birthday or a default.
EARLIEST = date(1990, 1, 1)
_URL_DATE = re.compile(
    r"(?<!\d)(?P<y>(?:19|20)\d\d)(?P<s>[-/_]?)(?P<m>0[1-9]|1[0-2])(?:(?P=s)|[-/_])(?P<d>3[01]|[12]\d|0[1-9])(?!\d)"
)


def find_dates(text: str) -> Iterator[tuple[int, date]]:
    """Every whole date in `text` with its offset, in the order of the forms, not of the text.

    Day and month are told apart in `3/4/2024` only when one of them is above 12: otherwise it is no date to us.
    """
    for form in _FORMS:
        for match in form.finditer(text):
            found = _build(match.groupdict())
            if found is not None:
                yield match.start(), found


def _build(parts: dict[str, str | None]) -> date | None:
    year = int(parts["y"] or 0)
    if "a" in parts:
        first, second = int(parts["a"] or 0), int(parts["b"] or 0)
        if first <= 12 and second <= 12 and first != second:
            return None
        day, month = (first, second) if second <= 12 else (second, first)
    elif "n" in parts:
        day, month = int(parts["d"] or 0), _MONTHS.get((parts["n"] or "").lower(), 0)
    else:
        day, month = int(parts["d"] or 0), int(parts["m"] or 0)
    return plausible(year, month, day)


def plausible(year: int, month: int, day: int) -> date | None:
    """The date, None if there is no such day or it is before the web."""
    try:
        found = date(year, month, day)
    except ValueError:
        return None
    return found if found >= EARLIEST else None


def parse_date(text: str | None) -> date | None:
    """The first date in a short string such as an ISO 8601 time stamp or a meta tag's content."""
    found = sorted(find_dates((text or "")[:100]))
    return found[0][1] if found else None


def date_in_url(url: str) -> date | None:
    """The day that a URL's path carries: `/2024/05/21/`, `/20240521/`, `/2024-05/21/`; None if it carries none."""
    path = url.split("?")[0].split("#")[0]
    match = _URL_DATE.search(path)
    return plausible(int(match["y"]), int(match["m"]), int(match["d"])) if match else None
