"""Load the Retraction Watch table into an archive.

Notices from earlier files that are not in the new one stay, so that a truncated file lifts no warning. In the table a
Reinstatement, or another nature under the same Record ID, lifts one.
"""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from sqlite_utils import Database

from archive.literature.readers.retraction_watch import NoTableError, table_rows
from archive.storage.connection import transaction
from archive.storage.sql import compose, placeholders

COLUMNS = (
    "record_id", "nature", "date", "title", "journal", "reasons", "doi", "pmid", "original_date", "original_doi",
    "original_pmid", "urls", "notes", "loaded_at",
)  # fmt: skip
UPSERT = compose(
    "insert into retractions ({columns}) values ({values}) "
    "on conflict (record_id) do update set ({new}) = ({excluded})",
    columns=COLUMNS,
    values=placeholders(len(COLUMNS)),
    new=COLUMNS[1:],
    excluded=[f"excluded.{column}" for column in COLUMNS[1:]],
)


class RetractionTableError(Exception):
    """The file is not a Retraction Watch table. The message is one sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """The result of loading a file, in records: `new`, `replaced`, and `kept` from earlier files.

    `left` are the skipped lines: their number in the file, and the reason.
    """

    new: int
    replaced: int
    kept: int
    left: tuple[tuple[int, str], ...]

    @property
    def reasons(self) -> dict[str, int]:
        """Return the reasons for skipped lines, with the number of lines of each."""
        return dict(Counter(why for _, why in self.left).most_common())


def load_table(db: Database, path: Path, now: str) -> Loaded:
    """Load the table at `path` into the archive, in one transaction.

    Raises RetractionTableError when it cannot be read or lacks a column.
    """
    rows: dict[int, tuple[object, ...]] = {}
    left: list[tuple[int, str]] = []
    try:
        with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
            for number, row in table_rows(file):
                if isinstance(row, str):
                    left.append((number, row))
                else:
                    values = row | {"loaded_at": now}
                    rows[row["record_id"]] = tuple(values[column] for column in COLUMNS)
    except NoTableError as error:
        raise RetractionTableError(f"{path} is not a Retraction Watch table: {error}.") from error
    except OSError as error:
        raise RetractionTableError(f"{path} cannot be read: {error.strerror}.") from error
    with transaction(db):
        before = {record_id for (record_id,) in db.execute("select record_id from retractions").fetchall()}
        db.conn.executemany(UPSERT, list(rows.values()))
    known = before & rows.keys()
    return Loaded(new=len(rows) - len(known), replaced=len(known), kept=len(before - known), left=tuple(left))
