"""The command as a user meets it: output, exit codes, and one clear sentence for every mistake."""

import csv
import io
import json
import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import click
import pytest

from archive.article import Article, Citation, Reference
from crawler.cli.main import main
from tests.archives import URL, an_article, new_archive, store
from tests.commands import HEALTHNEWS, PATIENCE, environment, run


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with an archive of two articles."""
    db = new_archive(tmp_path)
    store(db, an_article())
    store(db, an_article(title="=SUM(A1)", text="幹細胞與硬皮病。", citations=(), references=()), url=URL + "0")
    db.close()
    return tmp_path


def leaves(group: click.Group, prefix: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """The names of all commands, those below groups too."""
    names = []
    for name, command in group.commands.items():
        names.append((*prefix, name))
        if isinstance(command, click.Group):
            names += leaves(command, (*prefix, name))
    return names


@pytest.mark.parametrize("names", leaves(main), ids=" ".join)
def test_every_command_has_help_with_an_example(names: tuple[str, ...], tmp_path: Path) -> None:
    done = run(*names, "--help", cwd=tmp_path)
    assert done.returncode == 0
    assert f"healthnews {names[0]}" in done.stdout.partition("Example:")[2]


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (
            ["search", "x"],
            2,
            "There is no archive at healthnews.db: name one with --archive, or start one with a crawl.",
        ),
        (["--archive", "no/where.db", "show", "1"], 2, "There is no archive at no/where.db"),
        (["--archive", "text.db", "report"], 2, "text.db is no SQLite file: name another one with --archive"),
        (["--archive", "other.db", "export"], 2, "other.db is a SQLite file but no health-news archive"),
        (["--archive", "other.db", "serve"], 2, "other.db is a SQLite file but no health-news archive"),
        (["--archive", "newer.db", "reprocess"], 2, "newer.db was written by a newer version of healthnews"),
        (
            ["--archive", "no/where.db", "crawl", "http://127.0.0.1:9/"],
            2,
            "The folder no does not exist: make it first, or name another archive.",
        ),
        (["crawl", "nosuch"], 2, "There is no site 'nosuch'; the configured ones are:"),
        (["crawl", "http://"], 2, "No valid host in the URL 'http://': give a whole http or https URL."),
        (["crawl", "ftp://a.example/x"], 2, "Not an http or https URL"),
        (["crawl", "who", "https://a.example/"], 2, "Name either sites or URLs, not both"),
        (["crawl", "https://www.who.int/news/1"], 2, "Crawling www.who.int needs a contact"),
        (["crawl"], 2, "needs a contact that its operator can write to: pass --contact you@example.org"),
        (["crawl", "--sites", "nowhere"], 2, "nowhere: the folder of sites cannot be read"),
        (["sites", "--sites", "broken"], 2, 'bad.toml: unknown key "lisitngs"'),
        (["sites", "try", "who", "missing.html"], 2, "Not an http or https URL"),
    ],
)
def test_a_mistake_gets_one_sentence(tmp_path: Path, arguments: list[str], code: int, sentence: str) -> None:
    (tmp_path / "text.db").write_text("This is no database, though it is long enough to be one. " * 20)
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "bad.toml").write_text('name = "x"\nhome = "http://x.example/"\nlisitngs = []\n')
    for name, sql in (("other", "create table t (x)"), ("newer", None)):
        if sql:
            with sqlite3.connect(tmp_path / f"{name}.db") as db:
                db.execute(sql)
    new_archive(tmp_path).close()
    (tmp_path / "healthnews.db").rename(tmp_path / "newer.db")
    with sqlite3.connect(tmp_path / "newer.db") as db:
        db.execute(
            "insert into _sqlite_migrations (migration_set, name, applied_at) values ('health-news-archive', 'm9', '')"
        )
    done = run(*arguments, cwd=tmp_path)
    assert done.returncode == code
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize("wanted", ["7", "https://nobody.example/", "no url"])
def test_what_is_not_stored_is_named(folder: Path, wanted: str) -> None:
    done = run("show", wanted, cwd=folder)
    assert done.returncode == 2
    assert done.stderr.startswith("Error: ")
    assert wanted in done.stderr


@pytest.mark.parametrize("command", [("show",), ("diff",), ("cite",), ("export", "--format", "bibtex", "--article")])
def test_a_pasted_link_finds_the_article(folder: Path, command: tuple[str, ...]) -> None:
    pasted = run(*command, f"{URL}?utm_source=newsletter#top", cwd=folder)
    assert (pasted.returncode, pasted.stdout) == (0, run(*command, URL, cwd=folder).stdout)


def test_an_unwritable_output_is_named(folder: Path) -> None:
    done = run("export", "--output", "no/where.csv", cwd=folder)
    assert (done.returncode, done.stderr) == (2, "Error: no/where.csv cannot be written: No such file or directory.\n")


def test_search_prints_objects(folder: Path) -> None:
    hits = json.loads(run("search", "干细胞", "--json", cwd=folder).stdout)
    assert {"id", "url", "title", "snippet", "site", "source", "published", "language"} <= hits[0].keys()
    assert {hit["url"] for hit in hits} == {URL, URL + "0"}
    assert any("<b>幹細胞</b>" in hit["snippet"] for hit in hits)


def test_search_narrows(folder: Path) -> None:
    def urls(*arguments: str) -> list[str]:
        return [hit["url"] for hit in json.loads(run("search", "硬皮病", "--json", *arguments, cwd=folder).stdout)]

    assert urls("--cites", "10.5555/sci.2016") == [URL]
    assert urls("--since", "2024-05-22") == []
    assert urls("--limit", "1", "--sort", "date") in ([URL], [URL + "0"])
    assert run("search", "x", "--since", "May", cwd=folder).returncode == 2


def test_show_prints_the_types(folder: Path) -> None:
    shown = json.loads(run("show", URL, "--json", cwd=folder).stdout)
    for part, kind in ((shown, Article), (shown["references"][0], Reference), (shown["citations"][0], Citation)):
        assert set(kind.__dataclass_fields__) <= part.keys()
    citation = shown["citations"][0]
    assert shown["text"][citation["start"] : citation["end"]] == citation["marker"]
    assert run("show", "1", "--markdown", cwd=folder).stdout == an_article().markdown + "\n"


@pytest.mark.parametrize(
    ("options", "begins"),
    [((), "王伟, & Li, N. (2024, May 21). 干细胞治疗硬皮病. 晨光细胞. 晨光. Retrieved June 1, 2024, from"),
     (("--format", "bibtex"), "@online{"), (("--format", "ris"), "TY  - ELEC\n"), (("--format", "csljson"), "[\n{")],
)  # fmt: skip
def test_cite_prints_one_citation(folder: Path, options: tuple[str, ...], begins: str) -> None:
    done = run("cite", "1", *options, "--revision", "1", cwd=folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(begins)
    assert URL in done.stdout


def test_export_of_articles_cites_them(folder: Path) -> None:
    works = run("export", "--format", "csljson", cwd=folder).stdout
    articles = json.loads(run("export", "--articles", "--format", "csljson", cwd=folder).stdout)
    assert {item["URL"] for item in articles} == {URL, URL + "0"}
    assert all(item["type"] == "webpage" for item in articles)
    assert json.loads(works)[0]["id"].startswith("work-")
    rows = run("export", "--articles", "--format", "csv", cwd=folder).stdout
    assert rows == run("export", "--format", "csv", cwd=folder).stdout


def test_show_is_readable(folder: Path) -> None:
    text = run("show", "1", "--removed", cwd=folder).stdout
    for words in (
        "干细胞治疗硬皮病",
        "IL-10 rose in both patients.",
        "DOI 10.5555/sci.2016",
        "phone: 电话 400-555-0100",
    ):
        assert words in text


def test_export_as_json_lines(folder: Path) -> None:
    lines = run("export", "--format", "jsonl", cwd=folder).stdout.splitlines()
    assert {json.loads(line)["url"] for line in lines} == {URL, URL + "0"}


def test_export_as_csv_defuses_formulas(folder: Path) -> None:
    done = run("export", "--format", "csv", "--output", "out.csv", cwd=folder)
    assert done.stderr == "2 articles written to out.csv\n"
    rows = list(csv.DictReader(io.StringIO((folder / "out.csv").read_text())))
    assert {row["title"] for row in rows} == {"干细胞治疗硬皮病", "'=SUM(A1)"}
    assert {row["dois"] for row in rows} == {"10.5555/sci.2016", ""}


def test_report_counts(folder: Path) -> None:
    report = json.loads(run("report", "--json", cwd=folder).stdout)
    assert report["holdings"]["articles"] == 2
    assert report["crawls"] == []
    assert "references" in run("report", cwd=folder).stdout


def test_sites_as_json_and_table(tmp_path: Path) -> None:
    listed = json.loads(run("sites", "--json", cwd=tmp_path).stdout)
    assert {"name", "home", "feeds", "articles", "delay"} <= listed[0].keys()
    assert "who" in run("sites", cwd=tmp_path).stdout


def test_an_interrupted_command_says_so(folder: Path) -> None:
    os.mkfifo(folder / "table.csv")
    command = [*HEALTHNEWS, "retractions", "table.csv"]
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=environment(),
        stderr=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # shells ignore it in what they run with `&`
    )
    with (folder / "table.csv").open("w"):  # waits until the command reads
        process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=PATIENCE)
    assert (process.returncode, said) == (130, b"")


HEAVY = {
    "scrapy", "trafilatura", "twisted", "lxml", "datasette", "jinja2", "rensa", "playwright", "httpx",
    "warcio", "langdetect", "pycrfsuite",
}  # fmt: skip


@pytest.mark.parametrize("arguments", [["search", "干细胞"], ["show", "1"], ["diff", "1"], ["works"], ["report"]])
def test_what_reads_starts_without_the_heavy_libraries(folder: Path, arguments: list[str]) -> None:
    code = (
        "import sys; from crawler.cli.main import main\n"
        f"main({arguments!r}, standalone_mode=False)\n"
        f"print(sorted({HEAVY!r} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True)
    assert done.stdout.splitlines()[-1] == "[]"


# What a search needs no part of: each takes longer to import than a small archive to search.
NOT_FOR_SEARCH = HEAVY | {
    "sqlite_utils", "rich", "pluggy", "dateutil", "idna", "filelock", "importlib.metadata", "importlib.resources",
    "archive.monitoring", "archive.extraction", "archive.references.identifiers", "archive.storage.migrations",
    "archive.storage.upgrade", "crawler.sites", "crawler.session",
}  # fmt: skip


@pytest.mark.parametrize(
    "arguments",
    [
        ["search", "干细胞"],
        ["search", "--json", "干细胞"],
        ["search", "--count", "胞"],
        ["--help"],
        ["search", "--help"],
    ],
)
def test_a_search_in_a_pipe_and_help_import_only_what_they_need(folder: Path, arguments: list[str]) -> None:
    code = (
        "import sys; from crawler.cli.main import main\n"
        f"main({arguments!r}, standalone_mode=False)\n"
        f"print(sorted({NOT_FOR_SEARCH!r} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=folder, env=environment(), capture_output=True, text=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_a_command_imports_no_other(folder: Path) -> None:
    code = (
        "import sys; from crawler.cli.main import COMMANDS, main\n"
        "main(['search', 'health'], standalone_mode=False)\n"
        "print(sorted({place.partition(':')[0] for place in COMMANDS.values()} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=folder, env=environment(), capture_output=True, text=True)
    assert done.stdout.splitlines()[-1] == "['archive.cli.completion', 'archive.cli.search']"  # completes --site


def test_commands_have_the_names_that_they_are_imported_by() -> None:
    assert {name: command.name for name, command in main.commands.items()} == {name: name for name in main.commands}


def test_a_misspelt_command_names_the_nearest(tmp_path: Path) -> None:
    assert "search" in run("serach", cwd=tmp_path).stderr
