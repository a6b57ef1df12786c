"""Import the files of other web archives: their pages about health, each with where it came from.

Records are read and rejected in this process, extracted in the pool's processes and written here, in the order of the
file. How far a file is settled is written in the transaction of its pages, so that an import that was killed goes on
there.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from sqlite_utils import Database

from archive.errors import ArchiveError, FaultError
from archive.extraction.pool import ExtractionPool, default_workers
from archive.operations.importing import file_progress
from archive.operations.importing.archiving import PageArchive
from archive.operations.importing.containers import Input, inputs
from archive.operations.importing.file_import import FileImport, Importer
from archive.operations.importing.file_progress import FileProgress
from archive.operations.importing.framing import is_gzip_by_record
from archive.operations.importing.selection import Directives, Filter, Selection
from archive.operations.importing.warc_series import cut_unsettled, open_series
from archive.operations.merge.warc import bring, free_name
from archive.storage.connection import timestamp, warc_folder
from archive.storage.database import open_archive
from archive.storage.exclusions import Exclusions
from archive.storage.lock import hold
from archive.storage.migrations import migrations
from archive.storage.warc import cdxj
from archive.storage.warc.files import WarcWriter

# What becomes of a record, in the order in which it is decided.
OUTCOMES = (
    "imported", "unchanged", "no article", "failed", "other language", "noindex", "excluded", "no URL or date",
    "too large", "cut short", "not about health", "no HTML", "no success", "other URL", "other host", "list",
    "revisit of an unknown page", "no web page", "damaged",
)  # fmt: skip

Way = Literal["records", "copy", "keep"]
Progress = Callable[[int, int], None]  # bytes read, total


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What became of the records of a file: `counts` maps OUTCOMES to numbers. `is_done`: it was imported before."""

    source: str
    counts: Mapping[str, int]
    is_done: bool = False
    is_whole: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Sites:
    """What the configured sites say: the site of a canonical URL ('' for none), and the sites' languages."""

    site_of: Callable[[str], str] = lambda _: ""
    languages: Mapping[str, str | None] = field(default_factory=dict)


def import_files(
    archive: Path,
    paths: Sequence[Path],
    selection: Selection,
    *,
    directives: Directives,
    sites: Sites | None = None,
    workers: int | None = None,
    again: bool = False,
    dry_run: bool = False,
    warc: Way = "records",
    progress: Progress = lambda _done, _total: None,
    now: datetime | None = None,
) -> list[Imported]:
    """Import the files at `paths`, and those in folders, into `archive`, which is made if it is missing.

    A file that was imported with the same selection is left out, unless `again`. With `dry_run` nothing is written.
    `warc`: whether the records of imported pages are written to WARC files of the archive, or whole files are copied to
    its folder or linked there.
    Raises ArchiveError, with one sentence, for what cannot be read, and BusyError when another job holds the archive.
    What was imported until then stays, and the next import goes on from there.
    """
    files = inputs(paths)
    with ExitStack() as stack:
        if dry_run:
            db = stack.enter_context(closing(_to_read(archive)))
        else:
            stack.enter_context(hold(archive))
            db = stack.enter_context(closing(open_archive(archive, create=True)))
            cut_unsettled(db, warc_folder(archive))
            if warc != "records":
                _check_whole(db, files)
        folder = warc_folder(archive)
        pool = stack.enter_context(ExtractionPool(workers or default_workers()))
        writer = stack.enter_context(_writing(db, folder))
        importer = Importer(
            db=db,
            folder=folder,
            pages=PageArchive(db, folder, writer),
            filter=_filter(db, selection, directives, sites or Sites()),
            pool=pool,
            dry_run=dry_run,
        )
        total, before, done = sum(file.size for file in files), 0, list[Imported]()

        def advance(at: int) -> None:
            progress(before + at, total)

        for file in files:
            time = timestamp(now or datetime.now(UTC))
            done.append(_import_file(importer, file, warc, again=again, advance=advance, now=time))
            before += file.size
            progress(before, total)
    return done


def _check_whole(db: Database, files: Iterable[Input]) -> None:
    """Raise ArchiveError where a file cannot be one of the archive's WARC files."""
    if db.execute("select 1 from optouts limit 1").fetchone():
        raise ArchiveError(
            "The archive excludes pages, whose bytes would come in with whole files: leave --warc out, so that only "
            "imported pages are kept."
        )
    for file in files:
        with file.open() as (opened, _):
            if file.member or not file.path.name.endswith(cdxj.WARC) or not is_gzip_by_record(opened):
                raise ArchiveError(
                    f"{file.source} is no {cdxj.WARC} file with a gzip member for each record: leave --warc out."
                )


def _to_read(archive: Path) -> Database:
    if archive.exists():
        return open_archive(archive, reading=True)
    db = Database(memory=True)
    migrations.apply(db)
    return db


def _filter(db: Database, selection: Selection, directives: Directives, sites: Sites) -> Filter:
    return Filter(
        selection=selection,
        exclusions=Exclusions.load(db),
        directives=directives,
        site_of=sites.site_of,
        site_languages=sites.languages,
    )


@contextmanager
def _writing(db: Database, folder: Path) -> Iterator[WarcWriter]:
    """Yield the writer of records; close its file and write its index. Raises FaultError."""
    writer = open_series(db, folder)
    try:
        yield writer
    finally:
        try:
            writer.close()
        except OSError as error:
            raise FaultError(f"{folder} cannot be written: {error.strerror}.") from error


def _import_file(
    importer: Importer, file: Input, way: Way, *, again: bool, advance: Callable[[int], None], now: str
) -> Imported:
    db, progress = importer.db, FileProgress()
    if not importer.dry_run:
        state = f"{file.state} {importer.filter.selection.key()}"
        progress = file_progress.start(db, file.source, state, now, again=again)
    if progress.is_finished:
        return Imported(source=file.source, counts=_ordered(progress.counts), is_done=True)
    with file.open() as (opened, is_whole):
        kept_as = None if way == "records" or importer.dry_run else _kept_whole(importer.folder, file.path, way)
        FileImport(importer, file.source, opened, progress, kept_as).run(advance)
        if not is_whole:
            progress.counts["damaged"] += 1
        if not importer.dry_run:
            file_progress.finish(db, progress, now)
        return Imported(source=file.source, counts=_ordered(progress.counts), is_whole=is_whole)


def _kept_whole(folder: Path, path: Path, way: Literal["copy", "keep"]) -> str:
    """Copy a file to the archive's WARC folder, or link it there; return its name there. Raises FaultError."""
    try:
        folder.mkdir(exist_ok=True)
        name = free_name(path, folder, set())
        if not (folder / name).exists():
            bring(path, folder / name, way)
        cdxj.ensured_entries(folder, name)
    except OSError as error:
        raise FaultError(f"{folder} cannot be written: {error.strerror}.") from error
    return name


def _ordered(counts: Mapping[str, int]) -> dict[str, int]:
    return {name: counts[name] for name in OUTCOMES if counts.get(name)}
