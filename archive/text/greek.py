"""Names with Greek letters in them, which are written apart and joined: TGF-beta1 and TGFbeta1, NF-kappaB and NFκB.

Folding makes β the word beta, apart from the letters beside it. Where the name itself stands in Latin letters it may be
joined to them, in the article or in the query: a query asks for it in every way.
"""

import re
from collections.abc import Sequence
from itertools import chain, islice, product

# Those that names of molecules have, and that few other words end or begin with.
LETTERS = ("alpha", "beta", "gamma", "delta", "epsilon", "kappa", "lambda", "sigma", "omega")
MOST = 8  # ways of a name

_MARKS = re.compile(r"[\W_]+")
_JOINED = re.compile(rf"([a-z]*?)({'|'.join(LETTERS)})([a-z]*)", re.IGNORECASE | re.ASCII)
_LATIN = re.compile(r"[a-z]+", re.IGNORECASE | re.ASCII)


def other_joints(units: Sequence[str]) -> list[str]:
    """The other ways to write a phrase, its units parted by spaces: with the Greek letter's name joined to the letters
    beside it, or apart from them; none if it has no Greek letter."""
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
    """A word, apart at the name of a Greek letter."""
    match = _JOINED.fullmatch(word)
    return [part for part in match.groups() if part] if match else [word]
