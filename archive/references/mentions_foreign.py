"""Mentions of journals in German, French, Spanish, Italian, Portuguese and Dutch sentences."""

import re
from collections.abc import Iterator

from archive.references.journal_names import FLAGSHIPS, NAME_AHEAD, QUOTE, is_other, name_at
from archive.references.mention import HOUSE_AFTER, HOUSE_BEFORE, WORDS, Mention, before
from archive.text.word_lists import all_words, alternatives

_FREQUENT = tuple(all_words(WORDS["frequent"]))


def _foreign(table: str) -> str:
    """Return a pattern for the words of all languages but English."""
    return alternatives(all_words({language: words for language, words in WORDS[table].items() if language != "en"}))


_NOUNS = alternatives(all_words(WORDS["journal_nouns"]))
_MAGAZINES = alternatives(all_words(WORDS["magazine_nouns"]))
_PREPOSITIONS = alternatives(all_words(WORDS["prepositions"]))
_FOREIGN_NOUN = re.compile(
    rf"\b(?:(?P<learned>(?i:{_NOUNS}))|(?P<magazine>(?i:{_MAGAZINES})))(?: [a-zà-ÿ]{{2,20}}){{0,2}}:? {QUOTE}? ?"
    rf"{NAME_AHEAD}"
)
_FOREIGN_IN = re.compile(rf"\b{_PREPOSITIONS} {QUOTE}? ?{NAME_AHEAD}")
_FOREIGN_RESEARCH = re.compile(rf"\b{_foreign('research')}", re.IGNORECASE)
_FOREIGN_PUBLISHED = re.compile(
    rf"\b{_foreign('published')}\b",
    re.IGNORECASE,
)
_FOREIGN_CLOSE = re.compile(
    rf"\b{_foreign('published')}"
    rf"(?: [\wÀ-ÿ.]+){{0,4}} {_PREPOSITIONS} {QUOTE}? ?$",
    re.IGNORECASE,
)
_PUBLISHED_AFTER = re.compile(
    rf"{QUOTE}?[^.;!?\n]{{0,60}}?\b{alternatives(all_words(WORDS['published_after']))}", re.IGNORECASE
)


def foreign_mentions(text: str) -> Iterator[Mention]:
    """Yield `im Fachmagazin "Nature"`, `publiée dans The Lancet`, `sulla rivista Cell`, `in „Nature“ berichtet`."""
    if not any(word in text for word in _FREQUENT):
        return
    for match in _FOREIGN_NOUN.finditer(text):
        name = name_at(text, match.end())
        if name is None or is_other(name.text) or text[match.start() : match.start() + 8] == "Journal ":
            continue
        lead = before(text, match.start(), 90)
        if HOUSE_BEFORE.search(lead) or HOUSE_AFTER.match(text, name.end):
            continue
        published = _FOREIGN_PUBLISHED.search(lead) or _PUBLISHED_AFTER.match(text, name.end)
        known = name.standing is not None and (_FOREIGN_RESEARCH.search(lead) or published)
        if match["learned"] or known or published:
            yield Mention(name.start, name.end, name.text)
    for match in _FOREIGN_IN.finditer(text):
        name = name_at(text, match.end())
        if name is None or not (name.standing == "sure" or name.text in FLAGSHIPS):
            continue
        lead = before(text, name.start, 90)
        if _FOREIGN_CLOSE.search(lead) or (
            (name.standing == "sure" or text[name.start - 1] in '"“„«»‘‹')
            and (_FOREIGN_RESEARCH.search(lead) or _PUBLISHED_AFTER.match(text, name.end))
            and not HOUSE_BEFORE.search(lead)
        ):
            yield Mention(name.start, name.end, name.text)
