"""Every command that prints something prints it as JSON too."""

import json
from pathlib import Path
from shutil import copyfile
from typing import Any

import click
import pytest

from archive.literature import open_index
from archive.notes import ArticleName, Passage, Studies, open_notes
from crawler.cli.main import main
from tests.archives import URL, a_reference, an_article, new_archive, store
from tests.commands import run
from tests.foreign_archives import Sample, write
from tests.loopback import Loopback, linked_site
from tests.retraction_table import a_row, a_table

CODEBOOK = """
name = "short"
title = "A short one"
[[questions]]
name = "claims"
text = "Does it claim too much?"
choices = [{value = "yes", label = "yes"}, {value = "no", label = "no"}]
"""
WITHOUT = {
    "export": "prints files of the format asked for; JSON Lines and CSL-JSON are among them",
    "cite": "prints a citation in the format asked for; CSL-JSON is among them",
    "serve": "prints where it listens; what it serves has a JSON API",
    "completion": "prints a shell's script",
    "literature": "is a group of commands",
    "notes": "is a group of commands",
    "notes export": "prints notes in the format asked for; JSON and JSON-LD are among them",
    "coding": "is a group of commands",
    "coding export": "prints answers in the format asked for; JSON is among them",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An archive of an article in two revisions, a copy of it, and a Retraction Watch table."""
    db = new_archive(tmp_path)
    store(db, an_article(text="An article of some length. " * 30))
    store(
        db,
        an_article(text="An article of some length. " * 30 + "It grew.", references=(a_reference(doi="10.5555/new"),)),
    )
    store(db, an_article(text="An article of some length. " * 30 + "It grew."), url=f"{URL}0")
    names = "article_id, paper, pmid, title, probability, is_answer, link_method, linked_at"
    for number in (1, 2):
        values = [number, "pmid:7", "7", "A paper", 0.9, 1, "model", "2024-06-01T00:00:00.000000Z"]
        db.conn.execute(f"insert into paper_links ({names}) values (?, ?, ?, ?, ?, ?, ?, ?)", values)
    db.close()
    copyfile(tmp_path / "healthnews.db", tmp_path / "other.db")
    open_index(tmp_path / "literature.db", create=True).close()
    with open_notes(tmp_path / "notes.db", create=True) as notes:
        notes.set_aside("mine", [ArticleName(url=URL)], "ann")
        notes.write_note(ArticleName(url=URL), "", "ann", passage=Passage(exact="An article", start=0, end=10))
        studies = Studies(notes)
        study = studies.create("done", CODEBOOK, "mine", ("ann", "ben"), "ann")
        for coder, answer in (("ann", "yes"), ("ben", "no")):
            studies.answer(study, 1, coder, {"claims": answer}, 0)
            studies.finish(study, coder)
    (tmp_path / "papers.jsonl").write_text('{"title": "A paper"}')
    a_table(tmp_path, a_row()).rename(tmp_path / "table.csv")
    (tmp_path / "page.html").write_text("<p>A page without an article.")
    write(tmp_path / "pages.warc.gz", [Sample()])
    return tmp_path


def commands(group: click.Group, prefix: str = "") -> dict[str, click.Command]:
    """All commands by name, those below groups too."""
    found: dict[str, click.Command] = {}
    for name, command in group.commands.items():
        found[f"{prefix}{name}"] = command
        if isinstance(command, click.Group):
            found |= commands(command, f"{prefix}{name} ")
    return found


def test_every_command_has_json_or_a_reason() -> None:
    without = {
        name for name, command in commands(main).items() if "as_json" not in {option.name for option in command.params}
    }
    assert without == WITHOUT.keys()


PRINTED: dict[str, tuple[str, set[str]]] = {  # arguments, and keys of the object, or of the first one of a list
    "search": ("search article", {"id", "url", "title", "snippet", "published", "references", "copies", "group"}),
    "search --count": ("search article --count", {"total", "more", "note"}),
    "show": ("show 1", {"id", "title", "text", "references", "flags", "copies"}),
    "diff": ("diff 1", {"id", "url", "from", "to", "title", "text", "references_removed", "references_added"}),
    "changes": ("changes", {"id", "kind", "at", "before", "revision", "size", "hints", "title_changes", "passages"}),
    "trend": ("trend article", {"queries", "by", "date", "periods", "undated", "sites", "total"}),
    "works": ("works", {"id", "title", "articles", "identifiers"}),
    "reprocess": ("reprocess", set()),
    "report": ("report", {"warnings", "holdings", "crawls", "flagged"}),
    "retractions": ("retractions table.csv", {"new", "replaced", "flagged"}),
    "check": ("check", {"check", "problems", "examples", "mended", "left"}),
    "backup": ("backup copy.db", {"file", "bytes", "articles", "warc", "seconds"}),
    "merge": ("merge other.db", {"merged", "seconds"}),
    "import": ("import pages.warc.gz", {"files", "counts", "seconds"}),
    "literature add": ("literature add papers.jsonl", {"files", "records"}),
    "literature info": ("literature info", {"files", "records"}),
    "literature link": ("literature link 1", {"candidates"}),
    "literature check": ("literature check", {"not found"}),
    "literature confirm": ("literature confirm 1", {"paper", "probability", "evidence", "link_method", "decision"}),
    "literature reject": ("literature reject 2 7", {"paper", "probability", "evidence", "link_method", "decision"}),
    "notes list": ("notes list", {"url", "title", "collections", "tags", "notes"}),
    "notes add": ("notes add 1 --collection other", {"collection", "new", "articles"}),
    "notes tag": ("notes tag 1 --tag good", {"new"}),
    "notes write": ("notes write 1 words", {"id", "url", "body", "passage", "version", "created_by"}),
    "notes passages": ("notes passages", {"note", "url", "passage", "revision", "how", "sentence"}),
    "coding create": (
        "coding create new --codebook honcode --collection mine --coder ann --coder ben",
        {"study", "codebook", "articles", "coders"},
    ),
    "coding list": ("coding list", {"study", "codebook", "articles", "coders", "answered", "finished"}),
    "coding agreement": ("coding agreement done", {"study", "questions", "overall"}),
    "coding disagreements": ("coding disagreements done", {"position", "url", "question", "answers", "agreed"}),
    "coding codebooks": ("coding codebooks", {"name", "title", "source", "questions"}),
    "compact": ("compact", {"before", "after"}),
    "remove": ("remove never.example --dry-run", {"entries", "pages", "articles"}),
    "sites --compare": ("sites --compare", {"site", "articles", "with_references", "changed", "gone"}),
    "sites": ("sites", {"name", "home", "feeds", "articles", "delay"}),
    "sites try": ("sites try who page.html --url https://www.who.int/x", {"url", "wanted", "fate", "links", "article"}),
}


@pytest.mark.parametrize(("arguments", "keys"), PRINTED.values(), ids=PRINTED.keys())
def test_a_command_prints_json(folder: Path, arguments: str, keys: set[str]) -> None:
    printed = the_json(run(*arguments.split(), "--json", cwd=folder).stdout)
    assert keys <= printed.keys()


def test_a_crawl_prints_its_report(tmp_path: Path) -> None:
    with Loopback(linked_site(1)) as site:
        done = run("crawl", f"{site.url}/a/0", f"{site.url}/a/9", "--allow-private", "--json", cwd=tmp_path)
    assert done.returncode == 1
    report = the_json(done.stdout)
    assert (report["id"], report["outcome"], report["counts"]) == (1, "finished", {"": {"gone": 1, "new": 1}})
    assert "/a/9" in done.stderr


def test_the_demo_prints_what_came_of_it(tmp_path: Path) -> None:
    done = the_json(run("demo", "--json", cwd=tmp_path).stdout)
    assert done["crawl"]["counts"]["demo"]["new"] > 20
    assert all(done["searches"].values())


def test_every_command_is_tried() -> None:
    on_a_site = {"crawl", "demo", "sites check", "sites add"}  # see test_sites_check and test_sites_add
    tried = {name.partition(" --")[0] for name in PRINTED}
    assert tried | WITHOUT.keys() | on_a_site == commands(main).keys()


def the_json(text: str) -> dict[str, Any]:
    printed = json.loads(text)
    found: dict[str, Any] = printed[0] if isinstance(printed, list) else printed
    return found
