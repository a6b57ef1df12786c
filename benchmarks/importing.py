"""How well and how fast imports choose pages about health: `python -m benchmarks.importing`.

The labels are the field `health` of the corpus. The rate is that of records that are rejected, of the labelled pages
themselves in a `.warc.gz` as Common Crawl writes it: read, decompressed, verified, and judged by words or by host. The
times are CPU seconds of this process.
"""

import gzip
import json
from collections import Counter
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import process_time
from typing import Any

import click

from archive.operations.importing.framing import frames
from archive.operations.importing.records import read_records
from archive.operations.importing.selection import Filter, Selection
from archive.operations.importing.topic import THRESHOLD, score
from archive.storage.exclusions import Exclusions

THRESHOLDS = (3, 4, 5, 6, 7, 8, 10, 12, 15)
EACH = 4  # times that each page is written, so that the measurement takes some seconds


@click.command()
@click.argument("folder", default="../shared/corpora/extraction", type=click.Path(path_type=Path, exists=True))
def main(folder: Path) -> None:
    """Print recall and the share of other pages that are rejected by threshold, and rejected records a second."""
    rows = [json.loads(line) for line in (folder / "pages.jsonl").open(encoding="utf-8")]
    bodies = [gzip.decompress((folder / "html" / f"{row['id']}.html.gz").read_bytes()) for row in rows]
    scores = [score(row["url"], body) for row, body in zip(rows, bodies, strict=True)]
    health = [score for row, score in zip(rows, scores, strict=True) if row["health"]]
    other = [score for row, score in zip(rows, scores, strict=True) if not row["health"]]
    click.echo(f"{len(health)} pages about health, {len(other)} others")
    for threshold in THRESHOLDS:
        recall, rejected = _share(health, threshold), 1 - _share(other, threshold)
        mark = " (used)" if threshold == THRESHOLD else ""
        click.echo(f"threshold {threshold:2}: recall {recall:.3f}, {rejected:.1%} of the others rejected{mark}")
    rejected_pages = [
        (row["url"], body)
        for row, body, score in zip(rows, bodies, scores, strict=True)
        if score < THRESHOLD and row["url"].startswith("http")
    ]
    with TemporaryDirectory() as name:
        file = Path(name) / "pages.warc.gz"
        _write(file, rejected_pages)
        sizes = [len(body) for _, body in rejected_pages]
        click.echo(f"{len(sizes)} pages that are rejected, {median(sizes):,.0f} bytes in the median, "
                   f"{sum(sizes) / len(sizes):,.0f} in the mean, each {EACH} times")  # fmt: skip
        for what, selection in (
            ("by words", Selection()),
            ("by host", Selection(hosts=frozenset({"none.example"}), everything=True)),
        ):
            counts, seconds = _run(file, selection)
            number = sum(counts.values())
            click.echo(
                f"{what}: {number:,} records in {seconds:.1f} s, {number / seconds:,.0f} a second: {dict(counts)}"
            )


def _share(scores: list[int], threshold: int) -> float:
    return sum(score >= threshold for score in scores) / len(scores)


def _write(file: Path, pages: list[tuple[str, bytes]]) -> None:
    with file.open("wb") as out:
        for url, body in pages * EACH:
            http = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + body
            head = (
                f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: {url}\r\nWARC-Date: 2024-05-21T08:00:00Z\r\n"
                f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(http)}\r\n\r\n"
            )
            out.write(gzip.compress(head.encode() + http + b"\r\n\r\n"))


def _run(file: Path, selection: Selection) -> tuple[Counter[str], float]:
    """Return what became of the records, and the CPU seconds it took."""
    chosen = Filter(
        selection=selection,
        exclusions=Exclusions.of([]),
        directives=lambda *_: frozenset(),
        site_of=lambda _: "",
        site_languages={},
    )
    counts = Counter[str]()
    started = process_time()
    with file.open("rb") as opened:
        for frame in frames(opened):
            for record in read_records(frame.content):
                found: Any = chosen.reject(record) or chosen.examine(record)
                counts[found if isinstance(found, str) else "taken"] += 1
    return counts, process_time() - started


if __name__ == "__main__":
    main()
