"""Works in a terminal: a list, one work with the articles that cite it, and retraction warnings."""

from itertools import islice
from typing import TYPE_CHECKING

from rich.console import Group
from rich.text import Text

from archive.console.cjk_wrap import prose
from archive.console.tables import link, table
from archive.references.identifiers import to_url
from archive.works.doubt_words import sentence
from archive.works.models import author_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.table import Table

    from archive.monitoring.crawl_reports import RetractedWork
    from archive.works.queries import Citing, ListedWork
    from archive.works.reference_checks import DoubtfulReference
    from archive.works.retraction_pages import LeaningPage
    from archive.works.retractions import Flag, RetractionState, When

INDENT = " " * 6
STYLES = {"retracted": "bold red", "concern": "bold yellow", "reinstated": "green", "corrected": "cyan"}
WORDS = {
    "retracted": "RETRACTED",
    "concern": "EXPRESSION OF CONCERN",
    "reinstated": "reinstated",
    "corrected": "corrected",
}
PUBLISHED: "dict[When, str]" = {
    "before": "the article was published before",
    "same day": "the article was published on the same day",
    "after": "the article was published after",
    "unknown": "whether the article was published before or after is unknown",
}


def works_table(works: "Sequence[ListedWork]") -> "Table":
    """Return a table of works, with a status column if one is retracted or has an expression of concern."""
    flagged = any(work.standing for work in works)
    grid = table("#articles", "#year", "~work", *(["status"] if flagged else []))
    for work in works:
        names = (link(f"{kind.upper()} {value}", to_url(kind, value), "cyan") for kind, value, _ in work.identifiers)
        about = Text("\n").join([Text(work.name), *islice(names, 1)])
        status = [standing(work.standing)] if flagged else []
        grid.add_row(str(work.articles), str(work.year or ""), prose(about), *status)
    return grid


def work_text(listed: "ListedWork", articles: "Sequence[Citing]") -> Group:
    """Return a work with the articles that cite it and the sentences in which they do."""
    authors = author_line(listed.authors, et_al=listed.et_al)
    about = " ".join(
        each if each.endswith(".") else f"{each}."
        for each in (authors, listed.container_title, str(listed.year or ""))
        if each
    )
    lines: list[Text] = [prose(listed.name, style="bold"), prose(about)]
    if listed.identifiers:
        lines.append(prose(*_names(listed)))
    if listed.resolved:
        lines.append(prose(f"not printed, from a look-up: {', '.join(listed.resolved)}", style="dim"))
    if listed.standing:
        lines += [_notice(listed.standing, at) for at in range(len(listed.standing.notices))]
    number = "1 article" if listed.articles == 1 else f"{listed.articles} articles"
    lines += [Text(), Text(f"cited by {number}", style="bold")]
    for article in articles:
        lines.append(prose((f"{article.id:>4}  ", "dim"), article.title, rest=INDENT))
        where = f"{article.published or 'undated'}  {article.site}  "
        lines.append(prose(where, link(article.url, article.url), style="dim", first=INDENT, rest=INDENT))
        passages = article.sentences or (article.raw,)
        lines += [prose(" ".join(passage.split()), first=INDENT, rest=INDENT) for passage in passages]
    return Group(*lines, Text())


def standing(found: "RetractionState | None") -> Text:
    """Return the retraction status of a work; empty without one."""
    if found is None:
        return Text()
    return Text(f"{WORDS[found.status]} {found.notice.date or ''}".strip(), style=STYLES[found.status])


def flag(found: "Flag") -> Text:
    """Return the retraction warning for a reference of an article."""
    words = f"{WORDS[found.status]} {found.date or 'on an unknown day'}; {PUBLISHED[found.article_came]}"
    return Text(words, style=STYLES[found.status])


def flagged_table(rows: "Sequence[RetractedWork]") -> Group:
    """Return a table of retracted works, with the numbers of articles published before and after the notice."""
    title = prose("Cited works that are retracted or have an expression of concern", style="bold")
    grid = table("~work", "~status", "#before", "#after", "#unknown")
    for row in rows:
        words = Text(f"{WORDS[row.status]} {row.date or ''}".strip(), style=STYLES[row.status])
        known = "\n".join(filter(None, [row.title, row.identifier]))
        counts = (str(number) for number in (row.before, row.after, row.unknown))
        grid.add_row(prose(known), words, *counts)
    return Group(title, grid, Text())


def doubtful_text(found: "DoubtfulReference") -> Group:
    """Return a doubtful reference with what contradicts, and the article that prints it."""
    return Group(
        prose((f"{found.article_id:>4}  ", "dim"), " ".join(found.printed.split()), rest=INDENT),
        prose(sentence(found.check), style="yellow", first=INDENT, rest=INDENT),
        prose(found.title, link(f"  {found.url}", found.url), style="dim", first=INDENT, rest=INDENT),
        Text(),
    )


def leaning_table(rows: "Sequence[LeaningPage]") -> "Table":
    """Return a table of pages that lean on retracted works, with how long it took until they said so."""
    grid = table("~page", "~work", "~status", "said so")
    for row in rows:
        words = Text(f"{WORDS[row.status]} {row.noticed or ''}".strip(), style=STYLES[row.status])
        about = Text("\n").join([Text(row.title), link(row.url, row.url, "dim")])
        grid.add_row(prose(about), prose(row.work), words, _said(row))
    return grid


def _said(row: "LeaningPage") -> Text:
    if row.said_at is None:
        return Text(f"never, up to {row.last_seen}", style="red")
    if row.days is None:
        return Text(row.said_at)
    return Text("at once" if row.days <= 0 else f"after {row.days:,} days", style="green" if row.days <= 0 else "")


def _notice(found: "RetractionState", at: int) -> Text:
    notice = found.notices[at]
    reasons = "; ".join(notice.reasons)
    words = f"{notice.nature}, {notice.date or 'undated'} (by {notice.matched_by.upper()})"
    return prose(f"{words}: {reasons}" if reasons else words, style=STYLES[found.status])


def _names(listed: "ListedWork") -> "Iterator[Text]":
    for kind, value, origin in listed.identifiers:
        yield link(f"{kind.upper()} {value}", to_url(kind, value), "cyan")
        yield Text("  " if origin == "printed" else f" ({origin})  ", style="cyan")
