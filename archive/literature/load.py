"""Load files into an index: in batches, so that a kill loses none that was stored and the next run goes on."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from archive.literature.index import LiteratureIndex
from archive.literature.readers.kinds import digest, kind_of, read, unpacked
from archive.literature.readers.read import Noticed, Skipped, Withdrawn
from archive.literature.record import LiteratureRecord

BATCH = 5_000  # records of one transaction: with 2,000 the full-text index merges a third more


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a file brought: records that were new, others, taken back, and skipped with the reasons.

    `known` says that the file was loaded whole before.
    """

    name: str
    kind: str
    new: int
    updated: int
    withdrawn: int
    skipped: dict[str, int]
    known: bool = False


def load(index: LiteratureIndex, path: Path, progress: Callable[[int], Any] | None = None) -> Loaded:
    """Load a file into the index, whose terms are counted by `finish`.

    `progress` is called with the hundredths of its bytes read so far. Raises ArchiveError when the file is of no kind
    that can be read.
    """
    kind, sha256 = kind_of(path), digest(path)
    source, position, whole = index.source(path.name, sha256, kind)
    if whole:
        return Loaded(path.name, kind, 0, 0, 0, {}, known=True)
    new = updated = withdrawn = 0
    skipped: Counter[str] = Counter()
    size = path.stat().st_size or 1
    with path.open("rb") as raw, unpacked(raw) as file:
        records = islice(read(file, kind), position, None)
        while some := list(islice(records, BATCH)):
            good = [each for each in some if isinstance(each, LiteratureRecord)]
            noticed = [each.record for each in some if isinstance(each, Noticed)]
            gone = [each.pmid for each in some if isinstance(each, Withdrawn)]
            skipped.update(each.reason for each in some if isinstance(each, Skipped))
            position += len(some)
            used = len(good) + len(noticed)
            with index.transaction():
                added = index.add(good, source) + index.add(noticed, source, only_notices=True)
                for pmid in gone:
                    index.remove(pmid)
                index.reached(source, position, used, len(some) - used - len(gone))
            new, updated, withdrawn = new + added, updated + used - added, withdrawn + len(gone)
            if progress:
                progress(100 * raw.tell() // size)
    with index.transaction():
        index.finished(source, datetime.now(UTC).isoformat(timespec="seconds"))
    return Loaded(path.name, kind, new, updated, withdrawn, dict(skipped))


def finish(index: LiteratureIndex) -> None:
    """Count the terms of all records where files were loaded since they were counted."""
    if index.is_uncounted():
        with index.transaction():
            index.count()
