"""Notes and agreement for a terminal."""

from collections.abc import Iterable, Sequence

from rich.table import Table

from archive.console.tables import table
from archive.console.terminal_text import plain
from archive.notes import Note, NotedArticle
from archive.notes.agreement import Agreement
from archive.notes.models import Collection
from archive.notes.reading import Found

LONGEST = 200  # characters of a passage that are shown


def noted_text(articles: Iterable[NotedArticle], collections: Iterable[Collection]) -> str:
    """Return the collections, then articles with their tags and notes."""
    heads = [f"{each.name}: {each.articles:,} articles" for each in collections]
    return plain("\n".join([*heads, "", *("\n".join(_article(each)) + "\n" for each in articles)]).strip())


def passages_text(found: Iterable[tuple[NotedArticle, Note, Found]]) -> str:
    """Return what became of each passage."""
    lines = []
    for article, note, place in found:
        lines += [article.name.title or note.url, f"  “{_short(note)}”", f"  {place.sentence or 'It is there.'}"]
        if place.place and place.place.how != "exact":
            lines.append(f"  {place.place.similarity:.0%} of its characters are the same.")
    return plain("\n".join(lines))


def agreement_table(rows: Sequence[tuple[str, Agreement]]) -> Table:
    """Return a table of agreement; kappa that is undefined is a dash."""
    grid = table("question", "#pairs", "#agreed", "#percent", "#kappa", "#linear", "#quadratic")
    for name, found in rows:
        share = "–" if found.share is None else f"{found.share:.1%}"
        grid.add_row(
            name,
            f"{found.pairs:,}",
            f"{found.agreed:,}",
            share,
            *map(_number, (found.kappa, found.linear, found.quadratic)),
        )
    return grid


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _article(article: NotedArticle) -> list[str]:
    name = article.name
    facts = "  ".join(fact for fact in (name.published, name.site, name.url) if fact)
    lines = [name.title or name.url, f"  {facts}"]
    if article.collections:
        lines.append(f"  collections: {', '.join(article.collections)}")
    if article.tags:
        lines.append(f"  tags: {', '.join(article.tags)}")
    for note in article.notes:
        lines.append(f"  {note.changed_by}, {note.changed_at[:10]}:" + (f" “{_short(note)}”" if note.passage else ""))
        lines += [f"    {line}" for line in note.body.splitlines()]
    return lines


def _short(note: Note) -> str:
    words = " ".join(note.passage.exact.split()) if note.passage else ""
    return words if len(words) <= LONGEST else f"{words[:LONGEST]}…"
