"""Confirm a removal: ask at a terminal, refuse elsewhere."""

import sys
from collections.abc import Sequence

import click

from archive.console.output import console
from archive.console.takedown import candidates_table, totals
from archive.errors import UserError
from archive.operations.takedown import Candidate
from archive.storage.exclusions import Exclusion

MAX_LISTED = 20  # pages listed before the question


def confirmed(entries: Sequence[Exclusion], candidates: Sequence[Candidate], *, yes: bool) -> bool:
    """Return whether to remove the pages. `yes` skips the question, except for a pattern that matches every URL.

    Raises UserError without a terminal to ask at.
    """
    at_terminal = sys.stdin.isatty()
    if everything := next((entry for entry in entries if entry.matches_all), None):
        return _confirm_all(everything, candidates, at_terminal=at_terminal)
    if yes:
        return True
    if not at_terminal and len(candidates) > 1:
        raise UserError(f"That would remove {totals(candidates)}: --dry-run shows them, --yes removes them.")
    if not at_terminal or sum(page.title is not None for page in candidates) < 2:
        return True
    console().print(candidates_table(candidates, MAX_LISTED))
    return click.confirm("Remove them?", err=True)


def _confirm_all(entry: Exclusion, candidates: Sequence[Candidate], *, at_terminal: bool) -> bool:
    what = f"{entry.pattern!r} matches every URL ({totals(candidates)}), and nothing would be crawled any more"
    if not at_terminal:
        raise UserError(f"{what}: name less, or run the command at a terminal, where it asks.")
    click.echo(f"{what}.", err=True)
    return click.confirm("Remove all of it?", err=True)
