"""Group the removals of an article by reason, so that a reader can check them."""

from dataclasses import dataclass

from archive.article import Article
from archive.web.formatting import text_language
from archive.web.translation import gettext, ngettext
from archive.web.translation import gettext_noop as _

# How reasons are shown; a reason that is not listed is shown as stored.
REASONS = {
    "repeated title": _("the title, printed again"),
    "before title": _("above the title"),
    "empty section": _("headings with nothing under them"),
    "after the end": _("below the end of the article"),
    "recurring": _("on many pages of the site"),
    "left out": _("left out by the extractor"),
    "judge: not content": _("not part of the article, by a trained model"),
    "pager": _("page numbers"),
    "navigation": _("navigation"),
    "QR caption": _("captions of QR codes"),
    "applause": _("asking for applause"),
    "by-line": _("by-line"),
    "call to action": _("calls to action"),
    "comments": _("comments"),
    "contact": _("contact details"),
    "cookie notice": _("cookie notices"),
    "credits": _("credits"),
    "disclaimer": _("disclaimers"),
    "newsletter": _("newsletter"),
    "phone number": _("phone numbers"),
    "poll": _("polls"),
    "related articles": _("related articles"),
    "share bar": _("share buttons"),
    "advertisement": _("advertisements"),
    "appointment form": _("appointment forms"),
    "form field": _("fields of forms"),
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
        RemovalGroup(gettext(REASONS.get(reason, reason)), kind, tuple(blocks))
        for (reason, kind), blocks in grouped.items()
    ]
    return sorted(groups, key=lambda group: (group.kind is None, -len(group.blocks)))


def removal_summary(article: Article) -> str:
    """Say how many blocks were removed, how many of them are marketing, and how long these are."""
    removed, marketing = len(article.removals), len(article.advertising)
    blocks = ngettext("%(count)s block", "%(count)s blocks", removed)
    if not marketing:
        return gettext("%(blocks)s, none of it marketing", blocks=blocks)
    length = sum(len(removal.text) for removal in article.advertising)
    if marketing == removed:
        return gettext("%(blocks)s, all of it marketing (%(length)s characters)", blocks=blocks, length=length)
    return gettext(
        "%(blocks)s, %(marketing)s of them marketing (%(length)s characters)",
        blocks=blocks,
        marketing=marketing,
        length=length,
    )
