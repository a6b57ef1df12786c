"""`python -m benchmarks.pipeline`: what a page costs from the download to the archive, and what large archives cost."""

import compileall
import json
import os
import platform
import sqlite3
import tempfile
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

import click
from rich.console import Console

import archive
import benchmarks
import crawler
from benchmarks.__main__ import CORPUS
from benchmarks.pipeline import contenders, report
from benchmarks.pipeline.contenders import Bench, Contender, Figures, extraction
from benchmarks.pipeline.measured import FailedError
from benchmarks.pipeline.pages import prepare

SIDE = ("news-please", "newspaper4k")  # which --side-python has
CONTENDERS: dict[str, Contender] = {
    "bare": extraction("trafilatura"),
    "extract": extraction("own"),
    "scrapy": contenders.scrapy,
    "crawl-1": contenders.crawl(1),
    "crawl-2": contenders.crawl(2),
    "reprocess-1": contenders.reprocess(1),
    "reprocess-2": contenders.reprocess(2),
    **{name: extraction(name) for name in SIDE},
    "start-help": contenders.help_text,
    "start-search": contenders.first_hit,
    "start-nothing-due": contenders.nothing_due,
    "frontier-10": contenders.urls_on(lambda _: 10),
    "frontier-hosts": contenders.urls_on(lambda bench: bench.hosts),
    "insert-10k": contenders.insert(lambda bench: bench.small),
    "insert-1m": contenders.insert(lambda bench: bench.articles),
    "search": contenders.search,
    "long": contenders.long_crawl,
}
LONG = ("long",)  # contenders that run only where they are named
WIDTH = 150  # characters of a line at least


@click.command()
@click.option("--corpus", type=click.Path(path_type=Path), default=CORPUS, help="Folder of pages.jsonl and html/.")
@click.option("--pages", type=click.IntRange(5), default=520, show_default=True, help="Pages of the corpus.")
@click.option("--rounds", type=click.IntRange(1), default=3, show_default=True, help="Runs of each contender.")
@click.option(
    "--only", "names", multiple=True, type=click.Choice(list(CONTENDERS)), help="Measure this one; repeatable."
)
@click.option(
    "--small", type=click.IntRange(20), default=10_000, show_default=True, help="Articles of a small archive."
)
@click.option("--articles", type=click.IntRange(20), default=1_000_000, show_default=True, help="Of the large archive.")
@click.option("--urls", type=click.IntRange(100), default=1_000_000, show_default=True, help="That the frontier knows.")
@click.option("--hosts", type=click.IntRange(10), default=10_000, show_default=True, help="On which these URLs are.")
@click.option("--long", type=click.IntRange(5), default=20_000, show_default=True, help="Pages of the long crawl.")
@click.option(
    "--archives", type=click.Path(path_type=Path, file_okay=False),
    default=Path(tempfile.gettempdir()) / "healthnews-benchmarks",
    help="Folder in which generated archives are kept between runs.",
)  # fmt: skip
@click.option(
    "--search-archive", type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="Archive of `benchmarks.search speed`, to measure searches in.",
)  # fmt: skip
@click.option(
    "--side-python", type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="Python of an environment that has news-please and newspaper4k.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print the figures of all rounds as JSON.")
def main(
    corpus: Path, pages: int, rounds: int, names: tuple[str, ...], small: int, articles: int, urls: int, hosts: int,
    long: int, archives: Path, search_archive: Path | None, side_python: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Measure the contenders in turn, some rounds of each; print medians and what is wanted of them."""
    if len(cores := sorted(os.sched_getaffinity(0))) < 2:
        raise click.UsageError("Two cores are needed: the server takes one of them.")
    # Else each process compiles the project's modules anew where PYTHONDONTWRITEBYTECODE is set: a second of CPU.
    for package in (archive, crawler, benchmarks):
        compileall.compile_dir(Path(package.__path__[0]), quiet=2)
    chosen = [name for name in CONTENDERS if name in names or not (names or name in LONG)]
    missing = ([] if side_python else list(SIDE)) + ([] if search_archive else ["search"])
    with tempfile.TemporaryDirectory() as temporary:
        bench = Bench(
            pages=prepare(corpus, pages, Path(temporary)), work=Path(temporary), archives=archives, first=cores[0],
            second=cores[1], side=side_python, search=search_archive, small=small, articles=articles, urls=urls,
            hosts=hosts, long=long,
        )  # fmt: skip
        chosen = [name for name in chosen if name not in missing]
        try:
            found = [_round(bench, chosen, at, rounds) for at in range(rounds)]
        except FailedError as error:
            raise click.ClickException(str(error)) from error
    head = _head(bench)
    if as_json:
        click.echo(json.dumps({"head": head, "rounds": found}, indent=2))
        return
    console = Console(width=max(WIDTH, Console().width))
    for line in head.items():
        console.print(": ".join(line), highlight=False)
    console.print(report.figures_table(report.by_contender(found)))
    console.print(report.targets_table(report.against_targets(found)))


def _round(bench: Bench, names: Sequence[str], at: int, rounds: int) -> dict[str, Figures]:
    """Run the contenders once each; say what runs, and what came out."""
    found = {}
    for name in names:
        click.echo(f"round {at + 1} of {rounds}: {name} …", err=True, nl=False)
        found[name] = CONTENDERS[name](bench)
        click.echo(", ".join(f" {figure} {value:.4g}" for figure, value in found[name].items()), err=True)
    return found


def _head(bench: Bench) -> dict[str, str]:
    """Return what was measured, with what, by name."""
    pages, load = bench.pages, " ".join(f"{load:.1f}" for load in os.getloadavg())
    packages = (f"{name} {version(name)}" for name in ("scrapy", "trafilatura", "lxml"))
    return {
        "pages": f"{pages.number} {pages.kind}, SHA-256 {pages.digest}",
        "versions": ", ".join([*packages, f"SQLite {sqlite3.sqlite_version}", f"Python {platform.python_version()}"]),
        "others": ", ".join(bench.versions.values()) or "none",
        "machine": f"{os.cpu_count()} cores, load at the end {load}",
    }


if __name__ == "__main__":
    main(prog_name="python -m benchmarks.pipeline")
