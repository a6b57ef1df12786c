"""Prepare an article's references for a template, with their markers, identifiers, works and retraction warnings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from archive.article import Article, Reference
from archive.evidence import appraise_study
from archive.evidence.wording import summary
from archive.literature.checking.verdicts import Check
from archive.references.identifiers import from_url
from archive.references.labels import read_label
from archive.web.formatting import (
    IdentifierLink,
    RetractionWarning,
    host,
    identifier_links,
    retraction_warning,
    text_language,
    web_link,
)
from archive.web.openurl import reference_openurl
from archive.web.translation import gettext, ngettext, translated
from archive.web.translation import gettext_noop as _
from archive.works.citing import CitedWork
from archive.works.doubt_words import sentence
from archive.works.retractions import WARNED_OF, Flag

KINDS = {"link": _("link in the text"), "inline": _("named in the text"), "mention": _("mentioned")}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceView:
    """A reference as a template shows it.

    `markers` are the indexes of the citations that point to it. `kind` says how it was found, None for an entry of a
    reference list. `url` is a URL of its own that no identifier stands for. `openurl` describes the work for reference
    managers. `doubt` says what contradicts in it, `verdict` what else a check found, "" for nothing. `study` is what
    the title says of the design, the subjects and the sample of the work.
    """

    position: int
    label: str
    text: str
    language: str
    kind: str | None
    markers: tuple[int, ...]
    identifiers: tuple[IdentifierLink, ...]
    url: str | None
    host: str | None
    work: CitedWork | None
    warning: RetractionWarning | None
    doubt: str
    verdict: str
    openurl: str | None
    study: str | None


def reference_views(
    article: Article, flags: Sequence[Flag], works: Mapping[int, CitedWork], checks: Mapping[int, Check]
) -> list[ReferenceView]:
    """Return the article's references in order; `works` and `checks` are by their position."""
    warnings = {flag.position: retraction_warning(flag) for flag in flags}
    markers: dict[int, list[int]] = {}
    for number, citation in enumerate(article.citations):
        for position in dict.fromkeys(citation.references):
            markers.setdefault(position, []).append(number)
    return [
        _reference_view(
            article,
            position,
            reference,
            tuple(markers.get(position, ())),
            warnings.get(position),
            works.get(position),
            checks.get(position),
        )
        for position, reference in enumerate(article.references)
    ]


def retraction_summary(flags: Sequence[Flag]) -> str | None:
    """Say how many cited works are retracted or have an expression of concern; None if there are none."""
    numbers = {status: len({flag.work_id for flag in flags if flag.status == status}) for status in WARNED_OF}
    parts = []
    if retracted := numbers["retracted"]:
        parts.append(ngettext("%(count)s has been retracted", "%(count)s have been retracted", retracted))
    if doubted := numbers["concern"]:
        parts.append(
            ngettext("%(count)s has an expression of concern", "%(count)s have an expression of concern", doubted)
        )
    if not parts:
        return None
    return gettext("Of the works that this article cites, %(what)s.", what=gettext(" and ").join(parts))


def _reference_view(
    article: Article,
    position: int,
    reference: Reference,
    markers: tuple[int, ...],
    warning: RetractionWarning | None,
    work: CitedWork | None,
    check: Check | None,
) -> ReferenceView:
    label = read_label(reference.raw)
    is_labelled = label is not None and label.name == reference.label
    text = reference.raw[label.end :] if label and is_labelled else reference.raw
    url = None if reference.url and from_url(reference.url) else web_link(reference.url)
    return ReferenceView(
        position=position,
        label=reference.label or "",
        text=text or reference.raw,
        language=text_language(text, article.language),
        kind=gettext(KINDS[reference.kind]) if reference.kind in KINDS else None,
        markers=markers,
        identifiers=tuple(identifier_links(reference)),
        url=url,
        host=host(url) if url else None,
        work=work,
        warning=warning,
        doubt=translated(sentence(check)) if check and check.verdict == "contradicts" else "",
        verdict=translated(sentence(check)) if check and check.verdict != "contradicts" else "",
        openurl=reference_openurl(reference, text or reference.raw),
        study=summary(appraise_study(reference.title)) if reference.title else None,
    )
