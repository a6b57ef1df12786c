"""Read the Retraction Watch table: a CSV file of some 60,000 notices, some of whose lines are broken.

Notices from earlier files that are not in the new one stay, so that a truncated file lifts no warning. In the table a
Reinstatement, or another nature under the same Record ID, lifts one.
"""

import csv
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlite_utils import Database

from archive.references.identifiers import normalise
from archive.storage.connection import transaction
from archive.storage.sql import compose, placeholders
from archive.works.retractions import STATUS

REQUIRED = ("Record ID", "Title", "RetractionDate", "RetractionNature", "OriginalPaperDOI", "OriginalPaperPubMedID")
COLUMNS = (
    "record_id", "nature", "date", "title", "journal", "reasons", "doi", "pmid", "original_date", "original_doi",
    "original_pmid", "urls", "notes", "loaded_at",
)  # fmt: skip
UPSERT = compose(
    "insert into retractions ({columns}) values ({values}) "
    "on conflict (record_id) do update set ({new}) = ({excluded})",
    columns=COLUMNS,
    values=placeholders(len(COLUMNS)),
    new=COLUMNS[1:],
    excluded=[f"excluded.{column}" for column in COLUMNS[1:]],
)
_NATURES = {nature.lower(): nature for nature in STATUS}
_DATE = re.compile(r"(?P<month>\d{1,2})/(?P<day>\d{1,2})/(?P<year>\d{4})(?:\s.*)?|(?P<iso>\d{4}-\d\d-\d\d)(?:[\sT].*)?")


class RetractionTableError(Exception):
    """The file is not a Retraction Watch table. The message is one sentence."""


class _BrokenLineError(ValueError):
    """A line cannot be used. The message says why in a few words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """The result of loading a file, in records: `new`, `replaced`, and `kept` from earlier files.

    `left` are the skipped lines: their number in the file, and the reason.
    """

    new: int
    replaced: int
    kept: int
    left: tuple[tuple[int, str], ...]

    @property
    def reasons(self) -> dict[str, int]:
        """Return the reasons for skipped lines, with the number of lines of each."""
        return dict(Counter(why for _, why in self.left).most_common())


def load_table(db: Database, path: Path, now: str) -> Loaded:
    """Load the table at `path` into the archive, in one transaction.

    Raises RetractionTableError when it cannot be read or lacks a column.
    """
    rows: dict[int, tuple[object, ...]] = {}
    left: list[tuple[int, str]] = []
    try:
        with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
            names = _heading(file.readline(), path)
            for number, record in _records(file, names):
                try:
                    values = _row(_fields(record, names), now)
                    rows[values["record_id"]] = tuple(values[column] for column in COLUMNS)  # type: ignore[index]
                except _BrokenLineError as error:
                    left.append((number, str(error)))
    except OSError as error:
        raise RetractionTableError(f"{path} cannot be read: {error.strerror}.") from error
    with transaction(db):
        before = {record_id for (record_id,) in db.execute("select record_id from retractions").fetchall()}
        db.conn.executemany(UPSERT, list(rows.values()))
    known = before & rows.keys()
    return Loaded(new=len(rows) - len(known), replaced=len(known), kept=len(before - known), left=tuple(left))


def _heading(line: str, path: Path) -> list[str]:
    try:
        names = [name.strip() for name in next(csv.reader([line]), [])]
    except csv.Error:
        names = []
    if missing := [name for name in REQUIRED if name not in names]:
        raise RetractionTableError(f"{path} is not a Retraction Watch table: it has no column {', '.join(missing)}.")
    return names


def _records(lines: Iterable[str], names: list[str]) -> Iterator[tuple[int, str]]:
    """Yield each record with the number of its first line. Quoted fields may contain line breaks.

    A line that is a complete record by itself ends the record before it, or an unclosed quote would take in the rest
    of the file.
    """
    parts: list[str] = []
    first, is_open = 2, False
    for number, line in enumerate(lines, 2):
        if parts and _is_whole(line, names):
            yield first, "".join(parts)
            parts, is_open = [], False
        if not parts:
            first = number
        parts.append(line)
        is_open ^= bool(line.count('"') % 2)
        if not is_open:
            yield first, "".join(parts)
            parts = []
    if parts:
        yield first, "".join(parts)


def _is_whole(line: str, names: list[str]) -> bool:
    if line.count('"') % 2:
        return False
    try:
        return _fields(line, names)["Record ID"].strip().isdecimal()
    except _BrokenLineError:
        return False


def _fields(record: str, names: list[str]) -> Mapping[str, str]:
    try:
        [fields] = csv.reader([record], strict=True)
    except (csv.Error, ValueError):
        raise _BrokenLineError("not readable as CSV") from None
    if len(fields) != len(names):
        raise _BrokenLineError("another number of columns than the heading")
    return dict(zip(names, (field.replace("\0", "").strip() for field in fields), strict=True))


def _row(fields: Mapping[str, str], now: str) -> dict[str, object]:
    if not re.fullmatch(r"[0-9]{1,15}", fields["Record ID"]):
        raise _BrokenLineError("no Record ID")
    nature = _NATURES.get(fields["RetractionNature"].lower())
    if nature is None:
        raise _BrokenLineError("unknown RetractionNature")
    return {
        "record_id": int(fields["Record ID"]),
        "nature": nature,
        "date": _date(fields["RetractionDate"], "RetractionDate"),
        "title": fields["Title"],
        "journal": fields.get("Journal") or None,
        "reasons": _list(fields.get("Reason", "")),
        "doi": normalise("doi", fields.get("RetractionDOI", "")),
        "pmid": _pmid(fields.get("RetractionPubMedID", "")),
        "original_date": _date(fields.get("OriginalPaperDate", ""), "OriginalPaperDate"),
        "original_doi": normalise("doi", fields["OriginalPaperDOI"]),  # `unavailable` is none
        "original_pmid": _pmid(fields["OriginalPaperPubMedID"]),
        "urls": _list(fields.get("URLS", "")),
        "notes": fields.get("Notes") or None,
        "loaded_at": now,
    }


def _date(text: str, column: str) -> str | None:
    """Return a date such as `6/19/2020 0:00` (month first) or ISO 8601 as ISO 8601, None for an empty text."""
    if not text:
        return None
    match = _DATE.fullmatch(text)
    try:
        if match and match["iso"]:
            return date.fromisoformat(match["iso"]).isoformat()
        if match:
            return date(int(match["year"]), int(match["month"]), int(match["day"])).isoformat()
    except ValueError:  # a thirteenth month
        match = None
    raise _BrokenLineError(f"{column} is no date")


def _pmid(text: str) -> str | None:
    """Return the PMID, None for 0, which the table has where there is none."""
    return normalise("pmid", text) if re.fullmatch(r"[0-9]+", text) else None


def _list(text: str) -> str:
    return json.dumps(
        [item for part in text.split(";") if (item := part.strip().lstrip("+").strip())], ensure_ascii=False
    )
