"""Split lists of authors and recognise organisations."""

import re
from functools import cache

from archive.references.plain import plain
from archive.text.scripts import HAN, has_cjk

# Patterns read plain text (see `plain`): letters without accents, ASCII punctuation.
_PARTICLES = (
    r"(?:van|von|de|der|den|del|della|dela|di|da|dos|das|du|la|le|ten|ter|zu|zur|al|el|bin|ibn|af|av|St|Abi|Abu|Ben)"
)
_ET_AL = (
    r"(?:\bet\.?\s?al\b|\band\s(?:others|colleagues|co-?workers)\b|\bu\.\s?a\.|&\s?al\b"
    r"|(?:等人?|ほか|他|ら|외)(?=[\s,.:;()\[《「『<]|$))"
)
_ANY_ET_AL = re.compile(_ET_AL, re.IGNORECASE)
_FIRST_ET_AL = re.compile(rf"[\s,.;(\[]{{0,4}}{_ET_AL}", re.IGNORECASE)
_LAST_ET_AL = re.compile(
    r"(?:(?<![\s,;(])[\s,;(]+)?"
    r"(?:\bet\.?\s?al\b\.?|\band\s(?:others|colleagues)|\bu\.\s?a\.|等人?|외|"
    r"(?:(?<=[^\W\x00-\xff])|(?<=[^\W\x00-\xff]\s)|(?<=,)|(?<=,\s))(?:ほか|他|ら))[).]?\s?$",
    re.IGNORECASE,
)
_EDITORS = re.compile(r",?\s?[(\[]?\b(?:eds?|editors?|Hrsg)\b\.?[)\]]?$|主编$", re.IGNORECASE)
_AND = re.compile(r"(?:[,;]\s?)?(?:\s?&\s?|(?<!\w)(?:and|und|et|y)\s(?!al\b))", re.IGNORECASE)
_INITIALS = re.compile(
    rf"(?:[A-Z][a-z]?\.?(?:[\s-]{{0,2}}[A-Z][a-z]?\.?){{0,4}}(?:\s{_PARTICLES}){{0,3}}|[A-Z]{{1,4}})$"
)
_SUFFIX = re.compile(r"(?:[JS]r|II|III|IV|2nd|3rd)\.?")
_ENDS_IN_INITIALS = re.compile(r"(?:^|\s)[A-Z]{1,3}\.?$|^[A-Z]\.")
_ONE_WORD = re.compile(rf"(?:{_PARTICLES}\s){{0,2}}\S+", re.IGNORECASE)
_ABBREVIATED = re.compile(r"(?:\b[A-Z]|\b[JS]r)\.$")
_GIVEN = re.compile(r"[A-Z][\w'-]+(?:\s[A-Z]\.)+")


def split(text: str) -> tuple[str, ...]:
    """Split a list of authors into one string per name; the name of an organisation stays whole.

    Every name is a part of `text`; only "et al", "and", "eds" and punctuation are left out.
    """
    folded = plain(text).replace("、", ",")
    start, end = _inside(folded, 0, len(folded))
    for pattern in (_LAST_ET_AL, _EDITORS, _LAST_ET_AL):
        if match := pattern.search(folded, start, end):
            start, end = _inside(folded, start, match.start())
    if is_organisation(text[start:end]) and not re.search(r";|\b[A-Z]\.", folded[start:end]):
        return (text[start:end],)
    names: list[str] = []
    for left, right in _names(folded, start, end):
        left, right = _inside(folded, left, right)
        if left < right:
            name = text[left:right]
            names += name.split() if " " in name and _han_names().fullmatch(name) else [name]
    return tuple(names)


def leaves_out(authors: str) -> bool:
    """Return whether a list of authors says that there are more: by et al., 等, ほか and the like."""
    return bool(_ANY_ET_AL.search(plain(authors)))


def goes_on(after: str) -> bool:
    """Return whether the text after a list of authors begins with et al., 等, ほか or the like."""
    return bool(_FIRST_ET_AL.match(plain(after)))


@cache
def _han_names() -> re.Pattern[str]:
    return re.compile(rf"[{HAN}]{{2,4}}(?:\s[{HAN}]{{2,4}})+")


def _inside(folded: str, start: int, end: int) -> tuple[int, int]:
    """Strip punctuation from a span; a full stop stays after an initial."""
    while start < end and folded[start] in " ,;:.)]":
        start += 1
    while start < end and folded[end - 1] in " ,;:.([":
        if folded[end - 1] == "." and _ABBREVIATED.search(folded, max(start, end - 4), end):
            break
        end -= 1
    return start, end


def _names(folded: str, start: int, end: int) -> list[tuple[int, int]]:
    """Return the spans of names between semicolons or, without semicolons, between commas that separate names."""
    semicolons = ";" in folded[start:end]
    spans: list[tuple[int, int]] = []
    for group in re.compile(r"[^;]+").finditer(folded, start, end):
        left = group.start()
        for match in [*_AND.finditer(folded, *group.span()), None]:
            right = match.start() if match else group.end()
            spans += [(left, right)] if semicolons else _by_commas(folded, left, right)
            left = match.end() if match else right
    return spans


def _by_commas(folded: str, start: int, end: int) -> list[tuple[int, int]]:
    """`Clevers, H., Doe, J.` is two names, `Doyle, Arthur Conan` one, `Ann Lee, Bo Ek` two."""
    pieces = list(re.compile(r"[^,]+").finditer(folded, start, end))
    spans: list[tuple[int, int]] = []
    whole = True  # the last name is complete
    for number, match in enumerate(pieces):
        piece = match[0].strip()
        inverted = number == 1 and _ONE_WORD.fullmatch(pieces[0][0].strip()) and _given(piece, len(pieces))
        if spans and (inverted or _SUFFIX.fullmatch(piece) or (not whole and _INITIALS.match(piece))):
            spans[-1] = (spans[-1][0], match.end())
            whole = True
        else:
            spans.append(match.span())
            whole = bool(_ENDS_IN_INITIALS.search(piece))
    return spans


def _given(piece: str, pieces: int) -> bool:
    """Return whether the text after a surname and a comma is a given name in full."""
    if has_cjk(piece[:1]):
        return False
    return pieces == 2 or bool(_GIVEN.fullmatch(piece))


_ORGANISATION = re.compile(
    r"\b(?:Organi[sz]ation|Society|Association|Institutes?|Cent(?:er|re)s?|Committee|Council|Foundation|Agency|Ministry|Department|"
    r"College|Academy|Federation|Group|Collaborat(?:ion|ors)|Consortium|Initiative|Network|Clinic|University|WHO|CDC|NIH|FDA|NICE|UNICEF)\b"
    r"|(?:学会|协会|委员会|学组|协作组|卫生部|卫健委|委员|中心|研究院|研究所|组织|联盟|编写组|专家组|总局|医院|大学|協会|厚生労働省|省)[)）]?$"
)


def is_organisation(text: str) -> bool:
    """Return whether a text of at most 160 characters names an organisation."""
    return len(text) <= 160 and bool(_ORGANISATION.search(text))
