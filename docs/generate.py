"""Write the generated pages of docs/: `python -m docs.generate`. A test compares them with the code."""

from collections.abc import Iterator
from pathlib import Path

import click

from archive.retrieval import query
from archive.retrieval.ranking import MOST
from archive.storage.schema_comments import Described, described
from archive.web.wording import query_syntax
from crawler.cli.main import main

HERE = Path(__file__).parent

CLI_HEAD = """# The command

Made from the code by `make docs`. Exit codes: 0 all well; 1 the job ran but something needs a look; 2 wrong usage or
configuration; 3 another crawl holds the archive; 4 all sites of the crawl blocked it; 130 interrupted; 141 the reader
of the output hung up, as `head` does.

Where an option is not given, `HEALTHNEWS_ARCHIVE` names the archive, `HEALTHNEWS_SITES` the folder of site files and
`HEALTHNEWS_CONTACT` the contact. `--sites` may stand before the command (`healthnews --sites my-sites crawl`), after it
(`healthnews crawl --sites my-sites`), and after `sites try` and `sites check`; the last one counts. The query language
is described in [searching.md](searching.md).

On a terminal output is coloured, folded to its width, and goes through `$PAGER` (or `less`) when it is longer than the
screen; `--no-pager` or `HEALTHNEWS_NO_PAGER=1` prints it at once. In a pipe it is plain, and a paragraph is a line.
`NO_COLOR` and `FORCE_COLOR` are honoured. Scripts use `--json`, which every command has that prints results.
`healthnews completion bash` (or `zsh`, `fish`) prints what makes the shell complete commands, options, sites, languages
and articles.
"""

SEARCHING_HEAD = """# Searching

Made from the code by `make docs`. A query means the same in `healthnews search` and `export`, in the search box of
`healthnews serve`, in its JSON, and in `archive.search(archive, query)`.

| type | to find |
| --- | --- |
"""

SEARCHING_TAIL = f"""
## What counts as the same

Traditional and Simplified Chinese, full-width and half-width forms, upper and lower case; `IL-10`, `IL10` and `IL 10`;
`TGF-β1`, `TGFβ1` and `TGF-beta1`; English words with other endings. Results show the text as it was written.

## What comes back

The best articles come first, or with `--sort date` the newest; a word in the title weighs more. Duplicates, copies of
one article on several pages, are one hit, which shows how many others there are; `--copies` lists each of them. Hits
are counted up to {MOST:,}, and shown as "more than {MOST:,}" beyond. Of more hits only a part is ranked, and a sentence
below the hits says which. An export holds every article of the search, duplicates included unless `--no-copies`.

## Past revisions and pages that are gone

`--revisions` searches past revisions: it finds the articles of which a past revision matches and the newest does not,
and shows the latest revision that matches, with the time in which it was current (`healthnews show ID --revision N`
prints it). Filters apply to that revision, except filters on references and on the page, which apply to the article as
it is today. `--sort date` lists the text that was removed last first.

`--gone` finds the articles whose page is gone, as two fetches in a row found; without a query it lists all of them,
the page that went last first. These articles stay in every other search, which shows since when their page is gone.

## Several archives

`healthnews search QUERY --archive 2023.db --archive 2024.db` searches several files as one: shards by year or by site
stay files of their own. Hits, their order, snippets and numbers are those of one archive into which all were merged,
since words are weighed by the statistics of all files. A page that several files have is shown once, as the one whose
content changed last; so are near-duplicates in different files, where they are among the first 2,000 hits. Each hit
names its file: `healthnews --archive 2024.db show ID`. Past revisions are searched in one file at a time.

## Changes and trends

`healthnews changes QUERY` lists what changed lately where the text before or after the change matches,
with the changed passages. `healthnews trend QUERY [QUERY2]` counts what a search finds by month or year and by site.
[browsing.md](browsing.md) describes both, and their pages.

## In scripts

`healthnews search QUERY --json` prints a list of hits, `--count --json` an object with `total`, `more` (there are more
than that many) and `note` (what was ranked, if not all). In Python:

```python
from archive import open_archive, search

results = search("healthnews.db", "干细胞 has:references", since="2024", sort="date", limit=50)
for hit in results.hits:
    print(hit.published, hit.title, hit.url)

archive = open_archive("healthnews.db")  # for several searches: open it once
print(search(archive, "硬皮病").total)
```

A filter or value that makes no sense, such as `since="yesterday"`, raises `FilterError`, a `ValueError` with the same
sentence as on the command line.
"""

SCHEMA_HEAD = """# The schema

Made from archive/storage/schema.sql and the SQL of later steps beside it by `make docs`. An archive is one SQLite file
in WAL mode; all tables are STRICT. Times are ISO 8601 in UTC, dates `YYYY-MM-DD`. Columns with the default `[]` or `{}`
hold JSON. `→` names the table that a column refers to.

`articles_fts` and `superseded_fts` are the full-text indexes of `articles` and `superseded`: FTS5 tables with external
content. Triggers keep them in step, whatever program writes to the tables. The program itself spells texts faster than
they do: what it writes it indexes too, and the triggers leave out the rows whose ids it holds in `articles_fts_held`
and `superseded_fts_held`, in the same transaction. The indexes hold Chinese characters in pairs, so query them with
what `archive.retrieval.query.fts_query` returns for a query; in Datasette `escape_fts` does the same.
"""


def pages() -> dict[str, str]:
    """Map the file names of the generated pages to their text."""
    return {"cli.md": cli_page(), "schema.md": schema_page(), "searching.md": searching_page()}


def cli_page() -> str:
    """Return the help of every command."""
    return CLI_HEAD + "".join(_help(main, "healthnews", None))


def schema_page() -> str:
    """Return the tables and views with the comments of schema.sql, and the columns and tables that later steps add."""
    return SCHEMA_HEAD + "".join(map(_described, described()))


def searching_page() -> str:
    """Return the description of the query language, from the docstring of archive.retrieval.query."""
    rows = "".join(f"| `{typed}` | {finds} |\n" for typed, finds in query_syntax())
    beneath = (query.__doc__ or "").rpartition("=\n")[2]
    return f"{SEARCHING_HEAD}{rows}{beneath.rstrip()}\n{SEARCHING_TAIL}"


def _help(command: click.Command, name: str, parent: click.Context | None) -> Iterator[str]:
    context = command.make_context(
        name, [], parent=parent, resilient_parsing=True, max_content_width=100, terminal_width=100
    )
    yield f"\n## {context.command_path.replace(' COMMAND [ARGS]...', '')}\n\n```\n{command.get_help(context)}\n```\n"
    if isinstance(command, click.Group):
        for child in sorted(command.commands):
            yield from _help(command.commands[child], child, context)


def _described(each: Described) -> str:
    """Return a table or view as Markdown, below a heading where a section begins."""
    heading = f"\n## {each.section}\n" if each.section else ""
    head = "| column | what |\n| --- | --- |\n" if each.is_view else "| column | type | what |\n| --- | --- | --- |\n"
    rows = "".join(
        f"| `{column.name}` |{'' if each.is_view else f' {column.kind} |'} {column.says} |\n" for column in each.columns
    )
    return f"{heading}\n### {each.name}\n\n{each.about}\n" + (f"\n{head}{rows}" if rows else "")


if __name__ == "__main__":
    for file, text in pages().items():
        (HERE / file).write_text(text, encoding="utf-8")
