"""The WARC files to which the records of imported pages are written."""

import os
from pathlib import Path

from sqlite_utils import Database

from archive.storage.warc import cdxj
from archive.storage.warc.files import WarcWriter
from archive.storage.warc.members import members

SERIES = "imported"  # the beginning of their names
POINTED = """
select warc_file, max(warc_offset) from (
  select warc_file, warc_offset from fetches union all select warc_file, warc_offset from erasures
) where warc_file glob ? group by warc_file
"""


def open_series(db: Database, folder: Path) -> WarcWriter:
    """Return the writer, which goes on in a file that rows point to."""
    return WarcWriter(folder, SERIES, pointed_to=_last_offsets(db))


def cut_unsettled(db: Database, folder: Path) -> None:
    """Cut off what a killed import wrote to the WARC files without a fetch of it, and will write again.

    Raises OSError.
    """
    left = [file for file in cdxj.open_files(folder) if file.startswith(f"{SERIES}-")]
    last_offsets = _last_offsets(db)
    for file in left:
        path = folder / file
        if file not in last_offsets:
            path.unlink()
            cdxj.drop_index(folder, file)
            continue
        with path.open("r+b") as opened:
            last = next(members(opened, last_offsets[file]), None)
            if last is not None and last.offset + last.length < opened.seek(0, os.SEEK_END):
                opened.truncate(last.offset + last.length)
        cdxj.drop_index(folder, file)
        cdxj.write_index(folder, file)


def _last_offsets(db: Database) -> dict[str, int]:
    """Return the WARC files that rows point to, with the offset of the last record of each."""
    return dict(db.execute(POINTED, [f"{SERIES}-*"]).fetchall())
