"""Whether two names are one journal's: in full, abbreviated, as initials, or in another language."""

import re

from archive.literature.checking.known_journals import known_journal, name_words
from archive.references.gazetteer import shipped
from archive.references.journal_names import journal_title, standing
from archive.text.scripts import has_cjk

_LONGEST_INITIALS = 7
_SHORTEST_ROOT = 3  # letters that tell a word from another: `Nat` is Nature or National
# fmt: off
_GENERAL = frozenset({
    "journal", "international", "american", "british", "european", "chinese", "annals", "archives", "proceedings",
    "transactions", "letters", "reports", "research", "review", "reviews", "bulletin", "online", "edition", "official",
})
# fmt: on


def is_journal(printed: str) -> bool:
    """Return whether a name is surely a journal's: it is listed, or has a journal's shape."""
    return bool(known_journal(printed)) or printed in shipped() or standing(printed) == "sure"


def same_journal(printed: str, *names: str) -> bool | None:
    """Return whether a printed name is that of the journal with these names, None where that cannot be told.

    >>> same_journal("Ann Intern Med", "Annals of internal medicine"), same_journal("Gut", "Circulation")
    (True, False)
    """
    verdicts = [_same(printed, name) for name in names if name]
    if True in verdicts:
        return True
    return False if verdicts and None not in verdicts else None


def _same(printed: str, name: str) -> bool | None:
    one, other = (journal_title(each) or each for each in (printed, name))
    if has_cjk(one) != has_cjk(other):
        return None
    left, right = (name_words(re.sub(r"[(\[][^()\[\]]{0,80}[)\]]", " ", each)) for each in (one, other))
    if not left or not right:
        return None
    if _abbreviates(left, right) or _abbreviates(right, left) or _initials(left, right) or _initials(right, left):
        return True
    known = known_journal(one), known_journal(other)
    if known[0] and known[1]:
        return known[0].name == known[1].name
    if has_cjk(one) or any(len(each) == 1 and each[0].isascii() and one.isupper() for each in (left, right)):
        return None
    return None if _roots(left) & _roots(right) else False


def _abbreviates(short: tuple[str, ...], long: tuple[str, ...]) -> bool:
    """Return whether the words of a name, abbreviated or whole, are those of another from its beginning on."""
    return len(short) <= len(long) and all(whole.startswith(part) for part, whole in zip(short, long, strict=False))


def _initials(short: tuple[str, ...], long: tuple[str, ...]) -> bool:
    joined = "".join(short)
    return 1 < len(joined) <= _LONGEST_INITIALS and len(long) > 1 and joined == "".join(word[0] for word in long)


def _roots(words: tuple[str, ...]) -> set[str]:
    """Return what tells the words of a name apart: their first letters, general words left out where others are."""
    own = [word for word in words if not any(general.startswith(word) for general in _GENERAL)]
    return {word[:_SHORTEST_ROOT] for word in own or words}
