"""How fast a bibliographic index is filled and asked: `python -m benchmarks.literature`.

PubMed XML is generated, as in the baseline in files of 30,000 records packed by gzip, and added. Generating it takes
longer than adding it, so that more records can be added without XML and abstracts, for the times of asking. All times
are CPU time of this process, without that of generating.
"""

import gzip
import json
import random
from collections.abc import Callable
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import process_time
from typing import Any

import click

from archive.literature import LiteratureIndex, LiteratureRecord, link, open_index
from archive.literature.linker import candidates
from archive.literature.linking.news import read_news
from archive.literature.load import finish, load
from benchmarks.literature_records import HEAD, TAIL, Generator, Paper

FILE = 30_000  # records
ASKED = 100


@click.command()
@click.option("--records", default=1_000_000, show_default=True)
@click.option("--xml", default=1_000_000, show_default=True, help="How many of them are added as XML.")
@click.option("--seed", default=1, show_default=True)
@click.option("--folder", type=click.Path(path_type=Path), help="Where the index is made; by default a temporary one.")
@click.option("--json", "as_json", is_flag=True)
def main(records: int, xml: int, seed: int, folder: Path | None, as_json: bool) -> None:
    """Fill an index with generated records, and look up identifiers and the papers behind generated news texts."""
    with TemporaryDirectory(dir=folder) as name:
        figures = measure(Path(name), records, min(xml, records), seed)
    if as_json:
        click.echo(json.dumps(figures, indent=2))
        return
    for what, value in figures.items():
        click.echo(f"{what}: {value:,.2f}" if isinstance(value, float) else f"{what}: {value:,}")


def measure(folder: Path, records: int, xml: int, seed: int) -> dict[str, float]:
    """Return the figures by their names, with units."""
    generator = Generator(seed)
    chance = random.Random(seed)  # noqa: S311 - no secret
    sample: list[Paper] = []
    adding = parsed = 0.0
    with open_index(folder / "literature.db", create=True) as index:
        for first in range(1, xml + 1, FILE):
            number = min(FILE, xml + 1 - first)
            path = folder / f"pubmed{first:08}.xml.gz"
            papers = _write(path, generator, first, number)
            sample += chance.sample(papers, max(1, ASKED * number // xml))
            parsed += path.stat().st_size
            adding += _seconds(lambda path=path: load(index, path))  # type: ignore[misc]
            path.unlink()
        counting = _seconds(lambda: finish(index))
        index.db.execute("pragma wal_checkpoint(truncate)")
        size = (folder / "literature.db").stat().st_size
        figures = {
            "records as XML": xml,
            "records added in a CPU second": xml / (adding + counting),
            "of which counting terms, CPU s": counting,
            "MB of packed XML": parsed / 1e6,
            "MB of index for a million records": size / xml,
            "records when asked": records,
        }
        _fill(index, generator, xml + 1, records)
        return figures | _asked(index, sample, [generator.news(paper) for paper in sample])


def _fill(index: LiteratureIndex, generator: Generator, first: int, last: int) -> None:
    """Add records without XML and abstracts."""
    for start in range(first, last + 1, FILE):
        papers = [generator.paper(number) for number in range(start, min(start + FILE, last + 1))]
        with index.transaction():
            index.add(_record(paper) for paper in papers)
    with index.transaction():
        index.count()


def _record(paper: Paper) -> LiteratureRecord:
    authors = tuple(f"{family} {given[0]}{given[-1]}" for family, given in paper.authors)
    return LiteratureRecord(title=paper.title, pmid=paper.pmid, doi=paper.doi, authors=authors, journal=paper.journal)


def _write(path: Path, generator: Generator, first: int, number: int) -> list[Paper]:
    papers = []
    with gzip.open(path, "wt", compresslevel=1, encoding="utf-8") as file:
        file.write(HEAD)
        for paper, xml in generator.file(first, number):
            papers.append(paper)
            file.write(xml)
        file.write(TAIL)
    return papers


def _asked(index: LiteratureIndex, sample: list[Paper], news: list[tuple[str, str]]) -> dict[str, float]:
    first = process_time()
    index.journals  # noqa: B018 - read once for each opened index
    opening = process_time() - first
    by_pmid = [_milliseconds(lambda: index.by_pmid(paper.pmid)) for paper in sample]  # noqa: B023
    by_doi = [_milliseconds(lambda: index.by_doi(paper.doi)) for paper in sample]  # noqa: B023
    reading = [_milliseconds(lambda: read_news(*each)) for each in news]  # noqa: B023
    finding = [_milliseconds(lambda: candidates(index, read_news(*each))) for each in news]  # noqa: B023
    linking = [_milliseconds(lambda: link(index, *each)) for each in news]  # noqa: B023
    found = [link(index, *each) for each in news]
    right = sum(bool(each) and each[0].pmid == paper.pmid for each, paper in zip(found, sample, strict=True))
    return {
        "look-up by PMID, ms at the median": median(by_pmid),
        "look-up by DOI, ms at the median": median(by_doi),
        "journals read once, ms": opening * 1000,
        "preparing a text, ms at the median": median(reading),
        "candidates by text, ms at the median": median(finding) - median(reading),
        "candidates by text, ms at the 95th percentile": _percentile(finding) - median(reading),
        "a whole answer, ms at the median": median(linking),
        "a whole answer, ms at the 95th percentile": _percentile(linking),
        "share of texts whose paper came first": right / len(sample),
    }


def _percentile(values: list[float]) -> float:
    return sorted(values)[int(0.95 * len(values))]


def _seconds(job: Callable[[], Any]) -> float:
    start = process_time()
    job()
    return process_time() - start


def _milliseconds(job: Callable[[], Any]) -> float:
    start = process_time()
    job()
    return (process_time() - start) * 1000


if __name__ == "__main__":
    main()
