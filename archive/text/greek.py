"""Spellings of names with Greek letters, which may be separate or joined: TGF-beta1 and TGFbeta1, NF-kappaB and NFκB.

Folding turns β into the separate word beta. Where an article or a query spells the letter in Latin letters, it may be
joined to the letters beside it; a query therefore searches all spellings.
"""

import re
from collections.abc import Sequence
from itertools import chain, islice, product

# Letters in names of molecules with which few other words begin or end.
LETTERS = ("alpha", "beta", "gamma", "delta", "epsilon", "kappa", "lambda", "sigma", "omega")
MOST = 8  # spellings of a name

_MARKS = re.compile(r"[\W_]+")
_JOINED = re.compile(rf"([a-z]*?)({'|'.join(LETTERS)})([a-z]*)", re.IGNORECASE | re.ASCII)
_LATIN = re.compile(r"[a-z]+", re.IGNORECASE | re.ASCII)


def other_joints(units: Sequence[str]) -> list[str]:
    """Return the other spellings of a phrase, given as units; [] if it holds no Greek letter.

    The name of the Greek letter is joined to the letters beside it or separate from them.
    """
    words = [word for unit in units for word in _MARKS.split(unit) if word]
    parts = [part for word in words for part in _parts(word)]
    greek = [part.lower() in LETTERS for part in parts]
    if not any(greek):
        return []
    latin = [_LATIN.fullmatch(part) is not None for part in parts]
    joints = [
        (" ", "") if (greek[i] or greek[i + 1]) and latin[i] and latin[i + 1] else (" ",) for i in range(len(parts) - 1)
    ]
    made = ("".join(chain(*zip(parts, (*chosen, ""), strict=True))) for chosen in product(*joints))
    return [way for way in islice(made, MOST) if way != " ".join(words)]


def _parts(word: str) -> list[str]:
    """Split a word at the name of a Greek letter."""
    match = _JOINED.fullmatch(word)
    return [part for part in match.groups() if part] if match else [word]
