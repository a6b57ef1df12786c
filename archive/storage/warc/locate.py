"""Look up all records of a URL in WARC files, by their CDXJ indexes.

The archive has rows for most responses only. Requests, redirects, robots.txt and what a killed crawl left have none.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from archive.extraction.forwards import LARGEST, forward_of
from archive.storage.warc import cdxj
from archive.storage.warc.cdxj import Entry
from archive.storage.warc.files import Location, WarcError, read_page
from archive.storage.warc.members import members
from archive.storage.warc.records import file_names
from archive.urls.canonical import canonical_or_none


@dataclass(frozen=True, slots=True)
class Records:
    """The records of wanted URLs, with their requests, and those that their redirects led to, with theirs."""

    wanted: set[Location] = field(default_factory=set)
    led_to: set[Location] = field(default_factory=set)


def find_records(
    folder: Path,
    located: Mapping[str, Collection[int]],
    wanted: Callable[[str], bool],
    *,
    stays: Callable[[str], bool] = lambda _: True,
    files: Collection[str] | None = None,
) -> Records:
    """Return the records at the given offsets, and all other records of the same URLs in all files of `folder`.

    With `files` only files of these names are looked at.

    `located` maps file names to offsets. Records whose URL is `wanted`, as it is or in its canonical form, and
    redirects to such URLs, are included. Redirects of these are followed up to a URL that `stays`. Missing files have
    no records. Indexes that are missing or damaged are written. Raises OSError.
    """
    files = [file for file in file_names(folder) if (files is None or file in files) and (folder / file).exists()]
    urls, hops = set[str](), dict[str, set[str]]()
    for file in files:
        offsets = located.get(file, ())
        for entry in cdxj.ensured_entries(folder, file):
            if entry.offset in offsets or _is_wanted(entry.url, wanted):
                urls.add(entry.url)
            if entry.redirect:
                hops.setdefault(entry.url, set()).add(entry.redirect)
    while (
        more := {
            url for url, targets in hops.items() if any(each in urls or _is_wanted(each, wanted) for each in targets)
        }
        - urls
    ):
        urls |= more  # a redirect may lead to another one
    found = Records()
    for file in files:
        _add(found, folder, file, located.get(file, ()), urls, stays)
    return found


def _is_wanted(url: str, wanted: Callable[[str], bool]) -> bool:
    return wanted(url) or ((canonical := canonical_or_none(url)) is not None and canonical != url and wanted(canonical))


def _add(
    found: Records,
    folder: Path,
    file: str,
    offsets: Collection[int],
    urls: Collection[str],
    stays: Callable[[str], bool],
) -> None:
    """Add the records of one file."""
    entries = cdxj.entries(folder, file)
    here = [entry for entry in entries if entry.url in urls]
    damaged = set(offsets) - {entry.offset for entry in here}  # their entries may have gone with the index
    ends = [entry.end for entry in here] + _ends(folder / file, damaged)
    found.wanted.update(Location(file, entry.offset) for entry in here)
    found.wanted.update(Location(file, offset) for offset in damaged)
    found.wanted.update(Location(file, offset) for offset in cdxj.requests_behind(folder, file, ends))
    led_to = [each for entry in here for each in _followed(folder, entry, entries, urls, stays)]
    found.led_to.update(Location(file, entry.offset) for entry in led_to)
    requests = cdxj.requests_behind(folder, file, [entry.end for entry in led_to])
    found.led_to.update(Location(file, offset) for offset in requests)


def _ends(path: Path, offsets: Collection[int]) -> list[int]:
    """Return where the records at `offsets` end, as far as they are whole."""
    with path.open("rb") as file:
        first = [next(members(file, offset), None) for offset in sorted(offsets)]
    return [member.offset + member.length for member in first if member]


def _followed(
    folder: Path, entry: Entry, entries: list[Entry], urls: Collection[str], stays: Callable[[str], bool]
) -> list[Entry]:
    """Return the records that the answer of `entry` led to: each is the next one of its URL in the file."""
    found: list[Entry] = []
    last: Entry | None = entry
    while last and (target := _target(folder, last)) and target not in urls and not stays(target):
        after = last.offset
        last = next((each for each in entries if each.offset > after and each.url == target), None)
        found += [last] if last else []
    return found


def _target(folder: Path, entry: Entry) -> str | None:
    """Return where the answer leads to: by a redirect, or as a page that only forwards."""
    if entry.redirect or entry.mime != "text/html" or entry.length > LARGEST:
        return entry.redirect or None
    try:
        return forward_of(read_page(folder, Location(entry.file, entry.offset)))
    except WarcError:
        return None
