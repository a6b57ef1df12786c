"""`python -m benchmarks.search`: recall, precision and speed of search, in an archive of a million articles."""

import json
import platform
import sqlite3
from dataclasses import asdict
from pathlib import Path

import click
from rich.console import Console
from rich.progress import track
from rich.table import Table

from benchmarks.__main__ import CORPUS


@click.group()
def main() -> None:
    """Measure search on labelled pages and on articles generated from their paragraphs."""


corpus_option = click.option(
    "--corpus", type=click.Path(path_type=Path), default=CORPUS, help="Folder of pages.jsonl and html/."
)


@main.command()
@corpus_option
def quality(corpus: Path) -> None:
    """Measure recall and precision against brute force; exit 1 if a figure is below its target."""
    from benchmarks.search_quality import FIRST, PRECISION, RECALL, measure

    _check(corpus)
    table = Table("kind", "queries", "recall", f"precision of the first {FIRST}", box=None)
    figures = measure(corpus)
    for figure in figures:
        table.add_row(figure.kind, str(figure.queries), f"{figure.recall:.4f}", f"{figure.precision:.4f}")
    Console().print(table)
    if any(figure.recall < RECALL[figure.complete] or figure.precision < PRECISION for figure in figures):
        raise SystemExit(1)


@main.command()
@corpus_option
@click.option(
    "--articles", type=click.IntRange(1000), default=1_000_000, show_default=True, help="Articles to generate."
)
@click.option(
    "--archive", type=click.Path(path_type=Path), default=Path("million.db"), show_default=True,
    help="Archive to generate; an existing one is measured as it is.",
)  # fmt: skip
@click.option("--plain", is_flag=True, help="Also build the index of SQLite's manual, for comparison.")
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
def speed(corpus: Path, articles: int, archive: Path, plain: bool, as_json: bool) -> None:
    """Measure search times and the size of the index. A million articles take 15 GB and an hour to generate."""
    from sqlite_utils import Database

    from benchmarks import search_archive, search_speed

    if not archive.exists():
        _check(corpus)
        batch = min(20_000, articles)
        for _ in track(search_archive.build(archive, corpus, articles, batch), "Articles", total=articles // batch):
            pass
    db = Database(sqlite3.connect(archive, isolation_level=None))
    if plain and "plain" not in db.table_names():
        search_speed.add_plain(db)
    (number,) = db.execute("select count(*) from articles").fetchone()
    if as_json:
        times = [asdict(figure) for figure in search_speed.measure(db)]
        click.echo(json.dumps({"articles": number, "sizes": search_speed.sizes(db), "searches": times}, indent=2))
        return
    console = Console()
    console.print(f"{number:,} articles, SQLite {sqlite3.sqlite_version}, Python {platform.python_version()}")
    for name, share in search_speed.sizes(db).items():
        console.print(f"{name}: {share:.3f} of the text")
    table = Table("searches", "queries", "p50 ms", "p95 ms", box=None)
    for figure in search_speed.measure(db):
        table.add_row(figure.kind, str(figure.queries), f"{figure.p50:.1f}", f"{figure.p95:.1f}")
    console.print(table)


@main.command()
@corpus_option
@click.option("--files", type=click.IntRange(2), default=10, show_default=True, help="Archives to generate.")
@click.option("--articles", type=click.IntRange(1000), default=100_000, show_default=True, help="Articles in each.")
@click.option(
    "--folder", type=click.Path(path_type=Path), default=Path("several"), show_default=True,
    help="Where to generate them; existing ones are measured as they are.",
)  # fmt: skip
def several(corpus: Path, files: int, articles: int, folder: Path) -> None:
    """Measure search times in several archives as one."""
    from benchmarks import search_archive, search_speed

    folder.mkdir(exist_ok=True)
    paths = [folder / f"{number}.db" for number in range(1, files + 1)]
    for number, path in enumerate(track(paths, "Archives"), start=1):
        if not path.exists():
            _check(corpus)
            for _ in search_archive.build(path, corpus, articles, seed=number):
                pass
    archives = {path.name: sqlite3.connect(path, isolation_level=None) for path in paths}
    console = Console()
    console.print(f"{files} archives of {articles:,} articles, SQLite {sqlite3.sqlite_version}")
    table = Table("searches", "queries", "p50 ms", "p95 ms", box=None)
    for figure in search_speed.measure_several(archives):
        table.add_row(figure.kind, str(figure.queries), f"{figure.p50:.1f}", f"{figure.p95:.1f}")
    console.print(table)


def _check(corpus: Path) -> None:
    if not (corpus / "pages.jsonl").exists():
        raise click.UsageError(f"There are no labelled pages in {corpus}: name their folder with --corpus.")


if __name__ == "__main__":
    main(prog_name="python -m benchmarks.search")
