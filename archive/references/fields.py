"""Read authors, title, container and publisher: from the model's labels, and by rule where a type mark is printed."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from archive.references import author_lists
from archive.references.locators import YEAR, locate
from archive.references.prepared import PreparedReference
from archive.references.sequence_model import LabelledSpan


@dataclass(frozen=True, slots=True, kw_only=True)
class Fields:
    """The fields of a reference that hold words; `confidence` (0..1) is by the name of the field in Reference."""

    authors: tuple[str, ...] = ()
    et_al: bool = False
    title: str = ""
    container: str = ""
    publisher: str = ""
    confidence: Mapping[str, float] = field(default_factory=dict, hash=False)


_EDGES = "-–— \t,，.。．;；:：、·*_/“”\"«»„‘’'\x01"
_OPENERS, _CLOSERS = "([（［【《「『", ")]）］】》」』"


def trim(text: str) -> str:
    """Strip the punctuation that separates fields, and unpaired brackets."""
    text = text.lstrip(_EDGES + _CLOSERS).rstrip(_EDGES + _OPENERS)
    if text[:1] + text[-1:] in {"《》", "「」", "『』"} and not set(text[1:-1]) & set("《》「」『』"):
        return text[1:-1].strip(_EDGES)
    if not any(opener in text for opener in _OPENERS):
        text = text.rstrip(_EDGES + _CLOSERS)
    if not any(closer in text for closer in _CLOSERS):
        text = text.lstrip(_EDGES + _OPENERS)
    return text


def read_fields(prepared: PreparedReference, runs: Iterable[LabelledSpan]) -> Fields:
    """Return the fields of a prepared reference, given the spans that the model labelled."""
    by_label: dict[str, list[LabelledSpan]] = {}
    for run in runs:
        by_label.setdefault(run.label, []).append(run)
    modelled = _modelled(prepared.body, by_label)
    read = _marked(prepared, prepared.mark, by_label, modelled) if prepared.mark else _parted(modelled)
    return replace(read, et_al=_leaves_out(prepared.text, by_label.get("author", ())))


_BEGINNING = 120  # characters of an entry without known authors in which "et al." counts


def _leaves_out(text: str, runs: Sequence[LabelledSpan]) -> bool:
    """Return whether "et al." or the like is printed among or after the authors."""
    if not runs:
        return author_lists.leaves_out(text[:_BEGINNING])
    return author_lists.goes_on(text[runs[-1].end : runs[-1].end + 24]) or any(
        author_lists.leaves_out(text[run.start : run.end]) for run in runs
    )


_INITIAL = re.compile(r"(?:[.,]\s?|[.-])[^\W\d_a-z]$|\.\S{0,30}\s[^\W\d_a-z]$")


def _authors(body: str, runs: Iterable[LabelledSpan]) -> tuple[str, ...]:
    """Split all spans of authors into names; a name in dotted initials keeps its last full stop."""
    found: tuple[str, ...] = ()
    for run in runs:
        text = body[run.start : run.end]
        dotted = body[run.end : run.end + 1] == "." and _INITIAL.search(text)
        found += author_lists.split(body[run.start : run.end + bool(dotted)])
    return found


def _modelled(body: str, runs: Mapping[str, list[LabelledSpan]]) -> Fields:
    confidence: dict[str, float] = {}
    authors = _authors(body, runs.get("author", ()))
    if authors:
        confidence["authors"] = min(run.confidence for run in runs["author"])
    texts: dict[str, str] = {}
    for label, name in (("title", "title"), ("container", "container_title"), ("publisher", "publisher")):
        # A field printed once may be labelled twice by mistake; the longer stretch is the likelier.
        found = max(runs.get(label, ()), key=lambda run: run.end - run.start, default=None)
        if found and (text := trim(body[found.start : found.end])):
            texts[label] = text
            confidence[name] = found.confidence
    if "title" not in texts and "container" in texts and "publisher" in texts:
        # Journal first: `Sleep Rev. 2022;14(3):3. Night basics.` What ends such a reference is its title.
        texts["title"] = texts.pop("publisher")
        confidence["title"] = confidence.pop("publisher")
    return Fields(
        authors=authors,
        title=texts.get("title", ""),
        container=texts.get("container", ""),
        publisher=texts.get("publisher", ""),
        confidence=confidence,
    )


_DOUBT = 0.5  # of a field that the rule and the model read differently
_GLUED = re.compile(r"([^\W\d_][\w'’ -]{0,40} [A-Z]{1,3})\. ([^\W\d_][^.]{2,})")

_GLUED_HAN = re.compile(r"([^\W\x00-\xff]{2,4})[.．。]\s?([^\W\x00-\xff].+)")


def _parted(read: Fields) -> Fields:
    """Authors and title where the model ran them together: `Lee K. Insomnia` among Vancouver names, or an organisation
    that signs in front of what it published."""
    doubtful = {**read.confidence, "authors": _DOUBT, "title": _DOUBT}
    if read.authors and not read.title and (glued := _GLUED.fullmatch(read.authors[-1])):
        return replace(read, authors=(*read.authors[:-1], glued[1]), title=glued[2], confidence=doubtful)
    if read.authors and not read.title and (run := _GLUED_HAN.fullmatch(read.authors[-1])):
        return replace(read, authors=(*read.authors[:-1], run[1]), title=trim(run[2]), confidence=doubtful)
    signed, stop, rest = read.title.partition(". ")
    if not read.authors and stop and author_lists.is_organisation(signed):
        return replace(read, authors=(signed,), title=trim(rest), confidence=doubtful)
    return read


def _marked(
    prepared: PreparedReference, mark: re.Match[str], runs: Mapping[str, list[LabelledSpan]], modelled: Fields
) -> Fields:
    """GB/T 7714-2015: authors. title[J]. container, year, …; for [M], [D], [R], [S] place: publisher, year.

    The mark ends the title, and its letter says whether a container or a publisher follows.
    """
    authors, title = _left(prepared.body[: mark.start()], prepared.text[: mark.start()], runs, modelled)
    kind = mark[1].upper().partition("/")[0].strip()
    container, publisher = _right(prepared.body[mark.end() :], kind)
    confidence: dict[str, float] = {}
    read = Fields(authors=authors, title=title, container=container, publisher=publisher, confidence=confidence)
    for name, field_name in (("authors", "authors"), ("title", "title"), ("container", "container_title")):
        if value := getattr(read, name):
            agreed = value == getattr(modelled, name)
            confidence[field_name] = modelled.confidence[field_name] if agreed else _DOUBT
    if publisher:
        agreed = publisher == modelled.publisher
        confidence["publisher"] = modelled.confidence["publisher"] if agreed else _DOUBT
    return read


_STOP = re.compile(r"(?<![A-Z\s.][A-Z])(?<!^[A-Z])[.．。]\s?(?=\S)")
_MORE = re.compile(
    r"[\s,，;；、]{0,3}(?:et\.?\s?al\b\.?|等|ほか|他|ら|主编)?[\s,，.．。:：]{0,3}"
    rf"(?:[(（]?{YEAR}[a-z]?[)）]?[\s,，.．。:：]{{1,3}})?",
    re.IGNORECASE,
)


_YEAR_LAST = re.compile(rf"[\s,，(（]{{1,2}}{YEAR}[a-z]?[)）]?$")


def _left(
    body: str, text: str, runs: Mapping[str, list[LabelledSpan]], modelled: Fields
) -> tuple[tuple[str, ...], str]:
    """Return authors and title; the title reaches from the authors to the mark."""
    before = [run for run in runs.get("author", ()) if run.end < len(body)]
    if before:
        more = _MORE.match(text, before[-1].end)
        start = more.end() if more else before[-1].end
        if trim(body[start:]):
            return _authors(body, before), trim(body[start:])
    stop = _STOP.search(text)
    if stop and not modelled.authors:
        dated = _YEAR_LAST.search(text, 0, stop.start())
        if authors := author_lists.split(body[: dated.start() if dated else stop.start()]):
            return authors, trim(body[stop.end() :])
    return (), trim(body)


def _right(right: str, kind: str) -> tuple[str, str]:
    """Return container and publisher."""
    right = right.lstrip(" .．。,，;；")
    if kind in {"J", "N"}:
        locator = locate(right)
        return trim(_before_year(right[: locator.start] if locator else right)), ""
    if kind in {"C", "G", "A"} and (host := re.match(r"//\s?([^.。．]+)", right)):
        return trim(host[1]), trim(_publisher(right[host.end() :]))
    return "", trim(_publisher(right)) if kind in {"M", "D", "R", "S", "C", "G"} else ""


def _before_year(words: str) -> str:
    return re.split(rf"[,，.。;；]?\s?[(（]?{YEAR}", words, maxsplit=1)[0]


_PUBLISHER = re.compile(rf"(?:^|[.。．,，]\s?)[^.。．:：,，]{{1,30}}[:：]\s?([^,，:：]+?)\s?[,，.．]\s?(?={YEAR}|$)")


def _publisher(right: str) -> str:
    """`9版. 北京: 人民卫生出版社, 2018` and the like: what stands between the place and the year."""
    if match := _PUBLISHER.search(right):
        return match[1]
    match = re.search(rf"([^.。,，:：]{{1,60}})[,，]\s?{YEAR}", right)
    return match[1] if match else ""
