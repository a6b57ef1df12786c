"""What a person sees in a terminal: tables and readable text, CJK width included (rich measures it)."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Literal

from rich.console import Console, Group
from rich.table import Table
from rich.text import Text

from archive.article import Reference

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlite_utils import Database

    from archive.reading import Stored
    from archive.reports import CrawlReport
    from archive.search import Hit, Results
    from archive.snippet import Segment

OUTCOMES = ("stored", "unchanged", "read", "alias", "no article", "gone", "refused", "failed")


def console() -> Console:
    """Standard output; colour only on a terminal."""
    return Console(highlight=False)


def hit_object(hit: "Hit") -> dict[str, Any]:
    """A hit for `search --json`; hits in the snippet stand between <b> and </b>."""
    shown = asdict(hit)
    del shown["segments"], shown["title_segments"]  # the snippet says the same
    return shown


def table(*headings: str) -> Table:
    """A plain table; a heading that begins with # is of numbers, one with ~ of text that is folded to fit the line."""
    made = Table(box=None, pad_edge=False, header_style="bold")
    for heading in headings:
        justify: Literal["left", "right"] = "right" if heading.startswith("#") else "left"
        folded = heading.startswith("~")  # fold, since CJK text has no spaces to wrap at
        made.add_column(heading.lstrip("#~"), justify=justify, no_wrap=not folded, overflow="fold")
    return made


def counts_table(title: str, counts: Mapping[str, int]) -> Table:
    """Two columns: what, and how many."""
    made = table(title, "#pages")
    for name, number in sorted(counts.items(), key=lambda item: -item[1]):
        made.add_row(name, str(number))
    return made


def crawl_table(report: "CrawlReport") -> Group:
    """A crawl: a row per site, a column per outcome, and the reasons below."""
    seen = [name for name in OUTCOMES if any(name in counts for counts in report.counts.values())]
    title = f"Crawl {report.id}, {report.started_at[:19].replace('T', ' ')} UTC, {report.outcome}"
    made = table("site", *(f"#{name}" for name in seen))
    for site, counts in sorted(report.counts.items()):
        made.add_row(site or "(single URLs)", *(str(counts.get(name, 0)) for name in seen))
    if not report.counts:
        return Group(Text(title, style="bold"), Text("Nothing was due."), Text())
    reasons = [
        Text(f"  {site or '(single URLs)'}: {number} {outcome}, {reason}")
        for site, outcome, reason, number in report.reasons
    ]
    return Group(Text(title, style="bold"), made, *reasons, Text())


def holdings_table(holdings: Mapping[str, Any]) -> Group:
    """What the archive holds."""
    made = table("the archive holds", "#number")
    names = {"bibliography": "references", "works": "works cited", "pages": "pages known"}
    for name, number in holdings.items():
        if isinstance(number, int):
            made.add_row(names.get(name, name), f"{number:,}")
    for group in ("languages", "states"):
        for name, number in holdings[group].items():
            made.add_row(f"  {'pages ' if group == 'states' else 'in '}{name or 'unknown'}", f"{number:,}")
    return Group(made, Text())


def newest_table(db: "Database", limit: int = 8) -> Group:
    """The newest articles, and how many more there are."""
    from archive.reports import newest

    made = table("published", "language", "~title", "source", "#references")
    for row in newest(db, limit):
        made.add_row(*("" if value is None else str(value) for value in row))
    (total,) = db.execute("select count(*) from articles").fetchone()
    return Group(made, Text(f"… and {total - limit} more\n" if total > limit else "", style="dim"))


def hits(results: "Results") -> Group:
    """Search results: title, where and when, and the snippet with its hits marked."""
    lines: list[Text] = []
    for hit in results.hits:
        lines.append(Text.assemble((f"{hit.id:>4}  ", "dim"), _marked(hit.title_segments, "bold")))
        about = "  ".join(filter(None, [hit.published or "undated", hit.source or hit.site, hit.language, hit.url]))
        lines.append(Text("      " + about, style="dim"))
        lines += [Text("      ").append_text(_marked(hit.segments, "")), Text()]
    shown = len(results.hits)
    end = f"{results.total} articles" if shown == results.total else f"{shown} of {results.total} articles"
    return Group(*lines, Text(end, style="dim"))


def _marked(segments: "Iterable[Segment]", style: str) -> Text:
    text = Text(style=style)
    for piece, is_hit in segments:
        text.append(" ".join(piece.splitlines()), style="bold yellow" if is_hit else None)
    return text


def article(stored: "Stored", *, removed: bool = False) -> Group:
    """An article to read: title, facts, text, references with warnings, and with `removed` what was cut away."""
    from archive.present_works import flag

    content = stored.article
    facts = [
        ("url", content.url),
        ("source", content.source),
        ("authors", ", ".join(content.authors)),
        ("published", content.published),
        ("modified", content.modified),
        ("language", content.language),
        ("views", content.views),
        ("revision", f"{stored.revision}, since {stored.last_changed[:10]}"),
    ]
    lines = [Text(content.title, style="bold"), Text()]
    lines += [Text(f"{name:<10} {value}", style="dim") for name, value in facts if value not in (None, "")]
    lines += [Text(), Text(content.text), Text()]
    if content.references:
        lines.append(Text("References", style="bold"))
        warnings = {found.position: flag(found) for found in stored.flags}
        for position, reference in enumerate(content.references):
            lines += [_reference(reference), *([warnings[position]] if position in warnings else [])]
    if removed:
        lines += [Text(), Text("Removed", style="bold")]
        lines += [
            Text.assemble((f"  {cut.kind or cut.reason}: ", "bold"), cut.text.replace("\n", " "))
            for cut in content.removals
        ]
    return Group(*lines)


def _reference(reference: Reference) -> Text:
    line = Text(f"  {'[' + reference.label + '] ' if reference.label else ''}")
    parts = [
        ", ".join(reference.authors), reference.title, reference.container_title,
        str(reference.year) if reference.year else None,
    ]  # fmt: skip
    line.append(". ".join(part for part in parts if part) or reference.raw)
    for name in ("doi", "pmid", "pmcid", "nct", "arxiv"):
        if value := getattr(reference, name):
            line.append(f"  {name.upper()} {value}", style="cyan")
    return line


@contextmanager
def progress(title: str) -> Iterator[Callable[[Mapping[str, int], int], None]]:
    """A progress bar on a terminal's standard error, nothing elsewhere; yields what to call after each page."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn(title), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), disable=not Console(stderr=True).is_terminal) as bar:
        task = bar.add_task(title, total=None)
        yield lambda counts, total: bar.update(task, completed=sum(counts.values()), total=total)
