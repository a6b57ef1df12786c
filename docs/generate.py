"""Writes the generated pages of docs/: `python -m docs.generate`. A test holds them against the code."""

import re
from collections.abc import Iterator
from pathlib import Path

import click

from archive.migrations import DOCUMENTED
from crawler.cli import main

HERE = Path(__file__).parent
COLUMN = re.compile(r'  "?(?P<name>\w+)"? (?P<type>text|integer|real)(?P<rest>[^-]*?),?\s*(?:-- (?P<says>.*))?')

CLI_HEAD = """# The command

Made from the code by `make docs`. Exit codes: 0 all well; 1 the job ran but something needs a look; 2 wrong usage or
configuration; 3 another crawl holds the archive; 130 interrupted.

`HEALTHNEWS_ARCHIVE` names the archive and `HEALTHNEWS_CONTACT` the contact where the options do not.
"""

SCHEMA_HEAD = """# The schema

Made from the code by `make docs`. One SQLite file in WAL mode; all tables are STRICT. Times are ISO 8601 in UTC, dates
`YYYY-MM-DD`; columns with `[]` or `{}` as default hold JSON. `articles_fts` is the full-text index over `articles`: an
FTS5 table with external content that triggers keep in step, whatever program writes.

Two views put together what is known of works: `work_resolved` (what services said of a work, from `lookups` and
`resolved`) and `work_retractions` (which record of `retractions` is about which work, matched by DOI, then by PMID).
"""


def pages() -> dict[str, str]:
    """The generated pages by file name."""
    return {"cli.md": cli_page(), "schema.md": schema_page()}


def cli_page() -> str:
    """Every command's help."""
    return CLI_HEAD + "".join(_help(main, "healthnews", None))


def schema_page() -> str:
    """Every table's columns, with the comments of the statements that make them."""
    return SCHEMA_HEAD + "".join(_table(statement) for statement in DOCUMENTED)


def _help(command: click.Command, name: str, parent: click.Context | None) -> Iterator[str]:
    context = command.make_context(
        name, [], parent=parent, resilient_parsing=True, max_content_width=100, terminal_width=100
    )
    yield f"\n## {context.command_path.replace(' COMMAND [ARGS]...', '')}\n\n```\n{command.get_help(context)}\n```\n"
    if isinstance(command, click.Group):
        for child in sorted(command.commands):
            yield from _help(command.commands[child], child, context)


def _table(statement: str) -> str:
    name = statement.split()[2]
    lines = [f"\n## {name}\n", "| column | type | what |", "| --- | --- | --- |"]
    whole = re.sub(r"\n(?:    |  \))", " ", statement)  # a column may go over several lines
    for line in whole.strip().splitlines()[1:]:
        if found := COLUMN.fullmatch(line):
            kind = found["type"] + (" not null" if "not null" in found["rest"] else "")
            points = re.search(r"references (\w+)\(", found["rest"])
            words = re.search(r" in \(([^)]*)\)", found["rest"])
            notes = [found["says"], points and f"→ {points[1]}", words and words[1].replace("'", "")]
            says = "; ".join(note for note in notes if note)
            lines.append(f"| `{found['name']}` | {kind} | {says} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    for file, text in pages().items():
        (HERE / file).write_text(text, encoding="utf-8")
