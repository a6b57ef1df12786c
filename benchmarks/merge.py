"""How fast archives are merged: `python -m benchmarks.merge`. Times are CPU seconds of this process."""

import random
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time

import click

from archive.article import Article, Reference
from archive.articles.fetch_result import FetchResult
from archive.articles.fetches import record
from archive.operations.merge import merge
from archive.storage.database import open_archive
from archive.storage.frontier import DuePage, NewPage, add_pages

NOW = "2024-06-01T00:00:00.000000Z"
HOSTS, REFERENCES, WORKS = 20, 12, 50_000
LETTERS = "abcdefghijklmnopqrstuvwxyz"


@click.command()
@click.option("--articles", default=1000, show_default=True)
@click.option("--seed", default=1, show_default=True)
def main(articles: int, seed: int) -> None:
    """Merge an archive of invented articles, half of them Chinese, into an empty one, and again."""
    chance = random.Random(seed)  # noqa: S311
    with TemporaryDirectory() as name:
        shard, into = Path(name) / "shard.db", Path(name) / "all.db"
        for what, job in (
            ("written as by a crawl", lambda: _write(shard, articles, chance)),
            ("merged", lambda: merge(into, [shard])),
            ("merged again", lambda: merge(into, [shard])),
        ):
            seconds = _seconds(job)
            click.echo(f"{what}: {articles:,} articles in {seconds:.1f} s, {articles / seconds:,.0f} a second")


def _seconds(job: Callable[[], object]) -> float:
    started = process_time()
    job()
    return process_time() - started


def _write(path: Path, number: int, chance: random.Random) -> None:
    words = ["".join(chance.choices(LETTERS, k=chance.randint(3, 9))) for _ in range(8000)]
    with closing(open_archive(path, create=True)) as db:
        for at in range(number):
            host = f"h{at % HOSTS}.example"
            page = NewPage(url=f"https://{host}/{at}", host=host, site=f"site{at % HOSTS}")
            add_pages(db, [page], NOW)
            due = DuePage(id=at + 1, url=page.url, host=host, site=page.site)
            article = _article(page.url, words, chance, chinese=at % 2 == 0)
            record(db, None, FetchResult(page=due, url=page.url, fetched_at=NOW, outcome="stored", article=article))


def _article(url: str, words: list[str], chance: random.Random, *, chinese: bool) -> Article:
    if chinese:
        blocks = ["".join(chr(chance.randrange(0x4E00, 0x9000)) for _ in range(120)) + "。" for _ in range(10)]
    else:
        blocks = [" ".join(chance.choices(words, k=60)) + "." for _ in range(8)]
    works = [int(chance.paretovariate(0.7)) % WORKS for _ in range(REFERENCES)]
    references = tuple(
        Reference(
            label=str(label), raw=f"[{label}] Author A. Title {work}.", type="article-journal", authors=("Author A",),
            title=f"The title of the work number {work}", year=2020, doi=f"10.5555/{work}", pmid=str(work),
        )
        for label, work in enumerate(works, 1)
    )  # fmt: skip
    title, text = " ".join(chance.choices(words, k=6)), "\n\n".join(blocks)
    return Article(url=url, title=title, text=text, markdown=text, references=references)


if __name__ == "__main__":
    main()
