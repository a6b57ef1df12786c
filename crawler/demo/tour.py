"""`healthnews demo`: the main job on the bundled sample site, from an empty folder to search hits."""

from pathlib import Path

import click

from archive import present, reports
from archive.db import open_archive
from archive.search import search
from crawler.demo.server import DemoServer
from crawler.demo.site import site_toml
from crawler.run import crawl, settings

QUERIES = ("干细胞 患者", "T cell")
SHOWN = 3  # hits per query


def run_tour(folder: Path) -> int:
    """Crawls the sample site into `folder`, made if missing, and prints what came of it. Returns the exit code."""
    archive = folder / "healthnews.db"
    (folder / "sites").mkdir(parents=True, exist_ok=True)
    with DemoServer() as server:
        (folder / "sites" / "demo.toml").write_text(site_toml(server.url), encoding="utf-8")
        click.echo(f"Crawling the sample site on {server.url} …\n")
        made = settings(archive, HEALTHNEWS_SITES=folder / "sites", HEALTHNEWS_COMMAND="healthnews demo")
        outcome = crawl("sites", made, only="demo", all="1")
    show_results(archive, outcome.crawl_id)
    return 0


def show_results(archive: Path, crawl_id: int) -> None:
    """The crawl's table, what is stored, two searches, and what to try next."""
    console = present.console()
    db = open_archive(archive)
    console.print(present.crawl_table(reports.crawl(db, crawl_id)))
    console.print(present.newest_table(db))
    for query in QUERIES:
        console.print(f'[bold]$ healthnews search "{query}"[/bold]')
        console.print(present.hits(search(db, query, limit=SHOWN)), soft_wrap=True)
        console.print()
    db.close()
    click.echo(_next_steps(archive))


def _next_steps(archive: Path) -> str:
    steps = {
        "search 幹細胞": "Traditional finds Simplified, and the other way round",
        "show 1": "one article with its references",
        "export --format csv": "for a spreadsheet",
        "serve": "browse it all in Datasette",
    }
    lines = [f"  # {says}\n  .venv/bin/healthnews --archive {archive} {step}" for step, says in steps.items()]
    return "\n".join(["Try next:", *lines])
