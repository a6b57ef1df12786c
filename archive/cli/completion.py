"""Shell completion of sites, languages and articles, and the script that sets it up.

A shell calls the program for every Tab. Nothing is printed, and an archive that is missing, foreign or busy gives no
completions.
"""

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

import click
from click.shell_completion import CompletionItem, get_completion_class

from archive.storage.sql import Fragment, compose, distinct_values

PROGRAM, VARIABLE = "healthnews", "_HEALTHNEWS_COMPLETE"
MAX_ARTICLES = 50  # offered for one Tab: about a screen
_TIMEOUT = 0.2  # seconds to wait for a locked file


def archived_sites(context: click.Context, _: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Return the sites of the archive's articles."""
    sites = _rows(context, distinct_values("articles", "site"))
    return _starting(incomplete, [(site, "") for (site,) in sites])


def languages(context: click.Context, _: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Return the languages of the archive's articles, and each without its script: zh beside zh-Hans."""
    tags = {tag for (tag,) in _rows(context, distinct_values("articles", "language"))}
    return _starting(incomplete, [(tag, "") for tag in sorted(tags | {tag.partition("-")[0] for tag in tags})])


def articles(context: click.Context, _: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Return article ids, newest article first, or URLs, with the titles as help."""
    values: list[Any] = []
    if not incomplete:
        sql = "select id, title from articles order by published desc, id desc limit ?"
    elif incomplete.isdecimal():
        for zeros in range(8):
            values += [int(incomplete) * 10**zeros, (int(incomplete) + 1) * 10**zeros - 1]
        where = Fragment(" or ".join(["id between ? and ?"] * 8))
        sql = compose("select id, title from articles where {where} order by id limit ?", where=where)
    else:
        sql = "select url, title from articles where url >= ? and url < ? order by url limit ?"
        values = [incomplete, incomplete + "\U0010ffff"]
    return _starting(incomplete, _rows(context, sql, *values, MAX_ARTICLES))


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(context: click.Context, shell: str) -> None:
    """Print the script that sets up completion of commands, options, sites, languages and articles for SHELL.

    \b
    Example:
      eval "$(healthnews completion bash)"    # in ~/.bashrc
      eval "$(healthnews completion zsh)"     # in ~/.zshrc, after compinit
      healthnews completion fish > ~/.config/fish/completions/healthnews.fish
    """
    completion_class = get_completion_class(shell)
    assert completion_class, "click knows the shells above"
    click.echo(completion_class(context.find_root().command, {}, PROGRAM, VARIABLE).source())


def _starting(incomplete: str, rows: Iterable[tuple[Any, ...]]) -> list[CompletionItem]:
    return [
        CompletionItem(str(value), help=" ".join(title.split()) or None)
        for value, title in rows
        if value != "" and str(value).startswith(incomplete)
    ]


def _rows(context: click.Context, sql: str, *values: Any) -> list[tuple[Any, ...]]:
    path = Path(context.find_root().params["archive"])
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=_TIMEOUT)) as db:
            rows: list[tuple[Any, ...]] = db.execute(sql, values).fetchall()
    except sqlite3.Error:
        return []
    return rows
