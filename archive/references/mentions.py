"""Journals that running text names as the place of a publication: 发表在《…》上, published in …,
(… 311; 2490-2498, 2014).

Precision comes before recall: a name counts where the lexicon or its shape says journal and the sentence says that
something was published there. Names that are also everyday words need this in the words next to them.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from archive.article import Reference
from archive.references.journal_names import RUN, Name, is_other, name_at, standing
from archive.references.mention import Mention, before
from archive.references.mentions_cjk import cjk_mentions

# Between the preposition and the name: `in the peer-reviewed medical journal The Lancet`.
_BRIDGE = (
    r"(?:(?:the|this (?:week|month)[’']s|yesterday[’']s|today[’']s|its|an?) )?"
    r"(?:(?:[a-z][a-z-]{1,19}(?:ed|al|ing|ous|ic|ive)|open[- ]access|online|science|health|top|latest|journals?:?"
    r"|journal,|called|titled|named|magazine) ){0,4}"
    r"(?:the )?[\"“‘«*_]?"
)
_LEAD = re.compile(
    rf"\b(?P<word>in|by|journal)[:,]? {_BRIDGE}(?=[A-Z]|npj |eLife|eBioM|eClin|iScience|bioRxiv|medRxiv|arXiv)"
)
_RESEARCH = re.compile(
    r"\b(?:publi(?:sh|cation)|appear(?:s|ed|ing)?\b|print(?:ed)?\b|writ(?:ing|ten)|wrote|stud(?:y|ies)\b"
    r"|papers?\b|articles?\b|research"
    r"|trials?\b|findings?\b|results?\b|reviews?\b|analys[ie]s\b|report|editorial|commentary|letter|describ"
    r"|detailed|outlined|featured"
    r"|according|online|preprint|journal|issue|edition|scientists?\b|released|presented)",
    re.IGNORECASE,
)
# Words before an everyday word that make it a journal's name: `published online on Monday in`, `a study in`.
_CLOSE = re.compile(
    r"(?:\b(?:publish(?:ed|es|ing)|appear(?:s|ed|ing)?|printed|reported|described|detailed|outlined|posted"
    r"|writing|wrote)(?: [\w,.]+){0,6}"
    r"|\b(?:study|studies|paper|article|letter|report|editorial|commentary|review|research|findings|results"
    r"|edition|issue)(?: [\w,.]+){0,2})"
    r",? (?:in|by) (?:the )?(?:[\w-]+ ){0,4}[\"“‘«*_]?$|\bjournals?[:,]? (?:\w+ )?[\"“‘«*_]?$",
    re.IGNORECASE,
)
_ANNOUNCED = re.compile(r"\bjournals?(?: called| titled| named)?[:,]? [\"“‘«*_]?(?:the )?[\"“‘«*_]?$", re.IGNORECASE)
_PUBLISHED_IN = re.compile(
    r"\b(?:publish(?:ed|es|ing)|appear(?:s|ed|ing)?)\b[^;:]{0,70}\bin (?:the )?[^;:]{0,50}$", re.IGNORECASE
)
_OTHER_ROLE = re.compile(
    r"\b(?:editors?(?:-in-chief)?|editorial board|board member|reviewers?|subscri\w+|impact factor|publisher of"
    r"|founder)\b.{0,60}$",
    re.IGNORECASE,
)
# What makes of a journal's name something else: `Nature's`, `science and technology`, `heart-healthy`.
_GOES_ON = re.compile(
    r"[’']s\b|-[a-z]| (?:and|or) (?!(?:its|is|was|has|had|found|show\w*|the|by|led|in|on|will|could|co|also"
    r"|suggest\w*|report\w*)\b)[a-z]"
)
# `Lecture Notes in Computer Science`: the preposition is a part of a longer name.
_WITHIN_NAME = re.compile(r"\b(?!\w+day\b|Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[A-Z][a-z]+ (?:in|by) $")
_FOREIGN = re.compile(
    r"\b(?:(?:im|in der|in dem) (?:\w+ ){0,2}(?:Fachjournal|Fachmagazin|Fachzeitschrift|Fachblatt|Journal)"
    r"|dans (?:la revue|le journal)"
    r"(?: [a-zà-ÿ]+){0,2}|(?:en|na|nella) (?:la )?(?:revista|rivista)(?: [a-zà-ÿ]+){0,2}) [\"“„«»‘]? ?(?=[A-Z])"
)
_PAPER = re.compile(r" (?:stud(?:y|ies)|papers?|articles?|report|editorial|review|trial|analysis|commentary|letter)\b")
_DETERMINED = re.compile(
    r"\b(?:an?|the|this|that|recent|new|latest|same|original|earlier|another|\d{4})\s$", re.IGNORECASE
)
_PUBLISHES = re.compile(
    r",? (?:(?:has|have|had|also|recently|just|today|earlier|previously) ){0,2}(?:publish(?:ed|es)|report(?:ed"
    r"|s)|carried|printed)\b"
)
_YEAR_AFTER = re.compile(r"[,，]? ?((?:19|20)\d\d) ?[)）\];；]")
_FIRST_WORD = re.compile(r"(?:An?|This|That|New|Recent|Another|One|In|Their|His|Her) ")
# Everyday words that in mid-sentence, with a capital and before `paper`, are these journals' names all the same.
_SPECIAL = frozenset({"Nature", "Science", "Cell"})
_PAGES = r"[A-Za-z]?\d{1,6}(?:\s?[-‐–—~]\s?[A-Za-z]?\d{1,6})?"
_YEAR = r"(?:19|20)\d\d"
# `JAMA 311; 2490-2498, 2014`, `Nat Med. 2020;26(2):1-5`: a short reference in parentheses. Its journal is what stands
# between the locator and the last full stop, comma or semicolon before it.
_SHORT = re.compile(
    rf"[(（\[](?:[^()（）\[\]\n]{{1,80}}[.,;，；]\s?)?(?P<journal>[A-Z][A-Za-z&.\s]{{1,70}}?|《[^》]{{2,40}}》)[,，.]?\s?(?:"
    rf"(?P<year>{_YEAR})(?:\s[A-Z][a-z]{{2}}[\s\d]{{0,4}})?\s?[;；,，]\s?(?P<volume>\d{{1,4}})\s?(?:\((?P<issue>[\w-]{{1,9}})\))?"
    rf"\s?[:：,，]\s?(?P<pages>{_PAGES})"
    rf"|(?P<volume_>\d{{1,4}})\s?(?:\((?P<issue_>[\w-]{{1,9}})\))?\s?[;:；：,，]\s?(?P<pages_>{_PAGES})\s?[,，;；(]?\s?(?P<year_>{_YEAR})\)?"
    rf")\s?\.?\s?[)）\]]"
)
_ENGLISH = re.compile(
    r"publi|journal|appear|report|stud|paper|article|research|review|writing|wrote|trial|Fach|revue|revista|rivista|[(（][A-Z]",
    re.IGNORECASE,
)


def find_mentions(text: str) -> list[Mention]:
    """Return the mentions in the order of the text; of two that overlap, the one with a locator, then the first."""
    found = list(_short(text))
    if _ENGLISH.search(text):
        found += _announced(text)
        found += _before_paper(text)
    found += cjk_mentions(text)
    kept: list[Mention] = []
    for mention in sorted(found, key=lambda each: (each.start, each.printed.volume is None, -each.end)):
        if not kept or mention.start >= kept[-1].end:
            kept.append(mention)
    return kept


def _announced(text: str) -> Iterator[Mention]:
    """`published in The Lancet`, `the journal Cell`, `im Fachmagazin "Nature"`: what comes before says it."""
    for match in _LEAD.finditer(text):
        name = name_at(text, match.end())
        if name and _is_published_there(text, name):
            yield Mention(name.start, name.end, name.text)
    for match in _FOREIGN.finditer(text):
        name = name_at(text, match.end())
        if name and not is_other(name.text):
            yield Mention(name.start, name.end, name.text)


def _is_published_there(text: str, name: Name) -> bool:
    lead = before(text, name.start, 120)
    if _OTHER_ROLE.search(lead) or _GOES_ON.match(text, name.end):
        return False
    if name.standing == "sure":
        return bool(_RESEARCH.search(lead))
    if name.standing == "common":
        return bool(_CLOSE.search(lead))
    announced = bool(_ANNOUNCED.search(lead))
    if _WITHIN_NAME.search(lead):
        return False
    if name.standing == "shaped":
        return announced or bool(_PUBLISHED_IN.search(lead))
    return announced and not is_other(name.text)


def _before_paper(text: str) -> Iterator[Mention]:
    """`a Nature paper`, `The Lancet reported`, `(Nature, 2019)`: what comes after the name says it."""
    for match in RUN.finditer(text):
        end = match.end()
        noun, verb, year = _PAPER.match(text, end), _PUBLISHES.match(text, end), _YEAR_AFTER.match(text, end)
        if not (noun or verb or year):
            continue
        first = _FIRST_WORD.match(match[0])
        start = match.start() + (first.end() if first else 0)
        name = text[start:end].rstrip(" .,:&-")
        sure = standing(name) == "sure"
        special = name in _SPECIAL
        lead = text[max(0, start - 24) : start]
        if year and lead[-1:] in {"(", "（"} and (sure or special):
            yield Mention(start, start + len(name), name, printed=Reference(year=int(year[1])))
        elif (sure and (noun or verb)) or (special and noun and _DETERMINED.search(lead)):
            yield Mention(start, start + len(name), name)


def _short(text: str) -> Iterator[Mention]:
    for match in _SHORT.finditer(text):
        name = match["journal"].strip(" .《》")
        if standing(name) or _is_abbreviated(name):
            found = {group.rstrip("_"): value for group, value in match.groupdict().items() if value}
            printed = Reference(
                year=int(found["year"]), volume=found["volume"], issue=found.get("issue"), pages=found["pages"]
            )
            yield Mention(match.start("journal"), match.end() - 1, name, printed=printed)


def _is_abbreviated(name: str) -> bool:
    """Return whether all words are capitalised and most are abbreviated, as in `J Clin Oncol`."""
    words = name.replace(".", " ").split()
    return 1 < len(words) <= 7 and all(word[0].isupper() for word in words) and sum(map(len, words)) <= 6.5 * len(words)


def to_reference(mention: Mention, text: str) -> Reference:
    """Return the mention as a reference that holds only what is printed."""
    raw = text[mention.start : mention.end]
    return replace(mention.printed, raw=raw, kind="mention", container_title=mention.container)
