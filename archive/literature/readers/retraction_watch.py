"""The Retraction Watch table: a CSV file of some 60,000 notices, some of whose lines are broken."""

import codecs
import csv
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import IO, Any

from archive.literature.readers.read import BROKEN, Noticed, Read, Skipped
from archive.literature.record import LiteratureRecord
from archive.references.identifiers import normalise

REQUIRED = ("Record ID", "Title", "RetractionDate", "RetractionNature", "OriginalPaperDOI", "OriginalPaperPubMedID")
NATURES = ("Retraction", "Expression of concern", "Reinstatement", "Correction")
_BY_SPELLING = {nature.lower(): nature for nature in NATURES}
_DATE = re.compile(r"(?P<month>\d{1,2})/(?P<day>\d{1,2})/(?P<year>\d{4})(?:\s.*)?|(?P<iso>\d{4}-\d\d-\d\d)(?:[\sT].*)?")


class NoTableError(ValueError):
    """The file is not a Retraction Watch table. The message says why: "it has no column …"."""


class _BrokenLineError(ValueError):
    """A line cannot be used. The message says why in a few words."""


def matches(start: bytes) -> bool:
    """Return whether a file begins with the heading of the table."""
    heading = start.split(b"\n", 1)[0]
    return all(name.encode() in heading for name in REQUIRED)


def read(file: IO[bytes]) -> Iterator[Read]:
    """Yield each work that a notice is about, with the notice that holds today, and the lines that are left out."""
    works: defaultdict[tuple[str, str], list[Mapping[str, Any]]] = defaultdict(list)
    try:
        for _, row in table_rows(codecs.iterdecode(file, "utf-8-sig", errors="replace")):
            if isinstance(row, str):
                yield Skipped(row)
            elif row["original_doi"] or row["original_pmid"]:
                works[(row["original_doi"] or "", row["original_pmid"] or "")].append(row)
            else:
                yield Skipped("no identifier of the work")
    except BROKEN as error:  # a gzip file that breaks off
        yield Skipped(f"broken file: {error}")
    for (doi, pmid), rows in works.items():
        title = rows[0]["title"]
        if not title:
            yield Skipped("no title")
            continue
        yield Noticed(
            LiteratureRecord(
                title=title,
                doi=doi,
                pmid=pmid,
                authors=rows[0]["authors"],
                journal=rows[0]["journal"] or "",
                published=rows[0]["original_date"] or "",
                notice=_standing(rows),
            )
        )


def _standing(rows: list[Mapping[str, Any]]) -> str:
    """Return the nature that holds after the last notice: a reinstatement lifts what came before it."""
    natures = [row["nature"] for row in sorted(rows, key=lambda row: (row["date"] or "", row["record_id"]))]
    lifted = max((at for at, nature in enumerate(natures) if nature == "Reinstatement"), default=-1)
    later = natures[lifted + 1 :]
    return min(later, key=NATURES.index, default="Reinstatement")


def table_rows(file: Iterable[str]) -> Iterator[tuple[int, dict[str, Any] | str]]:
    """Yield the number of each record's first line, and its values, or in a few words why it is left out.

    The values are named as the columns of the table `retractions`, with the authors of the work beside them; lists are
    JSON. Raises NoTableError, when the first line is read, if a column is missing.
    """
    lines = iter(file)
    names = _heading(next(lines, ""))
    for number, record in _records(lines, names):
        try:
            yield number, _row(_fields(record, names))
        except _BrokenLineError as error:
            yield number, str(error)


def _heading(line: str) -> list[str]:
    try:
        names = [name.strip() for name in next(csv.reader([line]), [])]
    except csv.Error:
        names = []
    if missing := [name for name in REQUIRED if name not in names]:
        raise NoTableError(f"it has no column {', '.join(missing)}")
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


def _row(fields: Mapping[str, str]) -> dict[str, Any]:
    if not re.fullmatch(r"[0-9]{1,15}", fields["Record ID"]):
        raise _BrokenLineError("no Record ID")
    nature = _BY_SPELLING.get(fields["RetractionNature"].lower())
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
        "authors": tuple(name for each in fields.get("Author", "").split(";") if (name := each.strip())),
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
