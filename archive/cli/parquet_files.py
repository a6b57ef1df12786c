"""Write articles to Parquet files: one file, or folders by site and year."""

import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from archive.cli.common import unwritable
from archive.errors import UserError
from archive.export import parquet


def write_parquet(articles: Iterable[Mapping[str, Any]], output: Path | None, *, by_site_and_year: bool) -> None:
    """Write the articles to the file `output`, or into a new folder of that name. Raises UserError."""
    if output is None:
        raise UserError("Parquet is no text for a terminal or pipe: name a file with --output.")
    try:
        import pyarrow.dataset
        import pyarrow.parquet
    except ImportError as error:
        raise UserError(
            "Parquet needs pyarrow, which is not installed: pip install 'health-news-archive[parquet]'."
        ) from error
    if by_site_and_year and output.exists():
        raise UserError(f"{output} exists: name a new folder with --output.")
    try:
        with tempfile.TemporaryDirectory(dir=output.resolve().parent, prefix=f".{output.name}.") as folder:
            made = Path(folder) / "made"
            if by_site_and_year:
                fields = pyarrow.schema([parquet.schema().field(name) for name in parquet.PARTITIONS])
                partitioning = pyarrow.dataset.partitioning(fields, flavor="hive")
                made.mkdir()
                # Arrow takes batches from an iterator in a thread of its own, where the archive cannot be read.
                for number, batch in enumerate(parquet.batches(articles)):
                    pyarrow.dataset.write_dataset(
                        pyarrow.Table.from_batches([batch]), made, format="parquet", partitioning=partitioning,
                        basename_template=f"part-{number}-{{i}}.parquet", existing_data_behavior="overwrite_or_ignore",
                    )  # fmt: skip
            else:
                with pyarrow.parquet.ParquetWriter(made, parquet.schema(), compression="zstd") as writer:
                    for batch in parquet.batches(articles):
                        writer.write_batch(batch)
            made.replace(output.resolve())  # whole or not at all
    except OSError as error:
        raise unwritable(output, error) from error
