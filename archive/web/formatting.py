"""References, works and notices as links and sentences that a template can print: pure functions."""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from archive.article import Reference
from archive.references.identifiers import KINDS, to_url
from archive.text.scripts import has_cjk
from archive.works.retractions import Flag, Notice, Standing


@dataclass(frozen=True, slots=True)
class IdentifierLink:
    """An identifier as a link."""

    name: str
    value: str
    url: str | None  # None: nothing resolves identifiers of this kind
    origin: str = "printed"  # or the service that was asked


@dataclass(frozen=True, slots=True)
class WorkNotice:
    """A notice of the Retraction Watch table as a sentence, and where it is; `alarming`: it tells against the work."""

    text: str
    url: str | None
    alarming: bool


@dataclass(frozen=True, slots=True)
class Caution:
    """A sentence on a retracted or doubted work, and where the notice is."""

    text: str
    url: str | None
    is_concern: bool


def identifier_links(reference: Reference) -> list[IdentifierLink]:
    """Where the reference's identifiers lead: doi.org, PubMed, PMC …"""
    return [
        IdentifierLink(kind.upper(), value, url)
        for kind in KINDS
        if (value := getattr(reference, kind)) and (url := to_url(kind, value))
    ]


def caution(flag: Flag) -> Caution:
    """What a reader has to know of a cited work, with the notice's own address if it has a DOI."""
    what = {"retracted": "This work has been retracted", "concern": "An expression of concern is out on this work"}
    came = {
        "before": "The article came before that.",
        "same day": "The article came on the same day.",
        "after": "The article came after that.",
        "unknown": "Whether the article came before or after that is not known.",
    }
    when = f" ({flag.date})" if flag.date else ""
    because = f": {'; '.join(flag.reasons)}" if flag.reasons else ""
    url = to_url("doi", flag.doi) if flag.doi else None
    return Caution(f"{what[flag.status]}{when}{because}. {came[flag.article_came]}", url, flag.status == "concern")


def work_identifiers(identifiers: Iterable[tuple[str, str, str]]) -> list[IdentifierLink]:
    """A work's identifiers (kind, value, origin) as links where there is something to lead to."""
    return [IdentifierLink(kind.upper(), value, to_url(kind, value), origin) for kind, value, origin in identifiers]


def work_notices(standing: Standing | None) -> list[WorkNotice]:
    """What became of a work, notice by notice, oldest first."""
    return [_work_notice(notice) for notice in standing.notices] if standing else []


def web_link(url: str | None) -> str | None:
    """An address that a reader may follow: stored ones come from pages, and `javascript:` would run here."""
    try:
        return url if url and urlsplit(url).scheme in {"http", "https"} else None
    except ValueError:  # an unclosed bracket in the host
        return None


def host(url: str) -> str:
    """The host of an address, to name where a link leads; the address itself if it has none."""
    try:
        return (urlsplit(url).hostname or url).removeprefix("www.")
    except ValueError:
        return url


def text_language(text: str, language: str | None) -> str:
    """The language to mark a stored text with: an entry in an English article may be Chinese, and the other way round.

    '' where only the script is known and it is not one of CJK, so that a screen reader decides for itself.
    """
    if has_cjk(text):
        return language if language and language.startswith(("zh", "ja", "ko")) else "zh"
    return "" if language and language.startswith(("zh", "ja", "ko")) else language or ""


def _work_notice(notice: Notice) -> WorkNotice:
    because = f": {'; '.join(notice.reasons)}" if notice.reasons else ""
    text = f"{notice.nature}, {notice.date or 'undated'}{because}."
    url = to_url("doi", notice.doi) if notice.doi else None
    return WorkNotice(text, url, notice.nature in ("Retraction", "Expression of concern"))
