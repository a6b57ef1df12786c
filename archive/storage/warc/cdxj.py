"""CDXJ indexes of WARC files: one line for each response and revisit record, as pywb and cdxj-indexer write them.

`NAME.warc.gz` has the sorted index `NAME.cdxj`. While a crawl writes the file, lines of its records are appended to the
journal `NAME.cdxj.open`, which is merged into the index when the crawl ends; the index has the records of the crawls
before. A journal that is left behind says that the file may have records that the archive has no fetch of.

The libraries for this need `surt`, whose licence is the AGPL.
"""

import ipaddress
import json
import os
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote_to_bytes, urldefrag, urljoin, urlsplit

from archive.page import escape_nul
from archive.storage.atomic_file import write_whole
from archive.storage.warc.members import Member, members, members_after_damage
from archive.text.characters import clean

WARC, INDEX, JOURNAL = ".warc.gz", ".cdxj", ".cdxj.open"

_HEADER = re.compile(rb"^([A-Za-z-]+):[ \t]*(.*?)[ \t]*\r?$", re.MULTILINE)
_STATUS = re.compile(rb"HTTP/[\d.]+ +(\d{3})")
_WWW = re.compile(r"www\d*\.")
_INDEXED = ("response", "revisit")
_OFFSET = re.compile(rb'"offset": "(\d+)"')
_TIME = re.compile(r"\d{0,14}")
_BLANK = re.compile(r"[\s\0-\x1f]")  # what a key has to be without, for blanks part the fields of a line
_SAFE = "!\"$&'()*+,-./:;<=>@[\\]^_`{|}~"  # what a key keeps unquoted in a path or query


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A line of an index: the record's URL, time (14 digits), kind and place, and where its response redirects to.

    `mime` is `warc/revisit` for a revisit record, `digest` the SHA-1 (Base32) of the body as received. Empty strings
    and -1 stand for what the record does not say.
    """

    url: str
    time: str
    mime: str
    status: str
    digest: str
    length: int
    offset: int
    file: str
    redirect: str = ""

    @property
    def end(self) -> int:
        """The offset behind the record."""
        return self.offset + self.length

    def line(self) -> str:
        """Return the line of the index, with its line break."""
        fields = {
            "url": self.url, "mime": self.mime, "status": self.status, "digest": self.digest,
            "length": str(self.length), "offset": str(self.offset), "filename": self.file, "redirect": self.redirect,
        }  # fmt: skip
        values = {name: value for name, value in fields.items() if value}
        return f"{search_key(self.url)} {self.time} {json.dumps(values)}\n"


def search_key(url: str) -> str:
    """Return the key that an index is sorted by (SURT): the host's labels reversed, then path and query in lower case.

    >>> search_key("https://www.News.example:8080/A/?b=2&a=1")
    'example,news:8080)/a?a=1&b=2'
    """
    url = url.encode("utf-8", "replace").decode()  # an index may hold lone surrogates
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:  # a redirect may lead anywhere
        return _without_blanks(url).lower()
    host = _WWW.sub("", host, count=1) if _WWW.match(host) else host
    place = host if _is_ipv6(host) else ",".join(reversed(host.split(".")))
    standard = {"http": 80, "https": 443}.get(parts.scheme)
    place += f":{port}" if port and port != standard else ""
    path = _quoted(re.sub("/{2,}", "/", parts.path)).rstrip("/") or "/"
    query = "&".join(sorted(_quoted(parts.query).split("&")))
    return f"{_without_blanks(place)}){path}{'?' if query else ''}{query}".lower()


def _without_blanks(text: str) -> str:
    return _BLANK.sub(lambda blank: quote(blank[0]), text)


def _is_ipv6(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).version == 6
    except ValueError:
        return False


def _quoted(text: str) -> str:
    return quote(unquote_to_bytes(text), safe=_SAFE)


def entry_of(file: str, member: Member) -> Entry | None:
    """Return the index entry of a record; None for requests, tombstones and other records that are not indexed."""
    about, _, rest = member.head.partition(b"\r\n\r\n")
    fields = _headers(about)
    kind = fields.get("warc-type", "")
    url = escape_nul(fields.get("warc-target-uri", "").strip("<>"))  # WARC 1.0 had <…>
    if kind not in _INDEXED or not url:
        return None
    http = rest.partition(b"\r\n\r\n")[0]
    answer, status = _headers(http), _STATUS.match(http)
    mime = clean(answer.get("content-type", "")).partition(";")[0].strip().lower()
    location = escape_nul(answer.get("location", ""))
    return Entry(
        url=url,
        time=re.sub(r"\D", "", fields.get("warc-date", ""))[:14],
        mime="warc/revisit" if kind == "revisit" else mime.replace(" ", "") or "unk",
        status=status[1].decode() if status else "",
        digest=clean(fields.get("warc-payload-digest", "")).removeprefix("sha1:"),
        length=member.length,
        offset=member.offset,
        file=file,
        redirect=_joined(url, location) if location else "",
    )


def _headers(block: bytes) -> dict[str, str]:
    """Return the first header of each name, in lower case."""
    found: dict[str, str] = {}
    for name, value in _HEADER.findall(block):
        found.setdefault(name.decode("ascii").lower(), value.decode("utf-8", "replace"))
    return found


def _joined(url: str, location: str) -> str:
    try:
        return urldefrag(urljoin(url, location)).url
    except ValueError:
        return location


def journal_path(folder: Path, file: str) -> Path:
    """Return the path of the journal of a WARC file."""
    return folder / (file.removesuffix(WARC) + JOURNAL)


def index_path(folder: Path, file: str) -> Path:
    """Return the path of the sorted index of a WARC file."""
    return folder / (file.removesuffix(WARC) + INDEX)


def open_files(folder: Path) -> list[str]:
    """Return the names of the WARC files that have a journal, sorted."""
    names = (path.name.removesuffix(JOURNAL) + WARC for path in folder.glob(f"*{JOURNAL}"))
    return sorted(name for name in names if (folder / name).exists())


def entries(folder: Path, file: str) -> list[Entry]:
    """Return the entries of a WARC file in the order of their offsets.

    They come from its index or journal as far as that is there and agrees with the file, else from the file itself.
    Nothing is written. Raises OSError when the file cannot be read.
    """
    found = _indexed(folder, file)
    return found if found is not None else _walked(folder, file)


def ensured_entries(folder: Path, file: str) -> list[Entry]:
    """Return the entries as `entries` does; an index that is missing or does not agree is written. Raises OSError."""
    found = _indexed(folder, file)
    if found is None:
        found = _walked(folder, file)
        _write_made(folder, file, found)
    return found


def is_current(folder: Path, file: str) -> bool:
    """Whether the file has an index or a journal that agrees with it. Raises OSError."""
    return _indexed(folder, file) is not None


def is_indexed(folder: Path, file: str) -> bool:
    """Whether the file has an index or a journal."""
    return index_path(folder, file).exists() or journal_path(folder, file).exists()


def is_right(folder: Path, file: str) -> bool:
    """Whether the file has an index or a journal that names all its records. Raises OSError.

    All records of the file are looked at, except those that the index names.
    """
    index = index_path(folder, file)
    if journal_path(folder, file).exists():
        joined = _indexed(folder, file)
        return joined is not None and (not index.exists() or _names_all(folder, file, joined))
    if not index.exists():
        return False
    found, whole = _parsed(index.read_bytes(), file)
    found.sort(key=lambda entry: entry.offset)
    return whole and _names_all(folder, file, found)


def _names_all(folder: Path, file: str, found: list[Entry]) -> bool:
    return _has_all(folder / file, file, found) or found == _walked(folder, file)


def can_be_continued(folder: Path, file: str) -> bool:
    """Whether a crawl may append to the file: no crawl left its journal, and it ends with a whole record.

    That is found out from the last record that the index names on. Raises OSError.
    """
    index = index_path(folder, file)
    if not index.exists() or journal_path(folder, file).exists():
        return False
    end = _last_offset(index.read_bytes())
    with (folder / file).open("rb") as read:
        for member in members(read, end):
            end = member.offset + member.length
        return end == read.seek(0, os.SEEK_END)


def last_offset(folder: Path, file: str) -> int:
    """Return the offset of the last record that journal or index name, 0 where they name none. Raises OSError."""
    paths = (journal_path(folder, file), index_path(folder, file))
    return max((_last_offset(path.read_bytes()) for path in paths if path.exists()), default=0)


def _last_offset(content: bytes) -> int:
    return max(map(int, _OFFSET.findall(content)), default=0)


def added_entries(folder: Path, file: str) -> list[Entry]:
    """Return the entries of the records that were written since the file's journal was begun. Raises OSError."""
    index = index_path(folder, file)
    if not index.exists():
        return entries(folder, file)
    found = _parsed(journal_path(folder, file).read_bytes(), file)[0]
    known = [] if found else sorted(_parsed(index.read_bytes(), file)[0], key=lambda entry: entry.offset)[-1:]
    more = _continued(folder / file, file, found or known)
    return entries(folder, file) if more is None else more[len(known) :]


def write_index(folder: Path, file: str) -> None:
    """Write the sorted index of a WARC file, and delete its journal. Raises OSError."""
    index, journal = index_path(folder, file), journal_path(folder, file)
    if index.exists() and journal.exists():
        added = (entry.line().encode() for entry in added_entries(folder, file))
        lines = {*index.read_bytes().splitlines(keepends=True), *added}  # a kill may have left both with the same
        _write(index, [b"".join(sorted(lines)).decode("utf-8", "replace")])
    else:
        _write(index, sorted(entry.line() for entry in entries(folder, file)))
    journal.unlink(missing_ok=True)


def remake(folder: Path, file: str) -> None:
    """Write the index, or the journal where there is one, by the records of the file itself. Raises OSError."""
    _write_made(folder, file, _walked(folder, file))


def _write_made(folder: Path, file: str, found: list[Entry]) -> None:
    lines = [entry.line() for entry in found]
    if journal_path(folder, file).exists():
        _write(journal_path(folder, file), lines)
        index_path(folder, file).unlink(missing_ok=True)
    else:
        _write(index_path(folder, file), sorted(lines))


def reopen(folder: Path, file: str) -> None:
    """Make the index of a WARC file a journal: the next crawl looks for records without a fetch. Raises OSError."""
    _write(journal_path(folder, file), [entry.line() for entry in entries(folder, file)])
    index_path(folder, file).unlink(missing_ok=True)


def leave_out(folder: Path, file: str, offsets: Collection[int]) -> None:
    """Take the records at `offsets`, which were overwritten, out of the index or journal. Raises OSError."""
    for path in (index_path(folder, file), journal_path(folder, file)):
        if path.exists():
            kept = [entry for entry in _parsed(path.read_bytes(), file)[0] if entry.offset not in offsets]
            lines = [entry.line() for entry in kept]
            _write(path, sorted(lines) if path.name.endswith(INDEX) else lines)


def copy_index(source: Path, target: Path, file: str) -> None:
    """Copy the index or journal of a WARC file beside its copy, as far as that goes. Raises OSError."""
    size = (target / file).stat().st_size
    for path in (index_path(source, file), journal_path(source, file)):
        other = target / path.name
        if not path.exists():
            other.unlink(missing_ok=True)
            continue
        lines = "".join(entry.line() for entry in _parsed(path.read_bytes(), file)[0] if entry.end <= size)
        if not other.exists() or other.read_bytes() != lines.encode():
            _write(other, [lines])


def bring_index(source: Path, file: str, target: Path, name: str) -> None:
    """Write the index or journal of the file `file` of one folder for the same file in another, where it is `name`.

    One that is there already stays. Raises OSError.
    """
    if is_indexed(target, name):
        return
    for made, path in ((index_path, index_path(source, file)), (journal_path, journal_path(source, file))):
        if path.exists():
            lines = [replace(entry, file=name).line() for entry in _parsed(path.read_bytes(), file)[0]]
            _write(made(target, name), sorted(lines) if made is index_path else lines)


def drop_index(folder: Path, file: str) -> None:
    """Delete the index and the journal of a WARC file that is no more in the folder. Raises OSError."""
    for path in (index_path(folder, file), journal_path(folder, file)):
        path.unlink(missing_ok=True)


def _write(path: Path, lines: Iterable[str]) -> None:
    write_whole(path, "".join(lines))


def _indexed(folder: Path, file: str) -> list[Entry] | None:
    """Return the entries by index or journal; None where neither agrees with the file."""
    warc, index, journal = folder / file, index_path(folder, file), journal_path(folder, file)
    if journal.exists():
        added, _ = _parsed(journal.read_bytes(), file)  # its last line may be torn
        before, whole = _parsed(index.read_bytes() if index.exists() else b"", file)
        joined = {entry.offset: entry for entry in (*before, *added)}
        return _continued(warc, file, [joined[offset] for offset in sorted(joined)]) if whole else None
    if not index.exists():
        return None
    found, whole = _parsed(index.read_bytes(), file)
    found.sort(key=lambda entry: entry.offset)
    if not whole or not (_has_all(warc, file, found) if _is_older(index, warc) else _has_last(warc, file, found)):
        return None
    return found


def _is_older(index: Path, warc: Path) -> bool:
    return index.stat().st_mtime_ns < warc.stat().st_mtime_ns


def _has_last(warc: Path, file: str, found: list[Entry]) -> bool:
    more = _continued(warc, file, found)
    return more is not None and len(more) == len(found)


def _has_all(warc: Path, file: str, found: list[Entry]) -> bool:
    """Whether all that lies between and behind the records of the entries is no record to index."""
    size, start = warc.stat().st_size, 0
    with warc.open("rb") as read:
        for entry in found:
            while start < entry.offset:
                member = next(members(read, start), None)
                if member is None or entry_of(file, member):
                    return False
                start = member.offset + member.length
            if start != entry.offset or entry.end > size:
                return False
            start = entry.end
        return not any(entry_of(file, member) for member in members(read, start))


def _continued(warc: Path, file: str, found: list[Entry]) -> list[Entry] | None:
    """Return the entries with those of the records behind the last; None where that is not as its entry says."""
    with warc.open("rb") as read:
        if not found:
            return [entry for member in members(read) if (entry := entry_of(file, member))]
        last = found[-1]
        more = members(read, last.offset)
        first = next(more, None)
        if first is None or entry_of(file, first) != last:
            return None
        return [*found, *(entry for member in more if (entry := entry_of(file, member)))]


def _walked(folder: Path, file: str) -> list[Entry]:
    with (folder / file).open("rb") as read:
        return [entry for member in members_after_damage(read) if (entry := entry_of(file, member))]


def _parsed(content: bytes, file: str) -> tuple[list[Entry], bool]:
    """Return the entries up to the first damaged line, and whether there is none."""
    found: list[Entry] = []
    for line in content.splitlines(keepends=True):
        entry = _parse(line, file)
        if entry is None:
            return found, False
        found.append(entry)
    return found, True


def _parse(line: bytes, file: str) -> Entry | None:
    try:
        _, time, rest = line.decode("utf-8").split(" ", 2)
        values: dict[str, Any] = json.loads(rest)
        if not line.endswith(b"\n") or not _TIME.fullmatch(time) or values["filename"] != file:
            return None
        return Entry(
            url=values["url"], time=time, mime=values["mime"], status=values.get("status", ""),
            digest=values.get("digest", ""), length=int(values["length"]), offset=int(values["offset"]), file=file,
            redirect=values.get("redirect", ""),
        )  # fmt: skip
    except (ValueError, KeyError, TypeError):
        return None


def requests_behind(folder: Path, file: str, ends: Collection[int]) -> Iterator[int]:
    """Yield the offsets of the request records that directly follow the records ending at `ends`. Raises OSError."""
    with (folder / file).open("rb") as read:
        for end in ends:
            for member in members(read, end):
                if not _is_request(member):
                    break
                yield member.offset


def _is_request(member: Member) -> bool:
    return _headers(member.head.partition(b"\r\n\r\n")[0]).get("warc-type") == "request"
