"""Read a list of addresses from elsewhere: lines, a column of a table or workbook, links in Markdown or HTML, OPML."""

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urljoin

from lxml import etree, html

from archive.extraction.charset import decode
from archive.text.word_lists import read_word_list
from archive.urls.canonical import canonical_url
from crawler.discovery.workbook import Row, WorkbookError, read_sheets

Kind = Literal["article", "feed"]

_HEADINGS = frozenset(read_word_list("crawler.discovery", "address_list")["heading"])
_URL = re.compile(r"https?:/[^\s<>\"'|，。、；！？（）《》【】「」“”]+", re.IGNORECASE)
_WHOLE_URL = re.compile(r"https?:/\S+", re.IGNORECASE)
_MARKDOWN = re.compile(  # ![…](…) is an image; parentheses in an address may nest once
    r"(?<!!)\[(?:[^\[\]]|\[[^\[\]]{0,99}\]){0,99}\]\(\s{0,9}<?((?:[^\s()<>]|\([^\s()]{0,99}\)){1,999})>?"
    r"(?:\s{1,9}[\"'(][^)]{0,99})?\s{0,9}\)"
    r"|^\s*\[[^\]]+\]:\s*<?(\S+?)>?(?:\s+[\"'(].*)?$"
)
_IMAGE = re.compile(r"!\[[^\[\]]{0,99}\]\([^()]{0,999}\)")
_WITHOUT_SCHEME = re.compile(r"(?:[\w-]+\.)+[a-z]{2,24}(?::\d+)?/\S*|www\.(?:[\w-]+\.)+[a-z]{2,24}", re.IGNORECASE)
_OTHER_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):(?://|[^\s/]+@|[^\s/]{6})", re.IGNORECASE)
_NO_PAGE = re.compile(r"#|(?:javascript|mailto|tel|data):", re.IGNORECASE)
_COMMENT = re.compile(r"\s*(?:#(?!#* *\[)|;|//(?:\s|$)|<!--)")
_LATER_COMMENT = re.compile(r"(?<=\s)#\s.*")
_HTML = re.compile(r"<(?:!doctype|html|head|body|dl|ul|ol|div|table|p|a)\b", re.IGNORECASE)
_DELIMITERS = "\t,;"
_SHOWN = 80  # characters of a bad line that are repeated
_MOST_TITLES = 10  # rows that may stand above the headings of a table
_MOST_LISTED = 1_000_000  # lines; more is no list of addresses


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """An address of the list: the line that it is on, its canonical URL, and what it leads to."""

    line: int
    url: str
    kind: Kind = "article"


@dataclass(frozen=True, slots=True, kw_only=True)
class BadLine:
    """A line that no address could be read from, cut to a readable length, and why."""

    line: int
    text: str
    problem: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressList:
    """The addresses of a list in their order, each once; how many were repeated; and the lines that have none."""

    addresses: tuple[Address, ...]
    repeated: int
    bad: tuple[BadLine, ...]


class NoAddressListError(ValueError):
    """The bytes are no list of addresses; the message says what they are and what to do."""


@dataclass(frozen=True, slots=True)
class _Found:
    """What stands for an address on a line."""

    line: int
    text: str
    kind: Kind = "article"


def read_address_list(body: bytes) -> AddressList:
    """Return the addresses of a list in any encoding. Raises NoAddressListError for a binary file that is no workbook.

    A list has one address a line, or is a table (CSV, TSV or the sheets of an .xlsx) whose column of addresses is
    found, or text in Markdown or HTML with links, or OPML, whose addresses are feeds. Blank lines and comments (`#`,
    `;`, `//`) are skipped. An address without a scheme is one of https.
    """
    if body.startswith(b"PK"):
        return _result(_workbook(body))
    text = _text(body)
    if "<opml" in text[:2_000].lower():
        found: Iterable[_Found] = _opml(text)
    elif _HTML.match(text.lstrip()) or re.search(r"<a\s[^<>]*href", text[:100_000], re.IGNORECASE):
        found = _html(text)
    else:
        found = _table(text) or _lines(text)
    return _result(found)


def _text(body: bytes) -> str:
    kinds = {b"%PDF": "a PDF", b"\xd0\xcf\x11\xe0": "an old Excel file"}
    if kind := next((kind for start, kind in kinds.items() if body.startswith(start)), None):
        raise NoAddressListError(f"this is {kind}: save the addresses as CSV or as text, one a line")
    text = _wide(body) or decode(body).text
    if "\0" in text:
        raise NoAddressListError("this is no text: save the addresses as CSV or as text, one a line")
    if text.count("\n") > _MOST_LISTED:
        raise NoAddressListError(f"this has more than {_MOST_LISTED:,} lines: divide it")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _wide(body: bytes) -> str | None:
    """Return the text of UTF-16 without a byte order mark, told by the zero bytes of its ASCII characters."""
    start = body[:2_000]
    if b"\0" not in start or start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return None
    little = start[1::2].count(0) > start[::2].count(0)
    return body.decode("utf-16-le" if little else "utf-16-be", "replace")


def _lines(text: str) -> Iterator[_Found]:
    is_prose = "](http" in text  # Markdown, whose lines need not have an address
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip() and not _COMMENT.match(line) and not (number == 1 and _is_heading(line)):
            for address in _addresses(line):
                if not is_prose or address != line.strip() or _OTHER_SCHEME.match(address):
                    yield _Found(number, address)


def _is_heading(cell: str) -> bool:
    return cell.strip().strip("\"'").casefold() in _HEADINGS


def _addresses(line: str) -> Iterable[str]:
    """Return the addresses on a line of text or Markdown; the line itself where it has none."""
    line = _LATER_COMMENT.sub("", line).strip().replace("：//", "://")
    if linked := [target for groups in _MARKDOWN.findall(line) if (target := next(filter(None, groups)))]:
        return linked
    whole = re.sub(r"^[-*+•·]\s+|^\d{1,6}[.)、]\s*", "", line).strip("\"'<>“”")
    if _WHOLE_URL.fullmatch(whole) and not re.search(r"[，。；]|.https?:/", whole):
        return [whole.rstrip(",;")]
    text = _IMAGE.sub("", line)
    return [_without_sentence(found) for found in _URL.findall(text)] or [whole]


def _without_sentence(url: str) -> str:
    """Return an address out of running text without the punctuation behind it."""
    while url[-1] in ".,;:!?*_" or (url.endswith(")") and url.count(")") > url.count("(")):
        url = url[:-1]
    return url


def _table(text: str) -> list[_Found] | None:
    """Return the cells of the column that has addresses; None where the text is no table."""
    for delimiter in _DELIMITERS:
        rows = _rows(text, delimiter)
        widths = [len(cells) for _, cells in rows]
        if not widths or max(widths) < 2:
            continue
        column = _column(rows)
        if column is not None and _is_table(rows, column, delimiter):
            return [_Found(line, _cell(cells, column)) for line, cells in _below_heading(rows, column)]
    return None


def _workbook(body: bytes) -> Iterator[_Found]:
    """Yield the cells of the column that has addresses, of each sheet that has one; lines are its rows."""
    try:
        sheets = read_sheets(body)
    except WorkbookError as error:
        raise NoAddressListError(str(error)) from error
    for rows in sheets:
        column = _column(rows) if rows else None
        if column is not None:
            yield from (_Found(line, _cell(cells, column)) for line, cells in _below_heading(rows, column))


def _below_heading(rows: list[Row], column: int) -> list[Row]:
    """Return the rows below the one with the headings, above which a title may stand."""
    for at, (_, cells) in enumerate(rows[:_MOST_TITLES]):
        cell = _cell(cells, column)
        if _WHOLE_URL.match(cell):
            return rows[min(at, 1) :]
        if _is_heading(cell):
            return rows[at + 1 :]
    return rows[1:]


def _rows(text: str, delimiter: str) -> list[Row]:
    """Return the rows of a table with the line that each begins on; none if quotation marks do not match."""
    reader = csv.reader(text.split("\n"), delimiter=delimiter, strict=True)
    rows: list[Row] = []
    last = 0
    try:
        for cells in reader:
            first, last = last + 1, reader.line_num
            if any(cell.strip() for cell in cells) and not _COMMENT.match(cells[0]):
                rows.append((first, cells))
    except csv.Error:
        return []
    return rows


def _cell(cells: list[str], column: int) -> str:
    return cells[column].strip() if column < len(cells) else ""


def _column(rows: list[Row]) -> int | None:
    """Return the column with the addresses: one whose heading says so, else that with the most."""
    width = max(len(cells) for _, cells in rows)
    numbers = [sum(bool(_WHOLE_URL.fullmatch(_cell(cells, at))) for _, cells in rows) for at in range(width)]
    named = [at for at in range(width) if numbers[at] and _is_heading(_cell(rows[0][1], at))]
    if named:
        return named[0]
    if any(_is_heading(cell) for cell in rows[0][1]) and not any(numbers):  # addresses without a scheme
        return next(at for at in range(width) if _is_heading(_cell(rows[0][1], at)))
    return max(range(width), key=lambda at: (numbers[at], -at)) if any(numbers) else None


def _is_table(rows: list[Row], column: int, delimiter: str) -> bool:
    """Whether rows are cells of a table, rather than lines of text or addresses that have the delimiter inside."""
    first = rows[0][1]
    body = rows if _WHOLE_URL.match(_cell(first, column)) else rows[1:]
    filled = sum(bool(_WHOLE_URL.fullmatch(_cell(cells, column))) for _, cells in body)
    if body is not rows and len(first) > 1:  # the first row is a heading
        return filled > 0 or _is_heading(_cell(first, column))
    others = [cell for _, cells in body for at, cell in enumerate(cells) if at != column]
    beside = delimiter == "\t" or column > 0 or any(re.search(r"[^\x21-\x7e]", cell) for cell in others)
    return beside and len(body) > 1 and filled * 2 > len(body) and len({len(cells) for _, cells in body}) == 1


def _html(text: str) -> Iterator[_Found]:
    """Yield the links of HTML, as of a saved page or the bookmarks that browsers export."""
    root = html.document_fromstring(text.encode(), parser=html.HTMLParser(encoding="utf-8", huge_tree=True))
    bases = root.xpath("//base/@href")
    for link in root.iter("a"):
        target = (link.get("href") or "").strip()
        if bases and target and not _OTHER_SCHEME.match(target):
            target = urljoin(bases[0], target)
        if target and not _NO_PAGE.match(target):
            yield _Found(link.sourceline or 0, target)


def _opml(text: str) -> Iterator[_Found]:
    """Yield the feeds of OPML, and the pages of its outlines that have no feed."""
    text = re.sub(r"^\s*<\?xml[^>]*\?>", "", text)
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, encoding="utf-8")
    root = etree.fromstring(text.encode(), parser=parser)
    for outline in () if root is None else root.iter("{*}outline"):
        values = {name.lower(): value.strip() for name, value in outline.attrib.items()}
        if feed := values.get("xmlurl"):
            yield _Found(outline.sourceline or 0, feed, "feed")
        elif page := values.get("url") or values.get("htmlurl"):
            yield _Found(outline.sourceline or 0, page)


def _result(found: Iterable[_Found]) -> AddressList:
    addresses: dict[str, Address] = {}
    bad: list[BadLine] = []
    repeated = 0
    for each in found:
        try:
            url = canonical_url(_with_scheme(each.text))
        except ValueError as error:
            bad.append(BadLine(line=each.line, text=_shown(each.text), problem=_problem(each.text, error)))
            continue
        repeated += url in addresses
        addresses.setdefault(url, Address(line=each.line, url=url, kind=each.kind))
    return AddressList(addresses=tuple(addresses.values()), repeated=repeated, bad=tuple(bad))


def _with_scheme(text: str) -> str:
    text = re.sub(r"^feed:(?=https?:)", "", re.sub(r"^feed://", "https://", text))
    return f"https://{text}" if _WITHOUT_SCHEME.fullmatch(text) else text


def _problem(text: str, error: ValueError) -> str:
    if not text:
        return "the cell is empty"
    if _URL.match(text):
        return str(error)
    if scheme := _OTHER_SCHEME.match(text):
        return f"{scheme[1].lower()}: is no address of the web (http or https)"
    if text.startswith("/"):
        return "an address within a site: put https:// and the host before it"
    return "no http or https address"


def _shown(text: str) -> str:
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
