"""Takedowns in a terminal: the pages to remove, and the list of exclusions."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.console import Group
from rich.filesize import decimal
from rich.table import Table
from rich.text import Text

from archive.console.cjk_wrap import prose
from archive.console.tables import table

if TYPE_CHECKING:
    from archive.operations.takedown import Candidate
    from archive.storage.exclusions import StoredExclusion

MAX_LISTED = 20  # duplicates that are listed


def candidates_table(candidates: "Sequence[Candidate]", limit: int | None = None) -> Group:
    """Return a table of the pages to remove, or of the first `limit`, and the totals."""
    grid = table("~page", "~title of its article", "#stored bytes")
    for page in candidates[:limit]:
        grid.add_row(Text(page.url), prose(page.title or ""), f"{page.size:,}")
    left = f" and {len(candidates) - limit:,} more" if limit and len(candidates) > limit else ""
    return Group(*([grid] if candidates else []), Text(f"{left.strip()}\n{totals(candidates)}".strip()))


def totals(candidates: "Sequence[Candidate]") -> str:
    """Return the numbers of pages and articles, and their size."""
    articles = sum(page.title is not None for page in candidates)
    size = decimal(sum(page.size for page in candidates))
    return f"{_number(len(candidates), 'page')}, {_number(articles, 'article')}, {size} of stored answers"


def copies_text(urls: Sequence[str]) -> str:
    """Return that duplicates of the removed pages stay, and their URLs."""
    more = [f"… and {len(urls) - MAX_LISTED} more"] if len(urls) > MAX_LISTED else []
    return "\n  ".join(["Copies of the removed pages stay, since they are other pages:", *urls[:MAX_LISTED], *more])


def list_table(entries: "Sequence[StoredExclusion]") -> Table:
    """Return the list of exclusions as a table."""
    grid = table("~removed", "as", "since", "#pages", "#articles", "~reason")
    for entry in entries:
        numbers = (f"{entry.pages:,}", f"{entry.articles:,}")
        grid.add_row(Text(entry.pattern), entry.kind, entry.added_at[:10], *numbers, prose(entry.reason or ""))
    return grid


def _number(number: int, name: str) -> str:
    return f"{number:,} {name}{'' if number == 1 else 's'}"
