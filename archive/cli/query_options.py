"""The query and the filters that commands share: `search`, `export`, `changes` and `trend`."""

import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import click

from archive.cli.completion import archived_sites, languages

if TYPE_CHECKING:
    from archive.retrieval.filters import Filters

PLACES = (
    click.option("--site", shell_complete=archived_sites, help="Only articles of this configured site."),
    click.option("--language", shell_complete=languages, help="Only articles in this language: zh, zh-Hant, en …"),
)
PUBLISHED = (
    click.option(
        "--since", metavar="DATE", help="Published on or after this day, month or year: YYYY-MM-DD, YYYY-MM or YYYY."
    ),
    click.option("--until", metavar="DATE", help="Published on or before this day, month or year."),
)
CONTENTS = (
    click.option("--source", help="Only articles of this publisher (来源), as the page names it."),
    click.option("--cites", metavar="DOI or PMID", help="Only articles that cite this publication."),
    click.option("--references/--no-references", default=None, help="Only articles with references, or only without."),
    click.option(
        "--retracted",
        is_flag=True,
        help="Only articles that cite a work that is retracted or has an expression of concern.",
    ),
    click.option("--design", help="Only articles that report on such a study: trial, cohort, case report, review …"),
    click.option("--subjects", help="Only articles on a study of humans, animals or cells."),
    click.option(
        "--doubtful",
        is_flag=True,
        help="Only articles with a reference that contradicts itself or the record of its work.",
    ),
    click.option("--gone", is_flag=True, help="Only articles whose page is gone."),
)
FILTERS = (*PLACES, *PUBLISHED, *CONTENTS)


class QueryCommand(click.Command):
    """A command with a query, in which `-word` excludes a word. Its options have long names only."""

    def parse_args(self, context: click.Context, args: list[str]) -> list[str]:
        """Parse the arguments; `-word` is read as `NOT word`, which means the same and is no option."""
        with_value = {
            name for each in self.get_params(context) if isinstance(each, click.Option) and not each.is_flag
            for name in each.opts
        }  # fmt: skip
        end = args.index("--") if "--" in args else len(args)
        words = [
            f"NOT {word[1:]}" if re.match("-[^-]", word) and before not in with_value else word
            for before, word in zip(["", *args], args[:end], strict=False)
        ]
        return super().parse_args(context, words + args[end:])


def with_options(*options: Callable[..., Any]) -> Callable[..., Any]:
    """Return a decorator that adds options to a command, in this order."""

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


filter_options = with_options(*FILTERS)


def query_text(words: Iterable[str]) -> str:
    """Return the words as one query; the shell's quotes are gone, the user's own quotes stay."""
    return " ".join(words)


def set_filters(filters: dict[str, Any]) -> "Filters":
    """Return the filters that are set, without other options."""
    from archive.retrieval.filters import narrowing

    return narrowing(filters)
