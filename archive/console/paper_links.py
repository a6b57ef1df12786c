"""Papers that an article probably reports on, for a terminal."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from rich.console import Group
from rich.text import Text

from archive.console.cjk_wrap import prose
from archive.console.tables import link

if TYPE_CHECKING:
    from archive.works.paper_links import PaperLink

SHOWN = 6  # passages of each paper


def link_lines(links: "Sequence[PaperLink]") -> Iterator[Text]:
    """Yield each paper with its probability, identifier and the passages that speak for it."""
    for each in links:
        style = "dim" if each.decision == "rejected" else "bold" if each.decision == "confirmed" else "yellow"
        authors = ", ".join(each.authors[:3]) + (" et al." if len(each.authors) > 3 else "")
        about = ". ".join(part.rstrip(".") for part in (authors, each.container_title, each.published) if part)
        yield prose((f"{each.sentence}: ", style), each.title, first="  ", rest="    ")
        named = (("DOI", each.doi), ("PMID", each.pmid))
        ids = "  ".join(f"{name} {value}" for name, value in named if value)
        address = link(ids, each.url, "cyan") if each.url else Text("")
        yield prose(f"{about}  " if about else "", address, first="    ", rest="    ")
        for passage in each.evidence[:SHOWN]:
            yield prose((f"{passage.kind}: ", "dim"), f"…{passage.quote}…", first="    ", rest="      ")


def linking_articles(links: "Sequence[PaperLink]") -> Iterator[Group]:
    """Yield each paper with the articles that probably report on it without printing it."""
    papers: dict[str, list[PaperLink]] = {}
    for each in links:
        papers.setdefault(each.paper, []).append(each)
    for some in papers.values():
        lines = [prose(some[0].title, style="bold"), Text("not printed, linked to by", style="bold")]
        for each in some:
            lines.append(prose((f"{each.article_id:>4}  ", "dim"), each.sentence, rest="      "))
            lines += [prose(f"…{passage.quote}…", first="      ", rest="      ") for passage in each.evidence[:SHOWN]]
        yield Group(*lines, Text())
