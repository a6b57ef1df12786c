"""Tables in a terminal; rich measures the width of CJK characters."""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Literal

from rich.console import Console
from rich.style import Style
from rich.table import Table
from rich.text import Text

_ADDRESS = re.compile(
    r"https?://[^\x00-\x20\x7f-\x9f]+"
)  # without characters that would end the terminal's escape sequence

SINGLE = "(single URLs)"  # shown for the site ''


def link(text: str, url: str | None, style: str = "") -> Text:
    """Return text that links to `url` on terminals with hyperlinks."""
    target = Style(link=url) if url and _ADDRESS.fullmatch(url) else Style()
    return Text(text, style=Style.parse(style) + target)


def table(*headings: str) -> Table:
    """Return a plain table. `#` before a heading right-aligns its column, `~` wraps its text to fit the line."""
    grid = Table(box=None, pad_edge=False, header_style="bold")
    for heading in headings:
        justify: Literal["left", "right"] = "right" if heading.startswith("#") else "left"
        wrapped = heading.startswith("~")
        grid.add_column(heading.lstrip("#~"), justify=justify, no_wrap=not wrapped, overflow="fold")  # CJK: no spaces
    return grid


def counts_table(title: str, counts: Mapping[str, int]) -> Table:
    """Return a table of names and numbers, largest number first."""
    grid = table(title, "#pages")
    for name, number in sorted(counts.items(), key=lambda item: -item[1]):
        grid.add_row(name, str(number))
    return grid


def readable(moment: str) -> str:
    """Return a timestamp of the archive in readable form, to the second."""
    return moment[:19].replace("T", " ")


@contextmanager
def progress(title: str) -> Iterator[Callable[[Mapping[str, int], int], None]]:
    """Show a progress bar if standard error is a terminal; yields a function to call with (counts, total)."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn(title), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), disable=not Console(stderr=True).is_terminal) as bar:
        task = bar.add_task(title, total=None)
        yield lambda counts, total: bar.update(task, completed=sum(counts.values()), total=total)
