"""An article in a terminal: its facts, text, references, and duplicates."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.console import Group
from rich.text import Text

from archive.article import Article, Reference
from archive.articles.lookup import StoredArticle
from archive.console.cjk_wrap import prose
from archive.console.paper_links import link_lines
from archive.console.tables import link
from archive.console.works import flag
from archive.evidence.wording import answers
from archive.references.identifiers import KINDS, to_url
from archive.works.doubt_words import sentence
from archive.works.models import author_line

if TYPE_CHECKING:
    from archive.duplicates.queries import Group as Copies

NOARCHIVE = "the page asks for no archived copy: its text is kept, its bytes are not"
_FACT = 11  # cells of a fact's name
_HEADING = re.compile(r"#{1,6} (.+)")
_MARKUP = re.compile(r"\\(?=[\\`*_\[\]<>])|\*\*|[*`]|~~")


def article_text(
    stored: StoredArticle, copies: "Copies | None" = None, *, removed: bool = False, program: str = "healthnews"
) -> Group:
    """Return title, facts, evidence, text, references with warnings, duplicates, and with `removed` the removals.

    program: what the commands that are offered begin with.
    """
    lines: list[Text] = [prose(stored.article.title, style="bold"), Text(), *_facts(stored, program), Text()]
    if stored.article.evidence:
        lines += [Text("Evidence at a glance", style="bold"), *evidence_lines(stored.article), Text()]
    lines += _text(stored.article)
    if stored.article.references:
        lines += [Text("References", style="bold"), *_references(stored), Text()]
    if stored.paper_links:
        lines += [
            Text("Papers behind it, not printed there", style="bold"),
            *link_lines(stored.paper_links),
            Text(),
        ]
    if copies:
        order = "in the order of publication" if copies.first_is_certain else "which was published first is not known"
        lines += [Text(f"Copies, {order}", style="bold"), *_copies(stored.id, copies), Text()]
    if removed:
        lines.append(Text("Removed", style="bold"))
        for cut in stored.article.removals:
            kind = (f"{cut.kind or cut.reason}: ", "bold")
            lines.append(prose(kind, " ".join(cut.text.split()), first="  ", rest="    "))
    return Group(*lines)


def _absence(stored: StoredArticle) -> str | None:
    """Return that the page is gone, or was missing at its last fetch; None while it is there."""
    reason = f" ({stored.reason})" if stored.reason and stored.state in ("gone", "stored") else ""
    if stored.gone_since:
        return f"gone since {stored.gone_since[:10]}{reason}"
    if stored.missing_since:
        return f"missing since {stored.missing_since[:10]}{reason}, will be fetched again"
    return None


def _marketing(content: Article) -> str | None:
    """Return the number and length of the blocks that advertise, None where there are none."""
    cut = content.advertising
    if not cut:
        return None
    blocks = "1 block" if len(cut) == 1 else f"{len(cut):,} blocks"
    return f"{blocks} of {sum(len(removal.text) for removal in cut):,} characters cut away (--removed shows them)"


def _facts(stored: StoredArticle, program: str) -> Iterator[Text]:
    content = stored.article
    earlier = f" ({program} diff {stored.id} shows what changed)" if stored.revision > 1 else ""
    facts = {
        "url": link(content.url, content.url),
        "source": content.source,
        "authors": ", ".join(content.authors),
        "published": content.published,
        "modified": content.modified,
        "language": content.language,
        "views": content.views or None,  # 0 is what a script replaces
        "marketing": _marketing(content),
        "page": _absence(stored),
        "rights": "; ".join(stored.rights),
        "noarchive": NOARCHIVE if stored.noarchive else None,
        "revision": f"{stored.revision}, since {stored.last_changed[:10]}{earlier}",
    }
    for name, value in facts.items():
        if value not in (None, ""):
            text = value if isinstance(value, Text) else str(value)
            yield prose(f"{name:<{_FACT}}", text, style="dim", rest=" " * _FACT)


def evidence_lines(content: Article) -> Iterator[Text]:
    """Yield a line for each thing that the article says of its study, with the sentence that says so."""
    found = answers(content)
    width = max(len(answer.name) for answer in found) + 2
    for answer in found:
        quoted = (f"  {answer.sentences[0]}", "dim")
        yield prose((f"{answer.name:<{width}}", "dim"), answer.value, quoted, rest=" " * width)


def _text(content: Article) -> Iterator[Text]:
    """Yield the paragraphs, with headings in bold and citation markers in colour."""
    whole = Text(content.text)
    for citation in content.citations:
        whole.stylize("cyan", citation.start, citation.end)
    headings = {_MARKUP.sub("", found[1]) for found in map(_HEADING.fullmatch, content.markdown.splitlines()) if found}
    for paragraph in whole.split("\n\n"):
        yield prose(paragraph, style="bold" if paragraph.plain in headings else "")
        yield Text()


def _references(stored: StoredArticle) -> Iterator[Text]:
    entries = stored.article.references
    labels = [f"[{entry.label}] " if entry.label else "-  " for entry in entries]
    width = max(map(cell_len, labels))
    warnings = {found.position: flag(found) for found in stored.flags}
    margin = " " * width
    for position, (label, entry) in enumerate(zip(labels, entries, strict=True)):
        yield prose(_printed(entry), first=label + " " * (width - cell_len(label)), rest=margin)
        if found := list(_identifiers(entry)):
            yield prose(*found, first=margin, rest=margin)
        if position in warnings:
            yield prose(warnings[position], first=margin, rest=margin)
        check = stored.checks.get(position)
        if check and (said := sentence(check)):
            yield prose(said, style="yellow" if check.verdict == "contradicts" else "dim", first=margin, rest=margin)


def _printed(entry: Reference) -> str:
    """Return the reference formatted from its fields, or as printed where it has no title."""
    if not entry.title:
        shown = entry.raw.removeprefix(f"[{entry.label}]") if entry.label else entry.raw
        return shown.strip()
    issue = f"({entry.issue})" if entry.issue else ""
    place = f"{entry.volume or ''}{issue}" + (f":{entry.pages}" if entry.pages else "")
    when = ";".join(filter(None, [str(entry.year or ""), place]))
    authors = author_line(entry.authors, et_al=entry.et_al)
    parts = [authors, entry.title, entry.container_title or entry.publisher, when]
    return " ".join(part if part.endswith((".", "?", "!", "。")) else f"{part}." for part in parts if part)


def _identifiers(entry: Reference) -> Iterator[Text]:
    """Yield the identifiers, or else the URL, as links."""
    named = [(kind, value) for kind in KINDS if (value := getattr(entry, kind))]
    for kind, value in named:
        yield link(f"{kind.upper()} {value}", to_url(kind, value), "cyan")
        yield Text("  ")
    if entry.url and not named:
        yield link(entry.url, entry.url, "cyan")
        if entry.accessed:
            yield Text(f"  accessed {entry.accessed}", style="dim")


def _copies(article_id: int, copies: "Copies") -> Iterator[Text]:
    for member in copies.members:
        this = "this article" if member.article_id == article_id else f"{member.similarity:.0%} of the first"
        about = [member.published or f"undated, seen {member.first_seen[:10]}", member.source or member.site, this]
        line = f"{'  '.join(about)}  {member.title}"
        yield prose((f"{member.article_id:>4}  ", "dim"), line, rest="      ")
        yield prose(link(member.url, member.url, "dim"), first="      ", rest="      ")
