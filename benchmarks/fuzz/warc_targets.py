"""What is fuzzed of WARC files: their records, their bytes, and the indexes beside them."""

import gzip
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from archive.storage.warc import cdxj
from archive.storage.warc.files import Exchange, Location, WarcError, WarcWriter, read_original, read_page, trim
from archive.storage.warc.locate import find_records
from archive.storage.warc.records import find_end, read_answer, read_record
from benchmarks.fuzz.laws import SITE, check_storable
from benchmarks.fuzz.scratch import scratch_folder

# Parts the records of an input, which are compressed only here: checksums would stop mutations.
BETWEEN_RECORDS = b"\n====\n"
WARC = "fuzz-00000.warc.gz"


def warc(data: bytes) -> None:
    """The records of a WARC file, without their compression."""
    with scratch_folder() as folder:
        path = folder / WARC
        path.write_bytes(b"".join(gzip.compress(record, 1) for record in data.split(BETWEEN_RECORDS)))
        _read_warc(folder, path)


def warc_bytes(data: bytes) -> None:
    """The bytes of a WARC file behind a whole record: torn, overwritten, foreign."""
    with scratch_folder() as folder:
        path = folder / WARC
        path.write_bytes(_whole_warc() + data)
        _read_warc(folder, path)
        trim(path)
        assert find_end(path).whole == path.stat().st_size


def index(data: bytes) -> None:
    """A CDXJ index beside a whole WARC file, as index and as journal."""
    with scratch_folder() as folder:
        (folder / WARC).write_bytes(_whole_warc())
        right = [entry.url for entry in cdxj.entries(folder, WARC)]
        for path in (cdxj.index_path(folder, WARC), cdxj.journal_path(folder, WARC)):
            path.write_bytes(data)
            cdxj.is_current(folder, WARC)
            cdxj.is_right(folder, WARC)
            cdxj.entries(folder, WARC)
        path.unlink()
        cdxj.index_path(folder, WARC).unlink()
        cdxj.write_index(folder, WARC)
        assert [entry.url for entry in cdxj.entries(folder, WARC)] == right


@cache
def _whole_warc() -> bytes:
    """The bytes of a WARC file with a response, its request and a redirect."""
    when = datetime(2024, 5, 21, 8, tzinfo=UTC)
    with scratch_folder() as folder:
        writer = WarcWriter(folder, "fuzz")
        for status, headers in ((200, ()), (301, [("Location", "/b")])):
            writer.write(
                Exchange(
                    url=f"{SITE}/a", fetched_at=when, method="GET", request_headers=(), status=status, reason="OK",
                    headers=headers, body=b"<p>A page</p>",
                )
            )  # fmt: skip
        writer.close()
        return (folder / WARC).read_bytes()


def _read_warc(folder: Path, path: Path) -> None:
    """Read a file in every way, from each record that can be found."""
    end = find_end(path)
    assert end.whole <= end.size
    entries = cdxj.entries(folder, WARC)
    check_storable([asdict(entry) for entry in entries])
    cdxj.write_index(folder, WARC)
    assert cdxj.entries(folder, WARC) == entries
    cdxj.is_right(folder, WARC)
    find_records(folder, {WARC: [0]}, lambda url: url.startswith(SITE))
    with path.open("rb") as file:
        for offset in sorted({0, end.whole, *(entry.offset for entry in entries)}):
            with suppress(WarcError):
                read_record(file, offset)
            with suppress(WarcError):
                page = read_page(folder, Location(WARC, offset))
                check_storable(page.url)
                assert page.fetched_at
                assert page.fetched_at.tzinfo
            answer = read_answer(folder, Location(WARC, offset))
            check_storable(answer and answer.url)
            read_original(folder, Location(WARC, offset))
