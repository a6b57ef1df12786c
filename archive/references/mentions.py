"""Journals that running text names as the place of a publication: 发表在《…》上, published in …,
(… 311; 2490-2498, 2014).

Precision comes before recall: a name counts where the lexicon or its shape says journal and the sentence says that
something was published there. Names that are also everyday words need this in the words next to them.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from archive.article import Reference
from archive.references.journal_names import FLAGSHIPS, NAME_AHEAD, QUOTE, RUN, Name, is_other, key, name_at, standing
from archive.references.mention import HOUSE_AFTER, HOUSE_BEFORE, WORDS, Mention, before
from archive.references.mention_details import with_details
from archive.references.mentions_cjk import cjk_mentions
from archive.references.mentions_foreign import foreign_mentions
from archive.text.word_lists import all_words, alternatives

_PUBLISHED = alternatives(all_words(WORDS["published"]))
# Between the preposition and the name: `in the peer-reviewed medical journal The Lancet`.
_BRIDGE = (
    rf"(?:{alternatives(WORDS['between']['determiners'])} )?(?:{alternatives(WORDS['between']['words'])} ){{0,4}}"
    rf"(?:the )?{QUOTE}?"
)
_LEAD = re.compile(
    rf"\b(?P<word>in|by|journal|to|on|(?:issue|edition|pages|archives?|cover) of)[:,]? {_BRIDGE}{NAME_AHEAD}"
)
_RESEARCH = re.compile(rf"\b{alternatives(all_words(WORDS['research']))}", re.IGNORECASE)
# Words before an everyday word that make it a journal's name: `published online on Monday in`, `a study in`.
_CLOSE = re.compile(
    rf"(?:\b{_PUBLISHED}(?: [\w,.’']+){{0,6}}|\b{alternatives(all_words(WORDS['papers']))}(?: [\w,.]+){{0,2}})"
    rf",? (?:in|by) (?:the )?(?:[\w’'.-]+ ){{0,4}}{QUOTE}?$"
    rf"|\bjournals?(?: of)?[:,]? (?:\w+ )?{QUOTE}?$|\b(?:issue|edition|cover) of (?:the )?{QUOTE}?$"
    r"|\b(?:letter|comment) to (?:the )?$",
    re.IGNORECASE,
)
# What goes to a journal and appears there; papers that are submitted may not.
_SENT = re.compile(
    rf"\b{alternatives(WORDS['sent'])}\b"
    r"[^.;]{0,50} (?:to|on) [^.;]{0,50}$",
    re.IGNORECASE,
)
_ANNOUNCED = re.compile(rf"\bjournals?(?: called| titled| named| of)?[:,]? {QUOTE}?(?:the )?{QUOTE}?$", re.IGNORECASE)
# `the journal Sleep Stories`, not `about journal SEO` or `in the journal: Today`: the name of an unknown journal.
_INTRODUCED = re.compile(
    rf"\b(?:(?:the|a|an|in|by|[a-z]+(?:al|ed|ic|ing)|health|science) journals?(?: called| titled| named)?"
    rf"|journal,(?: called| titled)?) {QUOTE}?$"
)
_PUBLISHED_IN = re.compile(
    r"\b(?:(?:publish(?:ed|es|ing)|publication|appear(?:s|ed|ing)?|accepted)\b[^;:]{0,70}"
    r"|(?:reported|described|detailed|outlined)"
    r"(?: (?:online|today|yesterday|recently|earlier|\w+day|(?:this|last) \w+))?)"
    r"\s?\b(?:in|by|issue of|edition of) (?:the )?[^;:]{0,50}$",
    re.IGNORECASE,
)
# `a paper in Quiet Research Letters`: names that end, or begin, as no field of study does.
_PERIODICAL = re.compile(r"(?:[^:]* )?(?:Letters|Communications|Bulletin|Reviews|Reports|Annals|Archives)|Acta .*")
_PRINTED_IN = re.compile(r"\b(?:publish(?:ed|es|ing)|publication|accepted)\b[^;:]{0,70}$", re.IGNORECASE)
# What makes of a journal's name something else: `Nature's`, `science and technology`, `heart-healthy`.
_GOES_ON = re.compile(
    r"[’']s\b|-[a-z]| (?:and|or) (?!(?:its|is|was|has|had|found|show\w*|the|by|led|in|on|will|could|co|also"
    r"|suggest\w*|report\w*|\w+ed)\b)[a-z]"
)
# `Lecture Notes in Computer Science`, `Frontiers in Neuroscience`: the preposition is a part of a longer name.
_WITHIN_NAME = re.compile(
    r"\b(?!\w+day\b|Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec|Writing|Reporting|Published|Published|Research)"
    r"[A-Z][a-z]+ (?:in|by|on|to) $"
)
_SERIES = re.compile(
    r"\b(?:Frontiers|Advances|Trends|Progress|Topics|Methods|Perspectives|Reviews|Opinion) (?:in|on) $"
)
# What shows that a name before it is a journal's: `the Sleep Stories journal`, `Earth's Future, a journal of`.
_CALLED_AFTER = re.compile(
    rf"{QUOTE}?,? (?:(?:an?|the|which is an?|one of the) )?(?:{alternatives(WORDS['between']['adjectives'])} ){{0,3}}"
    r"journals?\b(?! [A-Z\"“‘'])"
)
# `in a US journal` names none.
_NATIONAL = r"(?:US|U\.S|USA|UK|U\.K|EU|English|French|Dutch|[A-Z]\w+(?:ish|ese|ean|ian|can|man))"
_NATION = re.compile(rf"{_NATIONAL}(?:[ -]{_NATIONAL})?")
_STATED = re.compile(
    rf"^[ \t　]{{0,4}}{alternatives(all_words(WORDS['stated']))}\s?[:：]\s?"
    rf"(?:(?:https?://|bit\.ly/|doi\.org/)[^\s]{{1,200}}\s)?{QUOTE}?(?=[A-Za-z])",
    re.IGNORECASE | re.MULTILINE,
)
_STATED_END = re.compile(
    rf"{QUOTE}?\s?(?:[,;，；]? ?(?:online|published|on|in|vol\b|volume|issue|\(?(?:19|20)\d\d|[A-Z][a-z]{{2,8}}\.? \d)"
    r"|[.。,，;；(（]|\s*(?:\n|$))"
)
_PAPER = re.compile(
    rf"(?: medical| science)?(?: journal)? {alternatives(WORDS['after_name']['papers'])}\b"
    rf"(?! {alternatives(WORDS['house']['places'])}\b)"
)
_DETERMINED = re.compile(
    r"\b(?:an?|the|this|that|recent|new|latest|same|original|earlier|another|\d{4})\s$", re.IGNORECASE
)
_PUBLISHES = re.compile(
    rf",? (?:{alternatives(WORDS['after_name']['adverbs'])} ){{0,2}}{alternatives(WORDS['after_name']['verbs'])}\b"
)
_YEAR_AFTER = re.compile(
    r"[,，.]? ?(?:published (?:online )?(?:\d{1,2} )?(?:[A-Z][a-z]+ )?)?((?:19|20)\d\d) ?[)）\];；,]"
    r"|[,，.]? ?doi ?[:：]"
)
# What stands before a journal and its year in parentheses: nothing, or authors: `(Smith et al., Nature 2020)`.
_IN_PARENTHESES = re.compile(
    r"[(（\[](?:(?:see|in|from|e\.g\.|cf\.|source:) |"
    r"[^()（）\[\]\n]{0,60}(?:et al\.?|colleagues|[A-Z][\w’'-]+|[A-Z]{1,3})[,.;]{1,2} "
    r"|[^()（）\[\]\n]{0,60}; )?$"
)
_FIRST_WORD = re.compile(
    r"(?:An?|The|This|That|New|Recent|Another|One|In|Their|His|Her|But|And|Source|SOURCE) (?:the )?"
)
_PAGES = r"[A-Za-z]?\d{1,6}(?:\s?[-‐–—~]\s?[A-Za-z]?\d{1,6})?"
_YEAR = r"(?:19|20)\d\d"
# `JAMA 311; 2490-2498, 2014`, `Nat Med. 2020;26(2):1-5`: a short reference in parentheses. Its journal is what stands
# between the locator and the last full stop, comma or semicolon before it.
_SHORT = re.compile(
    rf"[(（\[](?:[^()（）\[\]\n]{{1,80}}[.,;，；:：]\s?)?(?P<journal>[A-Z][A-Za-z&.\s]{{1,70}}?|《[^》]{{2,40}}》)[,，.]?\s?(?:"
    rf"(?P<year>{_YEAR})(?:\s[A-Z][a-z]{{2}}[\s\d]{{0,4}})?\s?[;；,，:：]\s?(?P<volume>\d{{1,4}})\s?(?:\((?P<issue>[\w-]{{1,9}})\))?"
    rf"\s?[:：,，;；]\s?(?:pp?\.?\s?)?(?P<pages>{_PAGES})"
    rf"|(?:vol\.?\s?)?(?P<volume_>\d{{1,4}})\s?(?:\((?P<issue_>[\w-]{{1,9}})\))?\s?[;:；：,，]\s?(?:pp?\.?\s?)?(?P<pages_>{_PAGES})"
    rf"\s?[,，;；(.]{{0,2}}\s?(?P<year_>{_YEAR})\)?"
    rf")(?:\s?[.;,]\s?(?:doi|DOI|PMID)[^()（）\[\]\n]{{1,80}})?\s?\.?\s?[)）\]]"
)


def find_mentions(text: str) -> list[Mention]:
    """Return the mentions in the order of the text; of two that overlap, the one with a locator, then the first."""
    found = list(_short(text))
    found += _stated(text)
    found += _announced(text)
    found += foreign_mentions(text)
    found += _before_paper(text)
    found += cjk_mentions(text)
    kept: list[Mention] = []
    for mention in sorted(found, key=lambda each: (each.start, each.printed.volume is None, -each.end)):
        if not kept or mention.start >= kept[-1].end:
            kept.append(mention)
    return [with_details(mention, text) for mention in kept]


def _announced(text: str) -> Iterator[Mention]:
    """`published in The Lancet`, `the journal Cell`: what comes before says it."""
    for match in _LEAD.finditer(text):
        name = name_at(text, match.end())
        if name and _is_published_there(text, name, match["word"]):
            yield Mention(name.start, name.end, name.text)


def _is_published_there(text: str, name: Name, word: str) -> bool:
    lead = before(text, name.start, 120)
    announced = bool(_ANNOUNCED.search(lead))
    if HOUSE_BEFORE.search(lead) or HOUSE_AFTER.match(text, name.end) or _SERIES.search(lead):
        return False
    if _GOES_ON.match(text, name.end) and not (announced and text[name.end : name.end + 1] == " "):
        return False
    if word in {"to", "on"} and not _CLOSE.search(lead) and not (name.standing == "sure" and _SENT.search(lead)):
        return False
    if name.standing == "sure":
        return bool(_RESEARCH.search(lead))
    if name.standing == "common":
        return bool(_CLOSE.search(lead)) and (word != "journal" or _speaks_of_research(text, name, lead))
    called = _CALLED_AFTER.match(text, name.end) and word in {"in", "by"} and _RESEARCH.search(lead)
    if called and not is_other(name.text) and not _NATION.fullmatch(name.text):
        return True
    if _WITHIN_NAME.search(lead):
        return False
    if name.standing == "shaped":
        if _PERIODICAL.fullmatch(name.text) and _CLOSE.search(lead):
            return True
        return announced or bool(_PUBLISHED_IN.search(lead) if ":" not in name.text else _PRINTED_IN.search(lead))
    return bool(_INTRODUCED.search(lead)) and not name.text.endswith(("'s", "’s")) and not is_other(name.text)


def _speaks_of_research(text: str, name: Name, lead: str) -> bool:
    """Return whether a sentence about `the journal Nature` speaks of a publication, not of the journal."""
    around = lead[:-9] + " " + text[name.end : name.end + 60]
    return bool(re.search(r"\b(?:[Ii]n|told) (?:the )?(?:[\w-]+ ){0,3}journal", lead)) or bool(_RESEARCH.search(around))


def _stated(text: str) -> Iterator[Mention]:
    """`Journal reference: Science Advances, 2020`, `SOURCE: The Lancet, online May 3`: a line that says where."""
    for match in _STATED.finditer(text):
        name = name_at(text, match.end())
        if name and (name.standing == "sure" or name.text in FLAGSHIPS) and _STATED_END.match(text, name.end):
            yield Mention(name.start, name.end, name.text)


def _before_paper(text: str) -> Iterator[Mention]:
    """`a Nature paper`, `The Lancet reported`, `(Nature, 2019)`: what comes after the name says it."""
    for match in RUN.finditer(text):
        end = match.end()
        noun, verb, year = _PAPER.match(text, end), _PUBLISHES.match(text, end), _YEAR_AFTER.match(text, end)
        if not (noun or verb or year):
            continue
        start = match.start()
        first = _FIRST_WORD.match(match[0])
        if first and (not _is_sure(match[0]) or (first[0] == "The " and key(match[0]) != "lancet")):
            start += first.end()
        name = text[start:end].rstrip(" .,:&-")
        sure = _is_sure(name)
        flagship = name in FLAGSHIPS
        lead = text[max(0, start - 70) : start]
        if not year and HOUSE_BEFORE.search(before(text, start, 70)):
            continue
        if year and _IN_PARENTHESES.search(lead) and (sure or flagship or (standing(name) and not year[1])):
            printed = Reference(year=int(year[1])) if year[1] else Reference()
            yield Mention(start, start + len(name), name, printed=printed)
        elif (sure and (noun or verb)) or (flagship and noun and _DETERMINED.search(lead)):
            yield Mention(start, start + len(name), name)


def _is_sure(name: str) -> bool:
    return standing(name.rstrip(" .,:&-")) == "sure"


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
