"""Which names are journals': a lexicon of those that news print, and the shapes by which others show themselves."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple

from archive.text.scripts import HAN, HANGUL, KANA
from archive.text.word_lists import alternatives, read_word_list

Standing = Literal["sure", "common", "shaped"]
_DATA: dict[str, Any] = read_word_list("archive.references", "journals")


def key(name: str) -> str:
    """Return a name for comparison: lower case, no article, `&` as `and`, no dots, hyphens and brackets."""
    name = re.sub(r"[’‘`]", "'", name).replace("&", " and ")
    name = re.sub(r"[^\w']+", " ", name).strip().lower()
    return name.removeprefix("the ")


_TITLES: Mapping[str, Sequence[str]] = _DATA["titles"]
_TITLE_BY_NAME = {key(name): title for title, names in _TITLES.items() for name in (*names, title)}
_COMMON = frozenset(map(key, [*_DATA["common"], *_DATA["chinese_common"]]))
_SURE = frozenset([*map(key, [*_DATA["sure"], *_DATA["chinese_sure"]]), *_TITLE_BY_NAME]) - _COMMON
FLAGSHIPS = frozenset(_DATA["flagships"])
_MAGAZINES = frozenset(map(key, _DATA["magazines"]))
_NO_FAMILY = tuple(map(key, _DATA["no_family"]))
_FAMILIES = tuple(f"{key(name)} " for name in _DATA["families"])
# Chinese names that are found without 《》: not those that other words go on from (中国科学, 中国科学院).
_BY_THEMSELVES = {
    name
    for name in (*_DATA["chinese_sure"], *(each for names in _TITLES.values() for each in names))
    if re.search("杂志$|雜誌$|期刊$|院刊$|院报$|院報$|年鉴$|年鑑$|柳[叶葉]刀$|刺[胳絡]針$", name)
}
CHINESE_NAMES = "|".join(sorted(map(re.escape, sorted(_BY_THEMSELVES)), key=len, reverse=True))
# Japanese and Korean names of journals, which are found without marks beside a word for journal.
FOREIGN_NAMES = "|".join(
    sorted(
        (re.escape(name) for names in _TITLES.values() for name in names if re.search(f"[{KANA}{HANGUL}]", name)),
        key=lambda name: (-len(name), name),
    )
)

_FIELD = re.compile(alternatives(_DATA["field_words"]))
_SHAPE = re.compile(
    r"(?:\w[\w' ]{0,60} )?(?:journal|annals|archives|transactions|bulletin) (?:of|on|for) \w.*|proceedings of \w.*"
    r"|(?:frontiers|advances|trends|progress|perspectives|current opinion|methods|topics) in \w.*|acta \w+.*"
    r"|(?:\w+ ){1,5}journal|bmc \w+.*|plos \w+.*|journal of .+"
)
_NO_JOURNAL = re.compile(rf"\b{alternatives(_DATA['no_journal_words'])}\b")
# Journals that carry their society's name: `Journal of the American Society of Nephrology`.
_SOCIETYS = re.compile(
    r"(?:\w+ ){0,4}(?:journal|annals|archives|transactions|bulletin) of "
    r"|proceedings of (?!.{0,100}\b(?:conference|congress|meeting|symposium|workshop)\b)"
)
_CHINESE_SHAPE = re.compile(
    rf"[{HAN}·・\-—－]{{0,18}}{alternatives(_DATA['chinese_fields'])}[{HAN}·・\-—－]{{0,14}}{alternatives(_DATA['chinese_endings'])}"
)
_CHINESE_FAMILY = re.compile(
    rf"{alternatives(_DATA['chinese_families'])}"
    rf"\s?(?:[·・•\-–—－:：/]{{1,2}}\s?|(?=[{HAN}]{{1,10}}(?:学|學|医学|通讯|报告|研究|代谢|治疗)$))\w{{1,14}}"
)


def standing(name: str) -> Standing | None:
    """Return whether a name is a journal's: `sure` and `common` ones are listed, `shaped` ones look like one."""
    plain = key(name)
    if not plain or plain in _MAGAZINES:
        return None
    if plain in _SURE:
        return "sure"
    if plain in _COMMON:
        return "common"
    if _CHINESE_FAMILY.fullmatch(name.strip()) or _CHINESE_SHAPE.fullmatch(name.strip()):
        return "sure"
    return _shape(plain)


def _shape(plain: str) -> Standing | None:
    if len(plain) > 120 or is_other(plain):
        return None
    if plain.startswith(_FAMILIES) and _FIELD.search(plain):
        return "sure"
    if plain.startswith(("lancet ", "jama ", "plos ", "bmc ", "npj ", "nature reviews ")):
        return "sure"
    if plain.startswith(("journal of ", "annals of ", "archives of ")) or re.search(r"\w journal of \w", plain):
        return "sure"
    words = plain.split()
    if _SHAPE.fullmatch(plain) or plain.startswith(_FAMILIES) or (1 < len(words) <= 7 and _FIELD.fullmatch(words[-1])):
        return "shaped"
    return None


def journal_title(name: str) -> str | None:
    """Return the title of the journal that a name, abbreviation or translation stands for, None if it is not listed.

    >>> journal_title("《新英格兰医学杂志》"), journal_title("N. Engl. J. Med."), journal_title("Quiet Walking")
    ('New England Journal of Medicine', 'New England Journal of Medicine', None)
    """
    return _TITLE_BY_NAME.get(key(name))


def is_magazine(name: str) -> bool:
    """Return whether a name is listed as that of a newspaper, a magazine or a site for the public."""
    if key(name) in _MAGAZINES:
        return True
    return key(name) not in _SURE and bool(re.search(r"(?<![学學通院])[报報]$|周刊$|晚报|日报|时报", name.strip()))


def is_other(name: str) -> bool:
    """Return whether a name is certainly no journal's but a magazine's, a site's, an institution's or a meeting's."""
    plain = key(name)
    if is_magazine(name):
        return True
    if plain in _SURE:
        return False
    return plain.startswith(_NO_FAMILY) or (bool(_NO_JOURNAL.search(plain)) and not _SOCIETYS.match(plain))


class Name(NamedTuple):
    """A name as printed, and its offsets in the text."""

    text: str
    start: int
    end: int
    standing: Standing | None


# Not \w: that would take in the Chinese words that follow a name without a space.
_PART = (
    r"(?:[A-ZÀ-ÖØ-Þ][A-Za-z0-9\u00c0-\u024f’'&+-]*\.?"
    r"|npj|eLife|eBioMedicine|eClinicalMedicine|iScience|mBio|(?:bio|med)Rxiv|arXiv)"
)
RUN = re.compile(rf"{_PART}(?:(?: & |: ?|-| )(?:(?:of|and|the|in|for|on|&|to) ){{0,3}}{_PART}){{0,12}}")
NAME_AHEAD = r"(?=[A-ZÀ-ÖØ-Þ]|npj |eLife|eBioM|eClin|iScience|bioRxiv|medRxiv|arXiv|mBio\b)"  # what `RUN` begins with
QUOTE = "[\"“„”«»‘'’*_‹]"  # what may stand around a name
_IN_NAME = re.compile(
    r"\b(?:Frontiers|Advances|Trends|Progress|Perspectives|Opinion|Methods|Topics|Archives of Disease) in "
)
# Where a run of capitalised words may be more than a name: `Nature Medicine on Monday`, `Cell and Neuron`.
_CUT = re.compile(
    r" (?:in|on|to|for|and|of|the|&) |: ?"
    r"| (?=(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b"
    r"|(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}\b)"
)

# A run goes on after the full stop of an abbreviation, not after that of a sentence.
_SENTENCES = re.compile(r"(?:(?<=[a-z]{6})|(?<=[A-Z]{3}))\. | and (?=The )")


def name_at(text: str, start: int) -> Name | None:
    """Return the run of capitalised words that begins at `start`."""
    match = RUN.match(text, start)
    return _cut(match) if match else None


def _cut(match: re.Match[str]) -> Name:
    """Return the longest beginning of a run that is a journal's name, else the run up to a preposition."""
    run, start = _SENTENCES.split(match[0], maxsplit=1)[0], match.start()
    for end in (len(run), *reversed([cut.start() for cut in _CUT.finditer(run)])):
        head = re.sub(r"['’]s$", "", run[:end].rstrip(" .,:&-'’"))
        found = standing(head)
        if found and (key(head) in _SURE or not re.search(r" (?:in|on|to) ", _IN_NAME.sub("", head))):
            return Name(head, start, start + len(head), found)
    plain = re.split(r" (?:in|on|to|for) (?=[A-Z])", run, maxsplit=1)[0].rstrip(" .,:&-'’")
    return Name(plain, start, start + len(plain), None)
