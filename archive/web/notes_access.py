"""Who may see and write notes in the browser, and how pages open the notes file.

Notes are on where the plugin's configuration names a file. The permissions `view-notes` and `write-notes` decide who
may do what: those whom the block `permissions` of Datasette's configuration allows; without it, root alone.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from datasette.utils import actor_matches_allow

from archive.notes import Notes, open_notes

if TYPE_CHECKING:  # Datasette loads its plugins while it is being imported itself
    from datasette.app import Datasette

T = TypeVar("T")

NOTES = "notes"  # the key of the plugin's configuration that names the file
VIEW, WRITE = "view-notes", "write-notes"


@dataclass(frozen=True, slots=True)
class NotesAccess:
    """The notes file, and the actor who may see it; `may_write` if that actor may write too."""

    path: Path
    actor: str
    may_write: bool

    async def read(self, reader: Callable[[Notes], T]) -> T:
        """Return what `reader` returns for the notes, in a thread. Raises ArchiveError and what `reader` raises."""
        return await asyncio.to_thread(self._run, reader, False)

    async def write(self, writer: Callable[[Notes], T]) -> T:
        """Do the same for a function that writes."""
        return await asyncio.to_thread(self._run, writer, True)

    def _run(self, function: Callable[[Notes], T], writing: bool) -> T:
        with open_notes(self.path, reading=not writing) as notes:
            return function(notes)


def notes_file(configuration: Mapping[str, Any] | None) -> Path | None:
    """Return the notes file that the plugin's configuration names, or None: notes are off."""
    file = (configuration or {}).get(NOTES)
    return Path(file) if file else None


async def notes_access(
    datasette: "Datasette", path: Path | None, actor: Mapping[str, Any] | None
) -> NotesAccess | None:
    """Return the access of an actor, None where notes are off or the actor may not see them."""
    if path is None or not actor or not actor.get("id"):
        return None
    may_write = bool(await datasette.permission_allowed(actor, WRITE))
    if not may_write and not await datasette.permission_allowed(actor, VIEW):
        return None
    return NotesAccess(path, str(actor["id"]), may_write)


def is_allowed(datasette: "Datasette", actor: Mapping[str, Any] | None, action: str) -> bool | None:
    """Return whether Datasette's configuration allows the actor a permission on notes, None for other permissions."""
    if action not in (VIEW, WRITE):
        return None
    if not actor:
        return False
    allow = (datasette.metadata("permissions") or {}).get(action)
    if allow is None:
        return bool(actor.get("id") == "root")
    return bool(actor_matches_allow(actor, allow))
