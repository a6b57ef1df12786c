"""Retraction Watch tables for tests."""

import csv
import io
from pathlib import Path

HEADING = [
    "Record ID", "Title", "Subject", "Institution", "Journal", "Publisher", "Country", "Author", "URLS", "ArticleType",
    "RetractionDate", "RetractionDOI", "RetractionPubMedID", "OriginalPaperDate", "OriginalPaperDOI",
    "OriginalPaperPubMedID", "RetractionNature", "Reason", "Paywalled", "Notes",
]  # fmt: skip


def a_row(number: object = 1, **changes: str) -> list[str]:
    """A line of the table; of the columns only these are filled."""
    values = {
        "Record ID": str(number), "Title": "Stem cells, again", "Journal": "J Cells",
        "RetractionDate": "6/19/2020 0:00",
        "RetractionDOI": "10.5555/notice", "RetractionPubMedID": "0", "OriginalPaperDate": "5/1/2016 0:00",
        "OriginalPaperDOI": "10.5555/SCI.2016", "OriginalPaperPubMedID": "0", "RetractionNature": "Retraction",
        "Reason": "+Fake Peer Review;+Paper Mill;",
    }  # fmt: skip
    return [(values | changes).get(name, "") for name in HEADING]


def a_table(folder: Path, *rows: list[str], heading: list[str] = HEADING, more: bytes = b"") -> Path:
    out = io.StringIO()
    csv.writer(out).writerows([heading, *rows])
    path = folder / "retractions.csv"
    path.write_bytes(out.getvalue().encode() + more)
    return path
