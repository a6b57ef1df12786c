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
from archive.literature.readers.read import Skipped, Withdrawn
from archive.literature.record import LiteratureRecord

BATCH = 2_000  # records of one transaction


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
    """Load a file into the index. `progress` is called with the hundredths of its bytes read so far.

    Raises ArchiveError when the file is of no kind that can be read.
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
            gone = [each.pmid for each in some if isinstance(each, Withdrawn)]
            skipped.update(each.reason for each in some if isinstance(each, Skipped))
            position += len(some)
            with index.transaction():
                added = index.add(good, source)
                for pmid in gone:
                    index.remove(pmid)
                index.reached(source, position, len(good), len(some) - len(good) - len(gone))
            new, updated, withdrawn = new + added, updated + len(good) - added, withdrawn + len(gone)
            if progress:
                progress(100 * raw.tell() // size)
    with index.transaction():
        index.count()
        index.finished(source, datetime.now(UTC).isoformat(timespec="seconds"))
    return Loaded(path.name, kind, new, updated, withdrawn, dict(skipped))
