"""`healthnews demo`: crawl the bundled sample site into an archive and search it."""

import shlex
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.text import Text
from sqlite_utils import Database

from archive.articles.change_log import latest_changes
from archive.articles.lookup import find_article, load
from archive.cli.common import program_name
from archive.console.article import evidence_lines
from archive.console.changes import change_list
from archive.console.cjk_wrap import prose
from archive.console.crawls import crawl_table, newest_table
from archive.console.lines import as_group
from archive.console.output import console, prose_console
from archive.console.paper_links import link_lines
from archive.console.search import hit_lines, hit_object
from archive.console.works import doubtful_text
from archive.export import citation_text
from archive.monitoring import crawl_reports
from archive.retrieval.engine import search
from archive.storage.connection import timestamp
from archive.storage.database import open_archive
from archive.works.paper_links import paper_links
from archive.works.reference_checks import doubtful_references
from crawler.demo.server import DemoServer
from crawler.demo.site import EDITS, site_toml
from crawler.run import crawl, settings

QUERIES = ("干细胞 患者", "T cell")
LINKED = "/en/2023/vitamin-d-cancer.html"  # reports on a paper of the demo's bibliographic index and names none
HITS = 3  # per query


def crawl_sample(folder: Path, *, quiet: bool = False) -> tuple[Path, int]:
    """Crawl the sample site into `folder`, created if missing, and again what its editors changed meanwhile.

    Return the archive's file and the id of the first crawl.
    """
    archive = folder / "healthnews.db"
    (folder / "sites").mkdir(parents=True, exist_ok=True)
    with DemoServer() as server:
        (folder / "sites" / "demo.toml").write_text(site_toml(server.url), encoding="utf-8")
        if not quiet:
            click.echo(f"Crawling the sample site on {server.url} …\n")
        crawl_settings = settings(archive, HEALTHNEWS_SITES=folder / "sites", HEALTHNEWS_COMMAND="healthnews demo")
        outcome = crawl("sites", crawl_settings, only="demo", all="1")
        server.edit()
        _crawl_again(archive, folder / "sites", [server.url + path for path in EDITS])
    _link_papers(archive)
    return archive, outcome.crawl_id


def _link_papers(archive: Path) -> None:
    """Make a small bibliographic index beside the archive, and look for the papers behind its articles."""
    from archive.literature import open_index
    from archive.literature.load import finish, load
    from archive.works.link_articles import link_articles

    shipped = as_file(files("crawler.demo") / "literature.jsonl")
    with shipped as papers, open_index(archive.with_name("literature.db"), create=True) as index:
        load(index, papers)
        finish(index)
        db = open_archive(archive)
        link_articles(db, index, timestamp(datetime.now(UTC)))
        db.close()


def _crawl_again(archive: Path, sites: Path, urls: Sequence[str]) -> None:
    """Fetch pages that the site changed, in a process of its own: Scrapy permits one crawl per process."""
    command = [sys.executable, "-m", "crawler", "--archive", str(archive), "crawl", "--sites", str(sites), *urls]
    # The archive and the sites may be named from the folder where the user is, which the modules need not be in.
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603 no shell, and the program itself


def show_results(archive: Path, crawl_id: int) -> None:
    """Print the crawl's table, the newest articles, two searches, a change, a citation, what an article says of its
    study, the paper behind another, an invented reference, and commands to try next."""
    db = open_archive(archive)
    console().print(crawl_table(crawl_reports.crawl(db, crawl_id)))
    console().print(newest_table(db))
    out = prose_console()
    for query in QUERIES:
        out.print(Text(f'$ healthnews search "{query}" --limit {HITS}', style="bold"))
        out.print(as_group(hit_lines(search(db, query, limit=HITS))), crop=False)
        out.print()
    found = latest_changes(db, limit=1)
    out.print(Text("$ healthnews changes --limit 1", style="bold"))
    out.print(change_list(found, 0, marks=out.no_color or out.color_system is None), crop=False)
    out.print()
    for change in found.changes:
        stored = load(db, find_article(db, change.url))
        out.print(Text(f"$ healthnews cite {stored.id}", style="bold"))
        out.print(prose("".join(citation_text.write_articles([stored.as_object()])).strip()), crop=False)
        out.print(Text(f"\n$ healthnews show {stored.id}  # evidence at a glance", style="bold"))
        for line in evidence_lines(stored.article):
            out.print(line, crop=False)
    out.print()
    _show_links(db, out)
    out.print(Text("$ healthnews works --doubtful --limit 1", style="bold"))
    for doubtful in doubtful_references(db, limit=1):
        out.print(doubtful_text(doubtful), crop=False)
    db.close()
    click.echo(_next_steps(archive))


def _show_links(db: Database, out: Console) -> None:
    """Print the paper behind an article that names none."""
    rows = db.execute("select id, title from articles where url like '%' || ?", [LINKED]).fetchall()
    for article_id, title in rows:
        out.print(
            Text(
                f"$ healthnews literature add literature.jsonl; healthnews works --link; healthnews show {article_id}",
                style="bold",
            )
        )
        out.print(prose(title))
        for line in link_lines(paper_links(db, article_id)):
            out.print(line, crop=False)
        out.print()


def results(archive: Path, crawl_id: int) -> dict[str, Any]:
    """Return the crawl and the searches as an object for JSON."""
    db = open_archive(archive)
    report = asdict(crawl_reports.crawl(db, crawl_id))
    found = {query: [hit_object(hit) for hit in search(db, query, limit=HITS).hits] for query in QUERIES}
    db.close()
    return {"archive": str(archive), "crawl": report, "searches": found}


def _next_steps(archive: Path) -> str:
    steps = {
        "search 幹細胞": "Traditional finds Simplified, and the other way round",
        "show 1": "one article with its references",
        "export --format csv": "for a spreadsheet",
        "serve": "browse it all in Datasette",
    }
    program = f"{program_name()} --archive {shlex.quote(str(archive))}"
    lines = [f"  # {says}\n  {program} {step}" for step, says in steps.items()]
    return "\n".join(["Try next:", *lines])
