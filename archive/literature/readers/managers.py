"""RIS and BibTeX, as reference managers export them. Both need a package of the extra `literature`."""

import re
from collections.abc import Iterator
from importlib.util import find_spec
from typing import IO, TYPE_CHECKING

from archive.errors import ArchiveError
from archive.literature.readers.dates import iso_date
from archive.literature.readers.read import BROKEN, Read, Skipped
from archive.literature.record import LiteratureRecord
from archive.references.identifiers import normalise

if TYPE_CHECKING:
    from pybtex.database import Person

_RIS, _RIS_END = re.compile(rb"(?m)^(?:\xef\xbb\xbf)?TY  ?- "), re.compile(r"ER  ?-")
_BIBTEX = re.compile(rb"(?m)^\s{0,20}@[A-Za-z]{1,30}\s{0,20}[{(]")
_ENTRY = re.compile(r"\s*@\s*(?P<kind>[A-Za-z]+)\s*[{(]")
_COMMAND = re.compile(r"\\[A-Za-z]+\s?")
_LONGEST = 1_000_000  # characters of one entry


def is_ris(start: bytes) -> bool:
    """Return whether a file begins with an entry in RIS."""
    return bool(_RIS.search(start))


def is_bibtex(start: bytes) -> bool:
    """Return whether a file begins with an entry in BibTeX."""
    return bool(_BIBTEX.search(start))


def require(package: str, kind: str) -> None:
    """Raise ArchiveError where the package that reads a kind of file is not installed."""
    if find_spec(package) is None:
        raise ArchiveError(
            f"{kind} is read by {package}, which is not installed: pip install 'health-news-archive[literature]'."
        )


def read_ris(file: IO[bytes]) -> Iterator[Read]:
    """Yield a record, or the reason why it is skipped, for each entry of a RIS file."""
    entry: list[str] = []
    for line in _text_lines(file):
        if isinstance(line, Skipped):
            yield line
            return
        entry.append(line)
        if _RIS_END.match(line):
            yield _from_ris("".join(entry))
            entry = []
    if any(line.strip() for line in entry):
        yield Skipped("the entry has no end")


def read_bibtex(file: IO[bytes]) -> Iterator[Read]:
    """Yield a record, or the reason why it is skipped, for each entry of a BibTeX file."""
    strings: list[str] = []
    for kind, entry in _entries(file):
        if isinstance(entry, Skipped):
            yield entry
        elif kind == "string":
            strings.append(entry)
        elif kind not in ("comment", "preamble"):
            yield _from_bibtex("".join(strings), entry)


def _text_lines(file: IO[bytes]) -> Iterator[str | Skipped]:
    try:
        for line in file:
            yield line.decode("utf-8-sig", "replace")
    except BROKEN as error:
        yield Skipped(f"broken file: {error}")


def _entries(file: IO[bytes]) -> Iterator[tuple[str, str | Skipped]]:
    """Yield the entries of a BibTeX file with their kinds. A line that begins with `@` begins one."""
    kind, lines, size = "", [""], 0
    for line in _text_lines(file):
        if isinstance(line, Skipped):
            yield "", line
            break
        if found := _ENTRY.match(line):
            if kind:
                yield kind, "".join(lines)
            kind, lines, size = found["kind"].lower(), [], 0
        size += len(line)
        if size < _LONGEST:
            lines.append(line)
    if kind:
        yield kind, "".join(lines)


def _from_ris(text: str) -> Read:
    import rispy

    try:
        [entry] = rispy.loads(text)
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, OSError):
        return Skipped("not readable as RIS")
    title = entry.get("title") or entry.get("primary_title") or ""
    if not title.strip():
        return Skipped("no title")
    first, last = entry.get("start_page", ""), entry.get("end_page", "")
    year, month, day = (*re.findall(r"\d+", entry.get("date") or entry.get("year") or ""), "", "", "")[:3]
    names = ("journal_name", "secondary_title", "alternate_title3", "alternate_title2", "alternate_title1")
    journals = [entry[name] for name in names if entry.get(name)]
    return LiteratureRecord(
        title=title.strip(),
        doi=normalise("doi", entry.get("doi", "")) or "",
        pmid=_pmid(entry.get("accession_number", ""), entry.get("name_of_database", "")),
        authors=tuple(entry.get("authors") or entry.get("first_authors") or ()),
        journal=max(journals, key=len, default=""),
        abbreviation=min(journals, key=len, default="") if len(set(journals)) > 1 else "",
        published=iso_date(year, month, day),
        volume=entry.get("volume", ""),
        issue=entry.get("number", ""),
        pages=f"{first}-{last}" if first and last and first != last else first,
        abstract=entry.get("abstract") or entry.get("notes_abstract") or "",
    )


def _pmid(number: str, database: str) -> str:
    """Return an accession number that is PubMed's."""
    return (normalise("pmid", number) or "") if re.search("pubmed|medline", database + number, re.IGNORECASE) else ""


def _from_bibtex(strings: str, text: str) -> Read:
    from pybtex.database import parse_string
    from pybtex.exceptions import PybtexError

    try:
        [entry] = parse_string(strings + text, "bibtex").entries.values()
        fields = {name.lower(): _plain(value) for name, value in entry.fields.items()}
        persons = entry.persons.get("author") or ()
        authors = tuple(filter(None, (_person(person) for person in persons)))
    except (PybtexError, ValueError, IndexError, KeyError, RecursionError):
        return Skipped("not readable as BibTeX")
    if not fields.get("title"):
        return Skipped("no title")
    year, month, day = (*re.findall(r"\d+", fields.get("date", "")), "", "", "")[:3]
    return LiteratureRecord(
        title=fields["title"],
        doi=normalise("doi", fields.get("doi", "")) or "",
        pmid=normalise("pmid", fields.get("pmid", "")) or "",
        pmcid=normalise("pmcid", fields.get("pmcid", "")) or "",
        authors=authors,
        journal=fields.get("journal") or fields.get("journaltitle") or fields.get("booktitle") or "",
        published=iso_date(year or fields.get("year", ""), month or fields.get("month", ""), day),
        volume=fields.get("volume", ""),
        issue=fields.get("number") or fields.get("issue") or "",
        pages=fields.get("pages", "").replace("–", "-"),
        abstract=fields.get("abstract", ""),
    )


def _plain(value: str) -> str:
    from pybtex.richtext import Text

    return " ".join(_COMMAND.sub("", str(Text.from_latex(value))).split())


def _person(person: "Person") -> str:
    family = " ".join(map(_plain, (*person.prelast_names, *person.last_names)))
    given = " ".join(map(_plain, (*person.first_names, *person.middle_names)))
    return f"{family}, {given}" if given else family
