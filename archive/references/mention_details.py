"""What is printed beside a journal's name: the year, the volume and issue, and the first author."""

import re
from dataclasses import replace

from archive.references.mention import WORDS, Mention, after, before
from archive.text.scripts import HAN
from archive.text.word_lists import all_words, alternatives

_YEAR = r"(?P<year>(?:19|20)\d\d)(?!\d)"
_DAY = r"(?:[A-Z][a-zé]{2,8}\.? (?:\d{1,2}(?:st|nd|rd|th)?,? )?(?:of )?|\d{1,2}\.? [A-Za-zé]{3,10}\.? )?"
_CLOSING = "[\"”“»’'》」』*)]?"
# `… in 2016`, `…, 2019`, `… (July 2026)`, `… on May 3, 2019`.
_AFTER = re.compile(
    rf"{_CLOSING}(?:,? (?:medical )?journal)?[,;]?\s?"
    rf"(?:\((?:published )?|online |published |(?:back )?(?:in|on|en|im) )?"
    rf"(?:online )?(?:(?:early|late|mid)[- ])?{_DAY}{_YEAR}"
)
# `published in 2024 in …`, `published online Feb. 16, 2023, by the …`.
_PUBLISHED = re.compile(
    rf"\b{alternatives(all_words(WORDS['published']))}\b[^\d.;!?\n]{{0,20}}"
    rf"(?:[A-Z][a-z]{{2,8}}\. ?)?(?:\d{{1,2}},? )?{_YEAR},? "
    r"[^\d;!?\n]{0,40}$",
    re.IGNORECASE,
)
# `a 2019 paper in …`.
_PAPER = re.compile(
    rf"\b{_YEAR} (?:[a-z-]+ ){{0,4}}{alternatives(all_words(WORDS['papers']))}\b[^\d.;!?\n]{{0,60}}$", re.IGNORECASE
)
_CHINESE_BEFORE = re.compile(rf"{_YEAR}\s?年(?:\s?\d{{1,2}}\s?月)?(?:\s?\d{{1,2}}\s?日)?[^\d。；;]{{0,20}}$")
_CHINESE_AFTER = re.compile(
    rf"[》」』”\"]?(?:[(（][^()（）\d]{{1,60}}[)）])?[{HAN}]{{0,3}}[,，\s(（]{{0,2}}{_YEAR}\s?年?"
    r"(?:\s?第?\s?(?P<volume>\d{1,4})\s?卷)?(?:[,，\s]?第?\s?(?P<issue>\d{1,4})\s?期)?"
)
# `Smith and colleagues, writing in …`, `Smith et al. reported in …`.
_AUTHOR = re.compile(
    r"(?P<author>[A-Z][\w’'-]{1,30}(?: [A-Z][\w’'.-]{0,30}){0,2}),?"
    r" (?:et al\b\.?|and (?:(?:his|her|their) )?(?:colleagues|co-?workers|co-?authors|collaborators))"
    r"[^.;()\d]{0,50}(?:\((?P<year>(?:19|20)\d\d)\)[^.;()\d]{0,40})?(?:\(|[.,] )?$"
)
_TITLED = re.compile(r"(?:Dr|Prof|Professor|Mr|Mrs|Ms|The|But|And|In|As|When)\.? ")


def with_details(mention: Mention, text: str) -> Mention:
    """Return the mention with the year, volume, issue and author printed beside it, where it has no year yet."""
    printed = mention.printed
    lead = before(text, mention.start, 100)
    if printed.year is None:
        rest = after(text, mention.end, 90)
        match = (
            _CHINESE_AFTER.match(rest)
            or _AFTER.match(rest)
            or _PUBLISHED.search(lead)
            or _PAPER.search(lead)
            or _CHINESE_BEFORE.search(lead)
        )
        if match:
            found = match.groupdict()
            printed = replace(printed, year=int(found["year"]), volume=found.get("volume"), issue=found.get("issue"))
    if author := _AUTHOR.search(lead):
        year = printed.year or (int(author["year"]) if author["year"] else None)
        printed = replace(printed, authors=(_TITLED.sub("", author["author"]),), et_al=True, year=year)
    return mention if printed is mention.printed else replace(mention, printed=printed)
