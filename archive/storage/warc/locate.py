"""Where the records of a URL are in WARC files: the ones that the archive points to, and those it does not.

Requests, the hops of a redirect and robots.txt have no row of their own. They are found by their WARC-Target-URI.
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
class Trace:
    """A record's place, the URL it is about, and where that redirects to; '' where there is none."""

    offset: int
    url: str
    leads_to: str


def find(folder: Path, located: Mapping[str, Collection[int]], wanted: Callable[[str], bool]) -> set[Location]:
    """The records to take away: those at the offsets that `located` has for each file, and all others in these files
    that are about the same URLs, about wanted ones, or redirect to such. Files that are not there have none.

    Reads each file from beginning to end. Raises OSError.
    """
    found: set[Location] = set()
    for name, offsets in located.items():
        if (folder / name).exists():
            with (folder / name).open("rb") as file:
                found |= {Location(name, offset) for offset in _in_file(file, offsets, wanted)}
    return found


def _in_file(file: BinaryIO, offsets: Collection[int], wanted: Callable[[str], bool]) -> set[int]:
    traces = list(_traces(file, offsets))
    urls = {trace.url for trace in traces if trace.url and (trace.offset in offsets or wanted(trace.url))}
    hops = {trace.url: trace.leads_to for trace in traces if trace.leads_to}
    while more := {url for url, target in hops.items() if target in urls or wanted(target)} - urls:
        urls |= more  # a hop may lead to a hop
    return {*offsets, *(trace.offset for trace in traces if trace.url in urls)}


def _traces(file: BinaryIO, offsets: Collection[int]) -> Iterator[Trace]:
    """Of all whole records; after a damaged one they go on at the next of the offsets."""
    end = 0
    for start in (0, *sorted(offsets)):
        if start < end:
            continue
        for member in members(file, start):
            end = member.offset + member.length
            yield _trace(member)


def _trace(member: Member) -> Trace:
    about, _, http = member.head.partition(b"\r\n\r\n")
    url = _value(TARGET, about)
    target = _value(REDIRECT, http.partition(b"\r\n\r\n")[0]) if http.startswith(b"HTTP/") else ""
    return Trace(member.offset, url, urldefrag(urljoin(url, target)).url if target else "")


def _value(pattern: re.Pattern[bytes], head: bytes) -> str:
    found = pattern.search(head)
    return found[1].decode("utf-8", "replace") if found else ""
