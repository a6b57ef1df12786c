"""Write the raw pages of articles: a WACZ file, or a CDXJ index."""

from collections.abc import Collection
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING

from archive.cli.common import say, unwritable
from archive.errors import ExitCode, UserError
from archive.operations.web_records import Found, index_lines, merged_index, records_of, write_wacz
from archive.storage.connection import warc_folder

if TYPE_CHECKING:
    from sqlite_utils import Database


def write_package(db: "Database", archive: Path, ids: Collection[int], file: Path, query: str) -> None:
    """Write the raw pages of the articles to a WACZ file. Raises UserError."""
    folder = warc_folder(archive)
    try:
        found = records_of(db, folder, ids)
        if not found.entries:
            raise UserError("The archive has no raw pages of these articles: nothing was written.")
        title = f"Articles on {query}" if query else f"Articles of {archive.stem}"
        write_wacz(found, folder, file, title=title, created=datetime.now(UTC))
    except OSError as error:
        raise unwritable(file, error) from error
    say(f"{len(found.entries)} raw pages of {len(ids)} articles written to {file}")
    _tell_missing(found)


def write_index(db: "Database", archive: Path, ids: Collection[int] | None, out: IO[str]) -> None:
    """Write a CDXJ index of the raw pages of those articles, or with None of all records of the archive."""
    folder = warc_folder(archive)
    if ids is None:
        out.writelines(merged_index(folder))
        return
    found = records_of(db, folder, ids)
    out.writelines(index_lines(found.entries))
    _tell_missing(found)


def _tell_missing(found: Found) -> None:
    for file in found.missing:
        say(f"{file} is missing in the archive: run healthnews check.")
    if found.missing:
        raise SystemExit(ExitCode.NEEDS_A_LOOK)
