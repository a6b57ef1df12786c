"""Links of a page to papers and trials: read from the tree, then found again in the extracted text."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urljoin

from lxml.html import HtmlElement

from archive.article import Reference
from archive.references import identifiers
from archive.references.identifiers import Identifier
from archive.references.journal_names import standing
from archive.references.lines import BLOCKS
from archive.references.located import LocatedReference, with_identifiers
from archive.references.publisher_links import WorkLink, read_link
from archive.text.scripts import HAN
from archive.text.word_lists import all_words, alternatives, read_word_list

# Characters around a link by which its place in the final text is recognised, white space not counted.
_CONTEXT = 16
_STEPS = 12  # neighbouring nodes looked at for them
_WORDS = read_word_list("archive.references", "link_candidates")
_STATES = alternatives(all_words(_WORDS["stated"]))
_GLUED = re.compile(
    rf"(?:(?<!\s)\s+)?(?:\(?{alternatives(all_words(_WORDS['glued']))}\)?|[↗➚⧉\ue000-\uf8ff])\s*$", re.IGNORECASE
)
_STATED_BEFORE = re.compile(rf"{_STATES}[:：]?$", re.IGNORECASE)
_STATED_ITSELF = re.compile(rf"{_STATES}\s?[:：>»→]?", re.IGNORECASE)
# `Sleep Studies, 2022`, the text of a link: a journal and the year.
_WITH_YEAR = re.compile(r"(?P<name>.{2,100}?)[,，]?\s?[(（]?(?P<year>(?:19|20)\d\d)[)）]?")
_SMALL = frozenset({"of", "the", "and", "in", "for", "on", "&", "to"})
_STATED = re.compile(
    rf"{_STATES}\s?[:：]\s?(?P<target>https?://[^\s<>\"“”，。；、（）【】《》{HAN}]{{4,1000}}|10\.\d{{4}})",
    re.IGNORECASE,
)
_ELSEWHERE = frozenset({"nav", "footer", "aside"})


@dataclass(frozen=True, slots=True)
class LinkCandidate:
    """A link to a work, the text it is set on and what stands right before and after it in the same block.

    `stated` says that the page itself calls it the paper's address (原文链接：…): it then counts without standing in
    the final text, because extraction takes such lines for furniture.
    """

    work: WorkLink
    text: str
    lead: str
    trail: str
    stated: bool = False


def find_link_candidates(root: HtmlElement, url: str) -> tuple[LinkCandidate, ...]:
    """The tree's links to papers, preprints and trials, in order; `url` is the page's own, which is none of them.

    To be called after the lists have been taken out and before anything changes the links.
    """
    own = _own_identifiers(root, url)
    return tuple(each for each in (*_anchors(root, url), *_stated(root)) if each.work.identifier not in own)


def _own_identifiers(root: HtmlElement, url: str) -> set[Identifier]:
    """Return the identifiers of the page itself: that of its address, and the DOI that a journal's page declares."""
    link = read_link(url)
    found = {link.identifier} if link and link.identifier else set()
    for name in ("citation_doi", "prism.doi"):
        for meta in root.iterfind(f".//meta[@name='{name}']"):
            if doi := identifiers.normalise_doi(
                re.sub(r"^(?:doi:\s*|https?://(?:dx\.)?doi\.org/)", "", meta.get("content", ""))
            ):
                found.add(Identifier("doi", doi))
    return found


def _anchors(root: HtmlElement, url: str) -> Iterator[LinkCandidate]:
    for link in root.iter("a"):
        href = (link.get("href") or "").strip()
        work = read_link(urljoin(url, href) if href.startswith("//") else href)
        if work is None:
            continue
        text = " ".join("".join(link.itertext()).split())
        if text:
            lead = _beside(link, -1)
            announced = _STATED_BEFORE.search(lead) or _STATED_ITSELF.fullmatch(text[:60])
            stated = bool(announced) and not _is_elsewhere(link)
            yield LinkCandidate(work, text, lead, _beside(link, 1), stated)


def _stated(root: HtmlElement) -> Iterator[LinkCandidate]:
    """Addresses and DOIs that are printed, not linked, after words like 原文链接."""
    printed = root.text_content()
    if "://" not in printed and "10." not in printed:
        return
    if not any(("://" in text or "10." in text) and _STATED.search(text) for text in root.itertext()):
        return
    for text in root.xpath("//text()"):  # strings that know their parents; making them all costs more than looking
        if match := _STATED.search(text):
            target = match["target"].rstrip(".,;:!?'*")
            if target.startswith("10."):
                target = text[match.start("target") :].split(maxsplit=1)[0].rstrip(".,;:)!?'*。，；）")
                doi = identifiers.normalise_doi(text[match.start("target") :])
                work = WorkLink("", Identifier("doi", doi), None) if doi else None
            else:
                work = read_link(target)
            if work and not _is_elsewhere(text.getparent()):
                yield LinkCandidate(work, target, "", "", stated=True)


def _is_elsewhere(element: HtmlElement) -> bool:
    """Return whether an element lies in navigation, a footer or beside the article."""
    return any(each.tag in _ELSEWHERE for each in (element, *element.iterancestors()))


def _squeezed(text: str) -> str:
    return "".join(text.split())


def _beside(link: HtmlElement, step: int) -> str:
    """Up to `_CONTEXT` characters before (-1) or after (1) a link within its block, white space left out."""
    found, element = "", link
    for _ in range(_STEPS):
        parent = element.getparent()
        if step > 0:
            found += _squeezed(element.tail or "")
            other = element.getnext()
        else:
            other = element.getprevious()
            found = (
                _squeezed((other.tail if other is not None else parent.text if parent is not None else "") or "")
                + found
            )
        if len(found) >= _CONTEXT or parent is None:
            break
        if other is None:
            if parent.tag in BLOCKS:
                break
            element = parent
        elif other.tag in BLOCKS or other.tag == "br":
            break
        else:
            inner = _squeezed("".join(other.itertext())) if isinstance(other.tag, str) else ""
            found = found + inner if step > 0 else inner + found
            element = other
    return found[:_CONTEXT] if step > 0 else found[-_CONTEXT:]


def place(text: str, found: Sequence[LinkCandidate]) -> Iterator[LocatedReference]:
    """Return the links that stand in the text, with their offsets."""
    if not found:
        return
    offsets = [at for at, char in enumerate(text) if not char.isspace()]
    squeezed = "".join([text[at] for at in offsets])
    position = 0
    for candidate in found:
        at = _locate(squeezed, candidate, position)
        if at is None and candidate.stated:
            yield LocatedReference(len(text), len(text), _linked(candidate))
        if at is None:
            continue
        size = len(_squeezed(candidate.text))
        position = at
        yield LocatedReference(offsets[at], offsets[at + size - 1] + 1, _linked(candidate))


def _locate(squeezed: str, candidate: LinkCandidate, position: int) -> int | None:
    """Where a link's text begins: with what stands on both sides of it, else on one, from the last link on first."""
    own = _squeezed(candidate.text)
    tries = [(candidate.lead, candidate.trail), (candidate.lead, ""), ("", candidate.trail)]
    for lead, trail in tries:
        if len(lead) + len(trail) < 4 and len(lead) + len(own) + len(trail) < 12:
            continue
        for start in (position, 0):
            at = squeezed.find(lead + own + trail, start)
            if at >= 0:
                return at + len(lead)
    return None


def _linked(candidate: LinkCandidate) -> Reference:
    work = candidate.work
    text = _GLUED.sub("", candidate.text).strip()
    name, year = _journal(text)
    kind = "link" if candidate.lead or not candidate.stated else "inline"
    reference = Reference(raw=text, kind=kind, url=work.url or None, container_title=name or work.container, year=year)
    return with_identifiers(reference, [work.identifier] if work.identifier else [])


def _journal(text: str) -> tuple[str | None, int | None]:
    """Return the journal, and the year after it, that a link's text consists of; None for other texts."""
    name = text.strip(" 《》\"“”‘’'*.,")
    if len(name) > 120:
        return None, None
    dated = _WITH_YEAR.fullmatch(name)
    plain = dated["name"].strip(" 《》\"“”‘’'*.,") if dated else name
    if standing(plain) in {"sure", "common"} or (standing(plain) == "shaped" and _is_capitalised(plain)):
        return plain, int(dated["year"]) if dated else None
    return None, None


def _is_capitalised(name: str) -> bool:
    """Return whether a name is written as a title, which tells `Psychiatry Research` from `related research`."""
    words = name.split()
    return len(words) > 1 and all(word[0].isupper() or word in _SMALL for word in words)
