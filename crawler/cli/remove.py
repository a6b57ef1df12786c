"""`healthnews remove`: exclude pages from crawls and delete what is stored of them."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from archive.cli.common import archive_file, as_user_error, json_option, opened, print_json, reading
from archive.errors import ExitCode, UserError

if TYPE_CHECKING:
    from archive.operations.takedown import Candidate
    from archive.storage.exclusions import Exclusion


@click.command()
@click.argument("wanted", required=False, metavar="[URL, HOST or PATTERN]")
@click.option(
    "--from",
    "file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Read the URLs, hosts and patterns from this file, one a line.",
)
@click.option("--reason", help="The reason, shown in the list and in place of the page.")
@click.option("--dry-run", is_flag=True, help="Show what would be removed; change nothing.")
@click.option("--yes", is_flag=True, help="Do not ask for confirmation.")
@click.option("--list", "show_list", is_flag=True, help="List the exclusions.")
@click.option("--undo", metavar="PATTERN", help="Delete this exclusion; removed content does not come back.")
@json_option
@archive_file
def remove(
    archive: Path,
    wanted: str | None,
    file: Path | None,
    reason: str | None,
    dry_run: bool,
    yes: bool,
    show_list: bool,
    undo: str | None,
    as_json: bool,
) -> None:
    """Remove a page, a host or all pages that match a pattern, and never fetch them again.

    Text with :// is one URL: its page, its aliases, and if it is an alias, the page it leads to. A host includes its
    subdomains. Anything else is a regular expression that is searched in URLs; page\\.html is one, page.html is a host.
    The article is deleted with its revisions and references, and the raw bytes in the WARC files are overwritten.

    Quotations on other pages, feeds and listings stay, and so do older backups. Damaged files that check --repair kept
    and copies from before an upgrade are named, with exit code 1.

    \b
    Example:
      healthnews remove https://news.example/2024/05/21/scleroderma.html --reason "at the author's request"
      healthnews remove news.example --dry-run
      healthnews remove '/tag/[0-9]+$' --yes
      healthnews remove --from opt-outs.txt --yes
      healthnews remove --list
      healthnews remove --undo news.example
    """
    if sum((wanted is not None, file is not None, show_list, undo is not None)) != 1:
        raise UserError("Name a URL, a host or a pattern; or give one of --from FILE, --list and --undo PATTERN.")
    if show_list:
        _list(archive, as_json=as_json)
    elif undo is not None:
        _undo(archive, undo, as_json=as_json)
    else:
        _remove(archive, _entries(wanted, file), reason, dry_run=dry_run, yes=yes, as_json=as_json)


def _list(archive: Path, *, as_json: bool) -> None:
    from archive.console.output import console, page
    from archive.console.takedown import list_table
    from archive.storage.exclusions import stored_exclusions

    with reading(archive) as db:
        entries = stored_exclusions(db)
    if as_json:
        print_json([entry.as_object() for entry in entries])
    elif entries:
        page(list_table(entries), out=console())
    else:
        click.echo("Nothing was removed so far.")


def _undo(archive: Path, text: str, *, as_json: bool) -> None:
    from datetime import UTC, datetime

    from archive.operations.takedown import NotExcludedError, delete_exclusion
    from archive.storage.connection import timestamp

    [entry] = _entries(text, None)
    with opened(archive) as db, _held(archive):
        try:
            freed = delete_exclusion(db, entry, now=timestamp(datetime.now(UTC)))
        except NotExcludedError as error:
            raise UserError(f"{error} healthnews remove --list shows it.") from error
    if as_json:
        print_json({"kind": entry.kind, "pattern": entry.pattern, "pages": freed})
    else:
        click.echo(
            f"{entry.pattern} may be crawled again. Removed pages that the next crawl fetches again: {freed:,}; their "
            "text does not come back before."
        )


def _entries(wanted: str | None, file: Path | None) -> "list[Exclusion]":
    from crawler.cli.exclusion_syntax import entries_in, entry_of

    try:
        found = list(dict.fromkeys(entries_in(file))) if file else [entry_of(wanted or "")]
    except OSError as error:
        raise UserError(f"{file} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise UserError(f"{file} cannot be read: it is not in UTF-8.") from error
    except ValueError as error:
        raise UserError(str(error)) from error
    if not found:
        raise UserError(f"{file} names nothing: write a URL, a host or a pattern on each line.")
    return found


def _remove(
    archive: Path, entries: "list[Exclusion]", reason: str | None, *, dry_run: bool, yes: bool, as_json: bool
) -> None:
    from archive.console.output import console, page
    from archive.console.takedown import candidates_table, copies_text, totals
    from archive.operations.takedown import plan, remaining_duplicates
    from crawler.cli.remove_confirm import confirmed

    with reading(archive) as db:
        candidates = plan(db, entries)
        copies = remaining_duplicates(db, candidates)
    erased, problem = 0, None
    if not dry_run:
        if not confirmed(entries, candidates, yes=yes):
            click.echo("Nothing was removed.")
            return
        candidates, erased, problem = _carry_out(archive, entries, reason)
    if as_json:
        print_json(_as_object(entries, candidates) | {"copies": copies, "dry_run": dry_run, "erased": erased})
    elif dry_run:
        page(candidates_table(candidates), *([copies_text(copies)] if copies else []), out=console())
    else:
        click.echo(f"Removed: {totals(candidates)}; WARC records erased: {erased:,}.")
        click.echo(f"Never fetched again: {', '.join(entry.pattern for entry in entries)}.")
        if copies:
            click.echo(copies_text(copies))
    problems = [*([] if dry_run else _copies_left(archive)), *([problem] if problem else [])]
    for each in problems:
        click.echo(each, err=True)
    if problems:
        raise SystemExit(ExitCode.NEEDS_A_LOOK)


def _copies_left(archive: Path) -> list[str]:
    """Return a sentence for each kind of copies beside the archive that are left as they are."""
    from archive.operations.salvage import kept_files
    from archive.storage.upgrade import kept_backups

    said = []
    if damaged := kept_files(archive):
        said.append(f"Removed pages may still be in {_names(damaged)}: delete what you need nothing of.")
    if backups := kept_backups(archive):
        said.append(
            f"Removed pages may still be in {_names(backups)}, from before an upgrade: delete these once you need "
            "no way back to the earlier version."
        )
    return said


def _names(files: list[Path]) -> str:
    return ", ".join(file.name for file in files)


def _carry_out(
    archive: Path, entries: "list[Exclusion]", reason: str | None
) -> "tuple[list[Candidate], int, str | None]":
    """Remove the pages; return them, the number of erased WARC records, and a sentence if erasing failed."""
    from datetime import UTC, datetime

    from archive.console.tables import progress
    from archive.operations.takedown import remove
    from archive.storage.connection import timestamp, warc_folder
    from archive.storage.redaction import RedactionError, redact_pending

    folder = warc_folder(archive)
    with opened(archive) as db, _held(archive):
        now = timestamp(datetime.now(UTC))
        try:
            with progress("Removing") as advance:
                candidates = remove(db, folder, entries, reason=reason, now=now, progress=advance)
        except OSError as error:
            raise UserError(f"{error.filename} cannot be read ({error.strerror}): nothing was removed.") from error
        try:
            with progress("Erasing") as advance:
                return candidates, redact_pending(db, folder, progress=advance), None
        except RedactionError as error:
            return candidates, 0, str(error)


def _held(archive: Path) -> Any:
    """Hold the archive's lock. Raises UserError."""
    from archive.errors import ArchiveError, BusyError
    from archive.storage.lock import hold

    try:
        return hold(archive)
    except (ArchiveError, BusyError) as error:
        raise as_user_error(error) from error


def _as_object(entries: "list[Exclusion]", candidates: "list[Candidate]") -> dict[str, Any]:
    removed = [{"url": page.url, "title": page.title, "bytes": page.size} for page in candidates]
    return {
        "entries": [{"kind": entry.kind, "pattern": entry.pattern} for entry in entries],
        "pages": len(candidates),
        "articles": sum(page.title is not None for page in candidates),
        "bytes": sum(page.size for page in candidates),
        "removed": removed,
    }
