"""Look up all records of a URL in WARC files, as a CDX index would.

The archive has rows for responses only. Requests, redirects and robots.txt are found by their WARC-Target-URI.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from urllib.parse import urldefrag, urljoin

from archive.storage.warc.files import Location
from archive.storage.warc.members import Member, members

TARGET = re.compile(rb"^WARC-Target-URI:[ \t]*<?([^\s>]+)", re.IGNORECASE | re.MULTILINE)  # WARC 1.0 had <…>
REDIRECT = re.compile(rb"^Location:[ \t]*(\S+)", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class RecordTarget:
    """The offset of a record, its WARC-Target-URI, and the URL that it redirects to; '' without one."""

    offset: int
    url: str
    redirect: str


def find_records(folder: Path, located: Mapping[str, Collection[int]], wanted: Callable[[str], bool]) -> set[Location]:
    """Return the records at the given offsets, and all other records of the same URLs in these files.

    `located` maps file names to offsets. Records whose URL is `wanted`, and redirects to such URLs, are included.
    Missing files have no records. Each file is read from beginning to end. Raises OSError.
    """
    found: set[Location] = set()
    for name, offsets in located.items():
        if (folder / name).exists():
            with (folder / name).open("rb") as file:
                found |= {Location(name, offset) for offset in _in_file(file, offsets, wanted)}
    return found


def _in_file(file: BinaryIO, offsets: Collection[int], wanted: Callable[[str], bool]) -> set[int]:
    records = list(_records(file, offsets))
    urls = {record.url for record in records if record.url and (record.offset in offsets or wanted(record.url))}
    hops = {record.url: record.redirect for record in records if record.redirect}
    while more := {url for url, target in hops.items() if target in urls or wanted(target)} - urls:
        urls |= more  # a redirect may lead to another one
    return {*offsets, *(record.offset for record in records if record.url in urls)}


def _records(file: BinaryIO, offsets: Collection[int]) -> Iterator[RecordTarget]:
    """Yield the targets of all complete records. After a damaged record, go on at the next of the offsets."""
    end = 0
    for start in (0, *sorted(offsets)):
        if start < end:
            continue
        for member in members(file, start):
            end = member.offset + member.length
            yield _record_target(member)


def _record_target(member: Member) -> RecordTarget:
    about, _, http = member.head.partition(b"\r\n\r\n")
    url = _value(TARGET, about)
    target = _value(REDIRECT, http.partition(b"\r\n\r\n")[0]) if http.startswith(b"HTTP/") else ""
    return RecordTarget(member.offset, url, urldefrag(urljoin(url, target)).url if target else "")


def _value(pattern: re.Pattern[bytes], head: bytes) -> str:
    found = pattern.search(head)
    return found[1].decode("utf-8", "replace") if found else ""
