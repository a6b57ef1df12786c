"""Group the removals of an article by reason, so that a reader can check them."""

from dataclasses import dataclass

from archive.article import Article
from archive.web.formatting import text_language

# How reasons are shown; a reason that is not listed is shown as stored.
REASONS = {
    "repeated title": "the title, printed again",
    "before title": "above the title",
    "empty section": "headings with nothing under them",
    "after the end": "below the end of the article",
    "recurring": "on many pages of the site",
    "left out": "left out by the extractor",
    "judge: not content": "not part of the article, by a trained model",
    "pager": "page numbers",
    "navigation": "navigation",
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
    "form field": "fields of forms",
}


@dataclass(frozen=True, slots=True)
class RemovedText:
    """A removed block and its `lang` attribute."""

    text: str
    language: str


@dataclass(frozen=True, slots=True)
class RemovalGroup:
    """The blocks removed for one reason; `kind` is the kind of advertising, or None."""

    reason: str
    kind: str | None
    blocks: tuple[RemovedText, ...]


def removal_groups(article: Article) -> list[RemovalGroup]:
    """Return the article's removals by reason, marketing first, then by number of blocks."""
    grouped: dict[tuple[str, str | None], list[RemovedText]] = {}
    for removal in article.removals:
        block = RemovedText(removal.text, text_language(removal.text, article.language))
        grouped.setdefault((removal.reason, removal.kind if removal.advertises else None), []).append(block)
    groups = [
        RemovalGroup(REASONS.get(reason, reason), kind, tuple(blocks)) for (reason, kind), blocks in grouped.items()
    ]
    return sorted(groups, key=lambda group: (group.kind is None, -len(group.blocks)))


def removal_summary(article: Article) -> str:
    """Say how many blocks were removed, how many of them are marketing, and how long these are."""
    removed, marketing = len(article.removals), len(article.advertising)
    blocks = "1 block" if removed == 1 else f"{removed:,} blocks"
    if not marketing:
        return f"{blocks}, none of it marketing"
    share = "all of it" if marketing == removed else f"{marketing:,} of them"
    return f"{blocks}, {share} marketing ({sum(len(removal.text) for removal in article.advertising):,} characters)"
