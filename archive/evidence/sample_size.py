"""Find how many were studied: a number before people or animals, in words that say that these were studied."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

from archive.evidence.phrases import nouns, words
from archive.evidence.quantities import NUMBER, number
from archive.text.scripts import HAN
from archive.text.word_lists import alternatives

# A number that is not part of another one, of an amount of money, of an ordinal or of a rate.
_NUMBER = re.compile(rf"(?<![a-z0-9./£$€¥#-])(?<!\d,)(?:n\s?=\s?)?(?P<number>{NUMBER})(?P<more>\s?(?:多|余)?)")
_NO_COUNT_BEFORE = re.compile(
    r"(?:[£$€¥第每前数几上]|[中内]有|发现|出现|新增|确诊|死亡|其中有?|不足|不到|少于|至多"
    r"|fewer than|less than|per|every|up to|(?:\d|one|two|three|four|five|six|seven|eight|nine|ten)\s(?:in|out of)"
    r"(?:\severy)?|age[ds]?|aged between|under|over the age of|top|type|phase|grade|stage|chapter|page|article)\s?$"
)
_HAN_COUNT = re.compile(r"\s?(?P<classifier>[名例位个只对人])(?P<after>[^,;:，。；：、]{0,16})")
_HAN_PEOPLE = frozenset("名例位人")  # these count people, whoever they are
_AGE_AFTER = re.compile(r"[\s-](?:to\s\d{1,3}-)?(?:day|week|month)s?[\s-]old|\s?(?:岁|个?月大|月龄)")
_COMPARED = re.compile(r"compared (?:with|to)\s(?:another\s|about\s|some\s)?$")
_LATIN_WORD = re.compile(
    r"\s?([a-z’'-]+(?:\d+[a-z’'-]*)?|\d{1,2}-?(?:\s?(?:and|to|or)\s?\d{1,2})?-?(?:year)s?-olds?)(,?)"
)
_MOST_WORDS = 5
_MOST = 5_000_000  # larger numbers of people are those of a country
_BEFORE, _AFTER = 90, 60
_LATIN_TOKEN = re.compile(r"[a-z][a-z’'-]*")
_RATE = re.compile(r"\s(?:per|in every|a year|each year)\s")
_CLAUSE = re.compile(r"[;:。；]|\.\s")
_YEARS = range(1900, 2100)
ALL, STRONG, ENROLLED, WEAK = 4, 3, 2, 1


@dataclass(frozen=True, slots=True)
class Counted:
    """A number of people or animals at `start` to `end` of a sentence.

    `weight` is how plainly they are said to have been studied.
    """

    value: int
    weight: int
    people: bool
    start: int
    end: int


def counted(sentence: str) -> Iterator[Counted]:
    """Yield the numbers of people and animals in a folded sentence in lower case."""
    for match in _NUMBER.finditer(sentence):
        value = number(match["number"])
        if value is None or not 1 <= value <= _MOST or value != int(value):
            continue
        if "=" in match[0]:
            yield Counted(int(value), STRONG, people=True, start=match.start(), end=match.end())
            continue
        before = sentence[max(0, match.start() - _BEFORE) : match.start()]
        if _NO_COUNT_BEFORE.search(before) or _served()(before) or _AGE_AFTER.match(sentence, match.end()):
            continue
        if sentence.startswith("-strong", match.end()):
            yield Counted(int(value), STRONG, people=True, start=match.start(), end=match.end())
            continue
        if _is_sample_of(before, sentence[match.end() : match.end() + 1]):
            yield Counted(int(value), STRONG, people=True, start=match.start(), end=match.end())
            continue
        is_year = int(value) in _YEARS and match["number"].isdigit()
        found = _han_noun(sentence, match.end()) or _latin_noun(sentence, match.end(), 1 if is_year else _MOST_WORDS)
        if found and not _RATE.match(sentence, found[1]):
            noun, end, people = found
            weight = _weight(sentence, match.start(), end, noun)
            yield Counted(int(value), weight, people, start=match.start(), end=end)


def _is_sample_of(before: str, after: str) -> bool:
    """Return whether a Chinese number stands behind words for a sample or those in it: 样本量为120, 受试者共30人."""
    stated = _stated()(before)
    return stated is not None and (stated["sample"] is not None or after in _HAN_PEOPLE)


@cache
def _stated() -> Callable[[str], re.Match[str] | None]:
    """Return the search for words behind which the size of the sample is stated."""
    lists = words()["sample"]
    sample, people = alternatives(lists["size"]["zh"]), alternatives(lists["called"]["zh"])
    return re.compile(
        rf"(?:(?P<sample>{sample})|{people})(?:总数|人数)?(?:共有|共计|合计|共|为|是|达到|达)?(?:约|近|超过)?\s?$"
    ).search


@cache
def _served() -> Callable[[str], re.Match[str] | None]:
    """Return the search for words before the number of those whom a hospital treats or employs."""
    lists = words()["sample"]
    since, treated = alternatives(lists["since"]["zh"]), alternatives(lists["treated"]["zh"])
    employed = alternatives(lists["employed"]["zh"])
    return re.compile(rf"(?:{since}{treated}了?|{employed}共?)(?:约|近|超过|超)?$").search


@cache
def _part() -> Callable[[str], re.Match[str] | None]:
    """Return the match for what some of those who are studied do, or what becomes of them."""
    fates = words()["sample"]["fate"]
    latin = rf"\s(?:in the \S{{1,12}} group\s)?{alternatives(fates['en'])}(?![a-z])"
    return re.compile(rf"[^,;:。]{{0,6}}?{alternatives(fates['zh'])}|{latin}").match


def _han_noun(sentence: str, position: int) -> tuple[str, int, bool] | None:
    match = _HAN_COUNT.match(sentence, position)
    if match is None:
        return None
    after = match["after"]
    if after.startswith(tuple(words()["sample"]["staff"]["zh"])):
        return None
    if match["classifier"] not in _HAN_PEOPLE:
        after = _not_people().split(after, maxsplit=1)[0]
    for name in ("people", "animals"):
        for noun in _han_nouns(name):
            if after.find(noun) >= 0:
                return noun, match.start("after") + after.find(noun) + len(noun), name == "people"
    if match["classifier"] in _HAN_PEOPLE:
        return match["classifier"], match.start("after"), True
    return None


@cache
def _not_people() -> re.Pattern[str]:
    """Return the pattern of what shows that a classifier for things counts things."""
    return re.compile(rf"\d|的|{alternatives(words()['sample']['things']['zh'])}")


@cache
def _han_nouns(name: str) -> tuple[str, ...]:
    return tuple(sorted((word for word in words()["nouns"][name]["zh"] if len(word) > 1), key=len, reverse=True))


@cache
def _latin_nouns(name: str) -> frozenset[str]:
    return frozenset(words()["nouns"][name]["en"])


def _latin_noun(sentence: str, position: int, most: int) -> tuple[str, int, bool] | None:
    """Return the noun that the number counts: the first of the next `most` words that is one."""
    for place in range(most):
        match = _LATIN_WORD.match(sentence, position)
        if match is None:
            return None
        word, position = match[1].strip("’'-"), match.end()
        if (word.endswith("year-olds") and (place or match[1][0].isdigit())) or word in _latin_nouns("people"):
            return word, position, True
        if word in _latin_nouns("animals"):
            return word, position, False
        if word in _english("stop") or (place == 0 and word in _english("joining")) or (match[2] and place):
            return None
    return None


def _weight(sentence: str, start: int, end: int, noun: str) -> int:
    before = _CLAUSE.split(sentence[max(0, start - _BEFORE) : start])[-1]
    after = _CLAUSE.split(sentence[end : end + _AFTER])[0]
    if _part()(after) or _COMPARED.search(before):
        return WEAK
    if _says(before, "before") or _says(after, "after"):
        return ALL if _says(before, "total") else STRONG
    if noun in nouns("enrolled") or before.endswith("of the ") or ("例" in sentence[start:end]):
        return ENROLLED
    return WEAK


def _says(clause: str, side: str) -> bool:
    lists = words()["sample"][side]
    if re.search(f"[{HAN}]", clause):
        return any(word in clause for word in lists["zh"])
    return not _english(side).isdisjoint(_LATIN_TOKEN.findall(clause))


@cache
def _english(side: str) -> frozenset[str]:
    return frozenset(words()["sample"][side]["en"])
