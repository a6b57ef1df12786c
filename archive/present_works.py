"""Works in a terminal: lists of them, who cites one, and warnings."""

from typing import TYPE_CHECKING

from rich.console import Group
from rich.text import Text

from archive.present import table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.table import Table

    from archive.catalogue import Citing, Listed
    from archive.reports import Flagged
    from archive.retractions import Flag, Standing, When

STYLES = {"retracted": "bold red", "concern": "bold yellow", "reinstated": "green", "corrected": "cyan"}
WORDS = {
    "retracted": "RETRACTED",
    "concern": "EXPRESSION OF CONCERN",
    "reinstated": "reinstated",
    "corrected": "corrected",
}
CAME: "dict[When, str]" = {
    "before": "the article came before",
    "same day": "the article came on the same day",
    "after": "the article came after",
    "unknown": "whether the article came before or after is not known",
}


def works_table(works: "Sequence[Listed]") -> "Table":
    """A list of works, those that are retracted or have a concern marked."""
    made = table("#articles", "#year", "~work", "identifier", "status")
    for work in works:
        kind, value, _ = work.identifiers[0] if work.identifiers else ("", "", "")
        title = work.title or work.container_title or "(no title printed)"
        year = "" if work.year is None else str(work.year)
        made.add_row(str(work.articles), year, title, f"{kind.upper()} {value}".strip(), standing(work.standing))
    return made


def work(listed: "Listed", articles: "Sequence[Citing]") -> Group:
    """One work with who cites it, and the sentences that do."""
    about = ". ".join(filter(None, [", ".join(listed.authors), listed.container_title, str(listed.year or "")]))
    names = [
        f"{kind.upper()} {value}" + ("" if origin == "printed" else f" ({origin})")
        for kind, value, origin in listed.identifiers
    ]
    lines = [
        Text(listed.title or "(no title printed)", style="bold"),
        Text(about),
        Text("  ".join(names), style="cyan"),
    ]
    if listed.resolved:
        lines.append(Text(f"not printed, but looked up: {', '.join(listed.resolved)}", style="dim"))
    if listed.standing:
        lines += [_notice(listed.standing, at) for at in range(len(listed.standing.notices))]
    lines += [Text(), Text(f"cited by {listed.articles} articles", style="bold")]
    for article in articles:
        lines.append(Text.assemble((f"{article.id:>4}  ", "dim"), article.title))
        lines.append(Text(f"      {article.published or 'undated'}  {article.site}  {article.url}", style="dim"))
        passages = article.sentences or (article.raw,)
        lines += [Text("      " + " ".join(passage.split())) for passage in passages]
    return Group(*lines, Text())


def standing(found: "Standing | None") -> Text:
    """A word or two on what became of a work; empty when nothing did."""
    if found is None:
        return Text()
    return Text(f"{WORDS[found.status]} {found.notice.date or ''}".strip(), style=STYLES[found.status])


def flag(found: "Flag") -> Text:
    """The warning behind a reference of an article."""
    words = f"{WORDS[found.status]} {found.date or 'on an unknown day'}; {CAME[found.article_came]}"
    return Text(f"      {words}", style=STYLES[found.status])


def flagged_table(rows: "Sequence[Flagged]") -> Group:
    """Works that are retracted or have a concern, with how many articles came before and after that."""
    title = Text("Cited works that are retracted or have an expression of concern", style="bold")
    made = table("~work", "~status", "#before", "#after", "#unknown")
    for row in rows:
        words = Text(f"{WORDS[row.status]} {row.date or ''}".strip(), style=STYLES[row.status])
        known = "\n".join(filter(None, [row.title, row.identifier]))
        counts = (str(number) for number in (row.before, row.after, row.unknown))
        made.add_row(known, words, *counts)
    return Group(title, made, Text())


def _notice(found: "Standing", at: int) -> Text:
    notice = found.notices[at]
    reasons = "; ".join(notice.reasons)
    words = f"{notice.nature}, {notice.date or 'undated'} (by {notice.matched_by.upper()})"
    return Text(f"{words}: {reasons}" if reasons else words, style=STYLES[found.status])
