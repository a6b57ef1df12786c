"""An archive of two crawls, and what `check` says of it, for tests."""

from pathlib import Path

from archive.operations.check import Finding, check
from archive.storage.connection import warc_folder
from tests.kept import crawl


def two_crawls(folder: Path) -> Path:
    """Make an archive of two crawls, the second of which was killed."""
    path = folder / "healthnews.db"
    crawl(path, 0, 1, 2)
    crawl(path, 3, 4)
    return path


def files(archive: Path) -> list[Path]:
    return sorted(warc_folder(archive).glob("*.warc.gz"))


def problems(archive: Path) -> dict[str, int]:
    return {finding.check: finding.problems for finding in check(archive) if finding.problems}


def repaired(archive: Path, name: str) -> Finding:
    return next(finding for finding in check(archive, repair=True) if finding.check == name)
