"""Write articles to Parquet files: one file, or folders by site and year, on this machine or on object storage."""

import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from archive.cli.common import unwritable
from archive.errors import FaultError, UserError
from archive.export import parquet
from archive.urls.users import without_user


def write_parquet(articles: Iterable[Mapping[str, Any]], output: Path | str | None, *, by_site_and_year: bool) -> None:
    """Write the articles to the file or address `output`, or into a new folder of that name.

    Raises UserError, and FaultError where an address cannot be written to now.
    """
    if output is None:
        raise UserError("Parquet is no text for a terminal or pipe: name a file with --output.")
    try:
        import pyarrow.dataset
        import pyarrow.parquet  # noqa: F401
    except ImportError as error:
        raise UserError(
            "Parquet needs pyarrow, which is not installed: pip install 'health-news-archive[parquet]'."
        ) from error
    if isinstance(output, str):
        _upload(articles, output, by_site_and_year=by_site_and_year)
        return
    if by_site_and_year and output.exists():
        raise UserError(f"{output} exists: name a new folder with --output.")
    try:
        with tempfile.TemporaryDirectory(dir=output.resolve().parent, prefix=f".{output.name}.") as folder:
            made = Path(folder) / "made"
            _make(articles, made, by_site_and_year=by_site_and_year)
            made.replace(output.resolve())  # whole or not at all
    except OSError as error:
        raise unwritable(output, error) from error


def _upload(articles: Iterable[Mapping[str, Any]], address: str, *, by_site_and_year: bool) -> None:
    """Write files on this machine, and when they are whole to the address."""
    place, path = _place(address)
    try:
        if by_site_and_year and place.exists(path):
            raise UserError(f"{without_user(address)} exists: name a new folder with --output.")
        with tempfile.TemporaryDirectory() as folder:
            made = Path(folder) / "made"
            _make(articles, made, by_site_and_year=by_site_and_year)
            place.put(str(made), path, recursive=by_site_and_year)
    except _faults() as error:
        raise FaultError(f"{without_user(address)} cannot be written: {_said(address, error)}.") from error


def _place(address: str) -> tuple[Any, str]:
    """Return the file system of an address, and the path in it. Raises UserError."""
    try:
        from fsspec.core import url_to_fs

        found: tuple[Any, str] = url_to_fs(address)
    except ImportError as error:
        raise UserError(
            f"{without_user(address)} needs a library that is not installed ({error}): pip install "
            "'health-news-archive[s3]' for s3://."
        ) from error
    except ValueError as error:
        said = _said(address, error)
        raise UserError(f"{without_user(address)} is no address that fsspec knows: {said}.") from error
    return found


def _said(address: str, error: Exception) -> str:
    """Return the message of an error without what the address has of a user name and password."""
    user = address.removesuffix(without_user(address).partition("://")[2]).partition("://")[2]
    said = without_user(str(error))
    return said.replace(user, "") if user else said


def _faults() -> tuple[type[Exception], ...]:
    """Return what a file system of fsspec raises where it cannot write."""
    try:
        from botocore.exceptions import BotoCoreError
    except ImportError:
        return (OSError,)
    return (OSError, BotoCoreError)


def _make(articles: Iterable[Mapping[str, Any]], made: Path, *, by_site_and_year: bool) -> None:
    """Write the articles to the file `made`, or into a new folder of that name."""
    import pyarrow.dataset
    import pyarrow.parquet

    if not by_site_and_year:
        with pyarrow.parquet.ParquetWriter(made, parquet.schema(), compression="zstd") as writer:
            for batch in parquet.batches(articles):
                writer.write_batch(batch)
        return
    fields = pyarrow.schema([parquet.schema().field(name) for name in parquet.WITHOUT])
    partitioning = pyarrow.dataset.partitioning(fields, flavor="hive")
    made.mkdir()
    # Arrow takes batches from an iterator in a thread of its own, where the archive cannot be read.
    for number, batch in enumerate(parquet.batches(articles)):
        pyarrow.dataset.write_dataset(
            parquet.in_folders(batch), made, format="parquet", partitioning=partitioning,
            basename_template=f"part-{number}-{{i}}.parquet", existing_data_behavior="overwrite_or_ignore",
        )  # fmt: skip
