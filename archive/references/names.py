"""Lists of authors at the beginning of a text, in the ways they are printed."""

import re
from dataclasses import dataclass

_UPPER = r"A-ZÀ-ÖØ-ÞĀĂĄĆĈĊČĎĐĒĔĖĘĚĜĞĠĢĤĦĨĪĬĮİĴĶĹĻĽŁŃŅŇŌŎŐŒŔŖŘŚŜŞŠŢŤŦŨŪŬŮŰŲŴŶŸŹŻŽȘȚ"
_PARTICLE = (
    r"(?:(?:van|von|de|der|den|del|della|dela|di|da|dos|das|du|la|le|ten|ter|zu|zur|al|el|bin|ibn|af|av|Van|Von|De|Der|Den|Del|Di|Da|La|Le|Al|El|St\.?|Abi|Abu|Ben)"
    r"(?:\s|(?<=l)-|['’]))"
)
_WORD = rf"(?:[dDLO]['’])?[{_UPPER}][\w'’‐‑–-]+"
_SURNAME = rf"{_PARTICLE}{{0,3}}{_WORD}(?:\s(?:{_PARTICLE}{{0,2}})?{_WORD}){{0,2}}"
_BARE = rf"[{_UPPER}](?:[-‐‑–]?[{_UPPER}]){{0,3}}(?![\w’'])"
_DOTTED = rf"[{_UPPER}][a-z]?\.(?:\s?[-‐‑–]?\s?[{_UPPER}][a-z]?\.){{0,4}}"
_SUFFIX = r"(?:,?\s(?:Jr|Sr|2nd|3rd|II|III|IV)\.?(?![\w]))?"

# Each style reads one name; a list keeps to one style, so that a title never continues it.
_STYLES = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{_SURNAME},\s?{_DOTTED}{_SUFFIX}",  # Clevers, H.   Andersen, K.G.
        rf"{_SURNAME}\s(?:{_DOTTED}|{_BARE}){_SUFFIX}",  # Wehbe T   Smith J.A.
        rf"{_DOTTED}\s?(?:and\s)?{_SURNAME}{_SUFFIX}",  # H. Clevers
        rf"{_SURNAME},\s{_BARE}",  # Clevers, H
        r"(?:[\u3400-\u9fff]{2,4}|[\u3400-\u9fff]\s[\u3400-\u9fff]{1,2})(?![\u3400-\u9fff])",  # 毛越苹, 刘 鹏
    )
)
_VANCOUVER = _STYLES[1]
_FULL_NAME = re.compile(rf"{_WORD}(?:\s(?:[{_UPPER}]\.|{_PARTICLE}{{0,2}}{_WORD})){{1,3}}")
_INVERTED = re.compile(rf"{_SURNAME},\s{_WORD}(?:\s[{_UPPER}]\.)*")
_SEPARATOR = re.compile(
    r"\s?[,，;；、]\s?(?:(?:&|and|und|y|et)\s(?!al\b))?|\s(?:&|and|und|y|et)\s(?!al\b)|\s(?=[\u3400-\u9fff])"
)
_ET_AL = re.compile(
    r"[\s,，;；、]{0,3}(?:\(?et\s?al\b\.?\)?|and\s(?:others|colleagues)|u\.\s?a\.|等人?(?=[.。．,，:：\s(（]|$)|等$)[.。]?",
    re.IGNORECASE,
)
_END = re.compile(r"\s?(?:[.。．:：]|(?=[(（]\s?(?:\d{4}|[Ee]ds?\b))|[,，]?\s(?=[\"“«(（])|$|[,，]\s(?=\d{4}\b))")
_MOST = 400


@dataclass(frozen=True, slots=True)
class Names:
    """The authors as printed, and where the text after them begins."""

    authors: tuple[str, ...]
    end: int


def take(text: str) -> Names | None:
    """The list of authors a text begins with; None if it begins with anything else."""
    initials = next((found for style in _STYLES if (found := _list(text, style))), None)
    if initials and (len(initials.authors) > 1 or _ET_AL.search(text[: initials.end])):
        return initials
    for style in (_INVERTED, _FULL_NAME):
        # Capitalised words are a title as easily as a name: only company, or "et al", makes them names. One name with
        # initials gives way to such a list: `Robert M. Hale and Ann Lee` begins like `Hale R. And …`.
        found = _list(text, style, mixed=True)
        if found and (len(found.authors) > 1 or _ET_AL.search(text[: found.end])):
            return found
    return initials


def _list(text: str, style: re.Pattern[str], mixed: bool = False) -> Names | None:
    authors: list[str] = []
    position = 0
    while len(authors) < _MOST and (match := style.match(text, position)):
        authors.append(match[0])
        position = match.end()
        if mixed:
            style = _FULL_NAME
        if _ET_AL.match(text, position):
            break
        separator = _SEPARATOR.match(text, position)
        if not separator or not style.match(text, separator.end()):
            break
        position = separator.end()
    if not authors:
        return None
    more = _ET_AL.match(text, position)
    if more:
        position = more.end()
    end = _END.match(text, position)
    if not end and not more and not authors[-1].endswith("."):
        return None
    if style is _VANCOUVER and authors[-1].count(".") == 1 and not any("." in author for author in authors[:-1]):
        authors[-1] = authors[-1].removesuffix(".")  # the full stop that ends the list
    return Names(tuple(authors), end.end() if end else position)


_ORGANISATION = re.compile(
    r"\b(?:Organi[sz]ation|Society|Association|Institutes?|Cent(?:er|re)s?|Committee|Council|Foundation|Agency|Ministry|Department|"
    r"College|Academy|Federation|Group|Collaborat(?:ion|ors)|Consortium|Initiative|Network|Clinic|University|WHO|CDC|NIH|FDA|NICE|UNICEF)\b"
    r"|(?:学会|协会|委员会|学组|协作组|卫生部|卫健委|委员|中心|研究院|研究所|组织|联盟|编写组|专家组|总局|医院|大学|協会|厚生労働省|省)[)）]?$"
)


def is_organisation(text: str) -> bool:
    """Whether a short text names a body that signs publications."""
    return len(text) <= 160 and bool(_ORGANISATION.search(text))


def split(text: str) -> tuple[str, ...]:
    """A stretch known to hold authors, taken apart; a body's name stays whole."""
    text = _ET_AL.split(text.strip(), maxsplit=1)[0].strip(" ,，;；、.。:：")
    text = re.sub(r"[,，]?\s?\(?\b(?:[Ee]ds?|Hrsg)\b\.?\)?$", "", text).strip(" ,，")
    if not text:
        return ()
    if (found := take(text)) and found.end >= len(text) - 1:
        return found.authors
    if is_organisation(text) and not re.search(r"[,，;；、]", text):
        return (text,)
    parts = re.split(r"[,，;；、]\s?(?:&\s|and\s)?|\s&\s|\sand\s", text)
    if re.fullmatch(r"(?:[\u3400-\u9fff]{2,4}\s){1,40}[\u3400-\u9fff]{2,4}", text):
        parts = text.split()
    return tuple(part.strip() for part in parts if part.strip())
