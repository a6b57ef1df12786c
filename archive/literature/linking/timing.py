"""Whether a paper can be what a news text reports on, by their dates."""

from datetime import date, timedelta

from archive.literature.record import LiteratureRecord

# News comes out with the paper or later; a paper's date in an index may be that of an issue months after it was online.
EARLIEST, LATEST = timedelta(days=2 * 365), timedelta(days=270)


def fits(record: LiteratureRecord, published: date | None) -> bool:
    """Return whether the record's date is at most two years before the text's and nine months after it, or unknown."""
    if published is None or not record.published:
        return True
    year, month, day = (*(int(part) for part in record.published.split("-") if part.isdigit()), 0, 0, 0)[:3]
    if not year:
        return True
    first = date(year, month or 1, day or 1)
    last = date(year, month or 12, day or 28)
    return published - EARLIEST <= last and first <= published + LATEST
