"""Format identifiers, retraction notices, links and languages for templates. Pure functions."""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from archive.article import Reference
from archive.references.identifiers import KINDS, to_url
from archive.text.scripts import has_cjk
from archive.web.stored_words import word
from archive.web.translation import day, gettext
from archive.works.retractions import Flag, Notice, RetractionState


@dataclass(frozen=True, slots=True)
class IdentifierLink:
    """An identifier of a work, with its URL."""

    name: str
    value: str
    url: str | None  # None: no service resolves identifiers of this kind
    origin: str = "printed"  # or the service that it was looked up in


@dataclass(frozen=True, slots=True)
class WorkNotice:
    """A notice of the Retraction Watch table as a sentence, with its URL; `is_severe` for a retraction or concern."""

    text: str
    url: str | None
    is_severe: bool


@dataclass(frozen=True, slots=True)
class RetractionWarning:
    """A sentence on a work that is retracted or has an expression of concern, with the URL of the notice."""

    text: str
    url: str | None
    is_concern: bool


def identifier_links(reference: Reference) -> list[IdentifierLink]:
    """Return the reference's identifiers that have a URL: at doi.org, PubMed, PMC …"""
    return [
        IdentifierLink(kind.upper(), value, url)
        for kind in KINDS
        if (value := getattr(reference, kind)) and (url := to_url(kind, value))
    ]


def retraction_warning(flag: Flag) -> RetractionWarning:
    """Return the warning on a cited work, with the notice's URL if it has a DOI."""
    what = {
        "retracted": gettext("This work has been retracted"),
        "concern": gettext("An expression of concern has been published on this work"),
    }
    came = {
        "before": gettext("The article was published before that."),
        "same day": gettext("The article was published on the same day."),
        "after": gettext("The article was published after that."),
        "unknown": gettext("Whether the article was published before or after that is not known."),
    }
    fact = what[flag.status]
    if flag.date:
        fact = gettext("%(fact)s (%(date)s)", fact=fact, date=day(flag.date))
    if flag.reasons:
        fact = gettext("%(fact)s: %(reasons)s", fact=fact, reasons="; ".join(flag.reasons))
    sentence = gettext("%(fact)s. %(came)s", fact=fact, came=came[flag.article_came])
    return RetractionWarning(sentence, to_url("doi", flag.doi) if flag.doi else None, flag.status == "concern")


def work_identifiers(identifiers: Iterable[tuple[str, str, str]]) -> list[IdentifierLink]:
    """Return a work's identifiers, given as tuples of kind, value and origin, with their URLs."""
    return [IdentifierLink(kind.upper(), value, to_url(kind, value), origin) for kind, value, origin in identifiers]


def work_notices(standing: RetractionState | None) -> list[WorkNotice]:
    """Return the notices on a work, oldest first."""
    return [_work_notice(notice) for notice in standing.notices] if standing else []


def web_link(url: str | None) -> str | None:
    """Return the URL if it is http or https, else None: a crawled page may give a `javascript:` URL."""
    try:
        return url if url and urlsplit(url).scheme in {"http", "https"} else None
    except ValueError:  # an unclosed bracket in the host
        return None


def host(url: str) -> str:
    """Return the host of a URL without `www.`, or the URL itself if it has no host."""
    try:
        return (urlsplit(url).hostname or url).removeprefix("www.")
    except ValueError:
        return url


def text_language(text: str, language: str | None) -> str:
    """Return the `lang` attribute of a stored text: a reference in an English article may be Chinese, or vice versa.

    '' means that only the script is known and is not CJK; a screen reader then decides for itself.
    """
    if has_cjk(text):
        return language if language and language.startswith(("zh", "ja", "ko")) else "zh"
    return "" if language and language.startswith(("zh", "ja", "ko")) else language or ""


def _work_notice(notice: Notice) -> WorkNotice:
    fact = gettext("%(nature)s, %(date)s", nature=word(notice.nature), date=day(notice.date) or gettext("undated"))
    if notice.reasons:
        fact = gettext("%(fact)s: %(reasons)s", fact=fact, reasons="; ".join(notice.reasons))
    text = gettext("%(fact)s.", fact=fact)
    url = to_url("doi", notice.doi) if notice.doi else None
    return WorkNotice(text, url, notice.nature in ("Retraction", "Expression of concern"))
