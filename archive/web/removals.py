"""What was cut from a page, grouped by the reason: so that a reader can check the archive's judgement."""

from collections.abc import Iterable
from dataclasses import dataclass

from archive.article import Article, Removal
from archive.web.formatting import text_language

# In the words of a reader; a reason without an entry here is shown as it is stored.
REASONS = {
    "repeated title": "the title, printed again",
    "before title": "above the title",
    "empty section": "headings with nothing under them",
    "after the end": "below the end of the article",
    "recurring": "on many pages of the site",
    "left out": "left out by the extractor",
    "QR caption": "captions of QR codes",
    "applause": "asking for applause",
    "by-line": "by-line",
    "call to action": "calls to action",
    "comments": "comments",
    "contact": "contact details",
    "cookie notice": "cookie notices",
    "credits": "credits",
    "disclaimer": "disclaimers",
    "newsletter": "newsletter",
    "phone number": "phone numbers",
    "poll": "polls",
    "related articles": "related articles",
    "share bar": "share buttons",
    "advertisement": "advertisements",
    "appointment form": "appointment forms",
}


@dataclass(frozen=True, slots=True)
class RemovedText:
    """A block that was cut, with the language to mark it with."""

    text: str
    language: str


@dataclass(frozen=True, slots=True)
class RemovalGroup:
    """The blocks that were cut for one reason; `kind` says what kind of marketing they are, if they are any."""

    reason: str
    kind: str | None
    blocks: tuple[RemovedText, ...]


def removal_groups(article: Article) -> list[RemovalGroup]:
    """The article's removals, marketing first, then by number of blocks; in a group in the order of the page."""
    grouped: dict[tuple[str, str | None], list[RemovedText]] = {}
    for removal in article.removals:
        block = RemovedText(removal.text, text_language(removal.text, article.language))
        grouped.setdefault((removal.reason, removal.kind), []).append(block)
    groups = [
        RemovalGroup(REASONS.get(reason, reason), kind, tuple(blocks)) for (reason, kind), blocks in grouped.items()
    ]
    return sorted(groups, key=lambda group: (group.kind is None, -len(group.blocks)))


def removed_in_short(removals: Iterable[Removal]) -> str:
    """How much was cut, in a few words."""
    cut = list(removals)
    marketing = sum(removal.kind is not None for removal in cut)
    blocks = "1 block" if len(cut) == 1 else f"{len(cut):,} blocks"
    advertise = {0: "none of it marketing", len(cut): "all of it marketing"}
    return f"{blocks}, {advertise.get(marketing, f'{marketing:,} of them marketing')}"
