"""Months by their English names."""

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def month_number(month: str) -> int:
    """Return the number of a month that is written as a number or an English name, 0 where it is none."""
    if month.isdecimal():
        return int(month) if 1 <= int(month) <= 12 else 0
    short = month[:3].lower()
    return _MONTHS.index(short) + 1 if short in _MONTHS else 0


def iso_date(year: str, month: str = "", day: str = "") -> str:
    """Return a date in ISO 8601 as far as it is stated, "" without a year of four digits."""
    if len(year) != 4 or not year.isdecimal():
        return ""
    number = month_number(month)
    if not number:
        return year
    known = day.isdecimal() and 1 <= int(day) <= 31
    return f"{year}-{number:02}" + (f"-{int(day):02}" if known else "")
