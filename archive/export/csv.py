"""CSV for spreadsheets: an article a row; lists are joined, references given as printed."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

COLUMNS = (
    "id", "url", "title", "site", "source", "published", "modified", "language", "authors", "editors", "section",
    "keywords", "description", "views", "text", "references", "dois", "pmids", "first_seen", "last_changed", "revision",
    "state", "gone_since",
)  # fmt: skip
JOINED = "; "
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # beginnings that a spreadsheet would execute (OWASP, CSV injection)


def write_csv(articles: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """A heading and a row per article, RFC 4180; cells that begin like a formula get an apostrophe before them."""
    yield _line(COLUMNS)
    for article in articles:
        row = dict(article)
        references = row["references"]
        row["references"] = "\n".join(reference["raw"] for reference in references)
        row["dois"] = [reference["doi"] for reference in references if reference["doi"]]
        row["pmids"] = [reference["pmid"] for reference in references if reference["pmid"]]
        yield _line([_cell(row[column]) for column in COLUMNS])


def _cell(value: Any) -> str:
    if value is None:
        return ""
    text = JOINED.join(value) if isinstance(value, list | tuple) else str(value)
    return "'" + text if text.startswith(FORMULA) else text


def _line(cells: Iterable[str]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow(cells)
    return out.getvalue()
