"""Shell completion: the names that an archive holds, and the script that makes a shell ask for them.

A shell calls the program for every Tab, while the user types: nothing is printed, and an archive that is missing,
foreign or busy completes nothing.
"""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import click
from click.shell_completion import CompletionItem, get_completion_class

PROGRAM, VARIABLE = "healthnews", "_HEALTHNEWS_COMPLETE"
OFFERED = 50  # articles: more than a screen of them helps nobody
_WAIT = 0.2  # seconds for a locked file

# Every value of an indexed column with one look into the index each, however many articles there are.
_DISTINCT = """
with recursive known(value) as (
  select min({column}) from articles
  union all
  select (select min({column}) from articles where {column} > value) from known where value is not null
)
select value, '' from known where value is not null
"""


def archived_sites(context: click.Context, _: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The sites that the archive has articles of."""
    return _starting(incomplete, _rows(context, _DISTINCT.format(column="site")))


def languages(context: click.Context, _: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The languages of the archive's articles; a language stands for its scripts, so zh with zh-Hans."""
    tags = {tag for tag, _ in _rows(context, _DISTINCT.format(column="language"))}
    return _starting(incomplete, [(tag, "") for tag in sorted(tags | {tag.partition("-")[0] for tag in tags})])


def articles(context: click.Context, _: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Ids, the newest articles first, or URLs; with the title where the shell shows one."""
    values: list[Any] = []
    if not incomplete:
        sql = "select id, title from articles order by published desc, id desc limit ?"
    elif incomplete.isdecimal():
        for zeros in range(8):
            values += [int(incomplete) * 10**zeros, (int(incomplete) + 1) * 10**zeros - 1]
        where = " or ".join(["id between ? and ?"] * 8)
        sql = f"select id, title from articles where {where} order by id limit ?"  # noqa: S608 values are bound
    else:
        sql = "select url, title from articles where url >= ? and url < ? order by url limit ?"
        values = [incomplete, incomplete + "\U0010ffff"]
    return _starting(incomplete, _rows(context, sql, *values, OFFERED))


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(context: click.Context, shell: str) -> None:
    """Print the script that makes SHELL complete commands, options, sites, languages and articles.

    \b
    Example:
      eval "$(healthnews completion bash)"    # in ~/.bashrc
      eval "$(healthnews completion zsh)"     # in ~/.zshrc, after compinit
      healthnews completion fish > ~/.config/fish/completions/healthnews.fish
    """
    made = get_completion_class(shell)
    assert made, "click knows the shells above"
    click.echo(made(context.find_root().command, {}, PROGRAM, VARIABLE).source())


def _starting(incomplete: str, rows: list[tuple[Any, str]]) -> list[CompletionItem]:
    return [
        CompletionItem(str(value), help=" ".join(title.split()) or None)
        for value, title in rows
        if value != "" and str(value).startswith(incomplete)
    ]


def _rows(context: click.Context, sql: str, *values: Any) -> list[tuple[Any, str]]:
    path = Path(context.find_root().params["archive"])
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=_WAIT)) as db:
            rows: list[tuple[Any, str]] = db.execute(sql, values).fetchall()
    except sqlite3.Error:
        return []
    return rows
