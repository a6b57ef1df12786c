"""Find dates in text, in the forms in which pages of many languages print them."""

import re
from collections.abc import Iterator
from datetime import date

from archive.text.scripts import FULL_WIDTH_FORMS
from archive.text.word_lists import read_word_list

DATE_WORDS = read_word_list("archive.extraction", "dates")
_MONTHS = {
    name: number
    for months in DATE_WORDS["months"].values()
    for number, names in enumerate(months, start=1)
    for name in names.split()
}
_ERAS: dict[str, int] = DATE_WORDS["eras"]
_YEAR, _DAY = r"(?P<y>(?:19|20)\d\d)", r"(?P<d>3[01]|[12]\d|0?[1-9])"
# The names of months in Hindi and Thai have signs that are no letters.
_MONTH, _WORD = r"(?P<m>1[0-2]|0?[1-9])", r"(?P<n>(?:[^\W\d_]|[\u0900-\u0963\u0e31-\u0e4e]){2,14})"
_FORMS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?<!\d){_YEAR}\s?[-/.年년]\s?{_MONTH}\s?[-/.月월]\s?{_DAY}(?!\d)",
        # Behind letters it is a number of a drug, file or account: `国药准字H20240501`.
        r"(?<![\dA-Za-z])(?P<y>(?:19|20)\d\d)(?P<m>0[1-9]|1[0-2])(?P<d>3[01]|[12]\d|0[1-9])(?!\d)",
        # With a day of the week in the middle: `Dec 28 Sat 2013`.
        rf"{_WORD}\.?\s{{1,3}}{_DAY}(?:st|nd|rd|th)?,?\s{{1,3}}(?:[A-Za-z]{{3,9}}[.,]?\s{{1,3}})?{_YEAR}(?!\d)",
        rf"(?<!\d){_DAY}(?:st|nd|rd|th|er|\.|º|°)?[\s-]{{1,3}}(?:(?:de|of|d['’])\s?)?{_WORD}\.?,?[\s-]{{1,3}}(?:del?\s)?{_YEAR}(?!\d)",
        rf"(?<!\d){_YEAR}[.,]?\s{{1,3}}(?:m\.\s)?{_WORD}\.?\s{{1,3}}{_DAY}(?!\d)",
        rf"(?<!\d){_YEAR}\.\sgada\s{_DAY}\.\s{_WORD}",
        rf"(?<!\d){_DAY}\.\s?{_MONTH}\.\s?{_YEAR}(?!\d)",
        rf"(?<!\d){_DAY}\s(?:tháng|thg)\s{_MONTH},?\s(?:năm\s)?{_YEAR}(?!\d)",
        rf"(?<!\d)(?P<a>\d\d?)(?P<s>[/-])(?P<b>\d\d?)(?P=s){_YEAR}(?!\d)",
        rf"(?P<era>{'|'.join(_ERAS)})\s?(?P<y>\d{{1,3}}|元)\s?[年./-]\s?{_MONTH}\s?[月./-]\s?{_DAY}(?!\d)",
    )
)
# The Buddhist calendar of Thailand is 543 years ahead: `3 พฤษภาคม 2567`.
_BUDDHIST = re.compile(rf"(?<!\d){_DAY}\s(?P<n>[\u0e01-\u0e4e]{{4,12}})\s(?:พ\.ศ\.\s)?(?P<y>25[3-9]\d)(?!\d)")
_BUDDHIST_ERA = 543
# The digits of Arabic, Persian and Hindi, with full-width forms.
_ASCII_FORMS = FULL_WIDTH_FORMS | {zero + digit: 0x30 + digit for zero in (0x660, 0x6F0, 0x966) for digit in range(10)}
# Chinese numerals: `二〇二四年五月一日`.
_NUMERALS = re.compile(
    r"(?P<y>[一二][〇○零九][〇○零一二三四五六七八九]{2})年(?P<m>十[一二]?|[一二三四五六七八九])月(?P<d>[二三]?十?[一二三四五六七八九]|[二三]?十)日"
)
_DIGITS = {sign: value for value, signs in enumerate(("〇○零", *"一二三四五六七八九")) for sign in signs}
# Two digits of a year, in labelled dates only: day first in Europe, year first in East Asia.
_SHORT_YEAR = re.compile(r"(?<![\d.])(?P<a>\d\d?)(?P<s>[./-])\s?(?P<b>\d\d?)(?P=s)\s?(?P<c>\d\d)(?![\d./-])")
# A year of the Republic of China without its name, as sites of Taiwan print it behind a label: `113年5月21日`.
_REPUBLIC_YEAR = re.compile(r"(?<!\d)(?P<y>1[01]\d)\s?[年./-]\s?(?P<m>\d\d?)\s?[月./-]\s?(?P<d>\d\d?)(?!\d)")
_YEAR_FIRST = re.compile(r"(?:zh|ja|ko)\b")
# A stamp with a time in UTC; its zone says nothing about the place where the page was published.
_UTC_STAMP = re.compile(r"[T ](?P<h>[01]\d|2[0-3]):?[0-5]\d[\d:.]{0,14}\s?(?:Z|UTC|GMT|[+-]00:?00)$", re.IGNORECASE)
_EUROPE = re.compile(r"(?:de|lb|nl|it|pl|cs|sk|hu|ro|sv|da|nb|nn|no|fi|lt|lv|et|el|uk|tr)\b")
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
    for match in _NUMERALS.finditer(text) if "年" in text else ():
        found = valid_date(*map(_numeral, match.group("y", "m", "d")))
        if found is not None:
            yield match.start(), found
    for match in _BUDDHIST.finditer(text) if " 25" in text else ():
        found = valid_date(int(match["y"]) - _BUDDHIST_ERA, _MONTHS.get(match["n"], 0), int(match["d"]))
        if found is not None:
            yield match.start(), found
    if not _HINT.search(text):
        return
    for form in _FORMS:
        for match in form.finditer(text):
            found = _build(match.groupdict(), language.lower())
            if found is not None:
                yield match.start(), found


def _numeral(text: str) -> int:
    """Return the number that Chinese numerals below 100 or the digits of a year write."""
    tens, ten, ones = text.rpartition("十")
    if ten:
        return 10 * _DIGITS.get(tens, 1) + _DIGITS.get(ones, 0)
    return int("".join(str(_DIGITS[sign]) for sign in text))


def find_short_date(text: str, language: str = "") -> tuple[int, date] | None:
    """Return the first date with a year of two digits, or of the Republic of China, and its offset.

    It is to be used only behind a label.
    """
    text = _plain(text)
    republic = _REPUBLIC_YEAR.search(text)
    if republic:
        found = valid_date(_ERAS["民國"] + int(republic["y"]), int(republic["m"]), int(republic["d"]))
        return (republic.start(), found) if found else None
    match = _SHORT_YEAR.search(text)
    if match is None:
        return None
    first, second, third = int(match["a"]), int(match["b"]), int(match["c"])
    if _YEAR_FIRST.match(language) or (not language and match["s"] == "-"):
        found = valid_date(2000 + first, second, third)
    elif match["s"] == ".":
        found = valid_date(2000 + third, second, first)
    else:
        found = valid_date(2000 + third, *_by_order(first, second, language.lower()))
    return (match.start(), found) if found else None


def local_day(stamp: str, day: date, printed: date | None, language: str = "") -> date:
    """Return the `printed` day if it differs from `day`, which is that of `stamp`, only by the zone: a stamp in UTC."""
    match = _UTC_STAMP.search(stamp.strip())
    if match is None or printed is None:
        return day
    # Zones reach from UTC-12 to UTC+14, those of languages that are written only in Europe from UTC to UTC+3.
    hour, europe = int(match["h"]), bool(_EUROPE.match(language))
    reached = [1] * (hour >= (21 if europe else 10)) + [-1] * (hour < 12 and not europe)
    return printed if (printed - day).days in reached else day


def _plain(text: str) -> str:
    """Return `text` with full-width characters and the digits of other scripts as ASCII; offsets stay the same."""
    return text.translate(_ASCII_FORMS)


def _build(parts: dict[str, str | None], language: str) -> date | None:
    if "era" in parts:
        year = _ERAS[parts["era"] or ""] + (1 if parts["y"] == "元" else int(parts["y"] or 0))
    else:
        year = int(parts["y"] or 0)
    if parts.get("a"):
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
