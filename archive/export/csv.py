"""Write articles as CSV for spreadsheets, one in a row. Lists are joined, references are as printed."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from archive.evidence.wording import NAMES as EVIDENCE
from archive.export.spreadsheet_cells import neutral

EXCEL_CELL = (
    32_767  # characters in UTF-16 that a cell of Excel holds; of a longer one it drops the rest, or moves it down
)
COLUMNS = (
    "id", "url", "title", "site", "source", "published", "modified", "language", "authors", "editors", "section",
    "keywords", "description", "views", "text", "reference_list", "dois", "pmids", "first_seen", "last_changed",
    "revision", "state", "gone_since", "noarchive", "rights", *EVIDENCE,
)  # fmt: skip
JOINED = "; "


def write(articles: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Yield a heading and a row for each article (RFC 4180). Cells that begin like a formula get an apostrophe."""
    yield csv_record(COLUMNS)
    for article in articles:
        row = dict(article)
        references = row["references"]
        row["reference_list"] = "\n".join(reference["raw"] for reference in references)
        row["dois"] = [reference["doi"] for reference in references if reference["doi"]]
        row["pmids"] = [reference["pmid"] for reference in references if reference["pmid"]]
        for field in EVIDENCE:
            row[field] = [each["value"] for each in row["evidence"] if each["field"] == field]
        yield csv_record(row[column] for column in COLUMNS)


def write_excel(articles: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Yield the same for Excel: with a byte order mark, by which it knows UTF-8, and long cells cut, with a note."""
    yield "\ufeff"
    for record in csv.reader(write(articles)):
        yield _line(map(_cut, record))


def csv_record(values: Iterable[Any]) -> str:
    """Return a record of a CSV file: lists are joined, None is empty, and no cell is taken for a formula."""
    return _line(map(_cell, values))


def _cut(cell: str) -> str:
    length = len(cell.encode("utf-16-le", "surrogatepass")) // 2
    if length <= EXCEL_CELL:
        return cell
    note = f" … [cut: {length:,} characters, Excel holds {EXCEL_CELL:,}]"
    kept = cell.encode("utf-16-le", "surrogatepass")[: 2 * (EXCEL_CELL - len(note))]
    return kept.decode("utf-16-le", "ignore") + note


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return neutral(JOINED.join(value) if isinstance(value, list | tuple) else str(value))


def _line(cells: Iterable[str]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow(cells)
    return out.getvalue()
