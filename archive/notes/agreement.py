"""Agreement of two coders: percent agreement and Cohen's kappa, plain and weighted. Pure functions.

Cohen, J. (1960), Educational and Psychological Measurement 20, 37-46; weighted: Cohen, J. (1968), Psychological
Bulletin 70, 213-220.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from archive.text.messages import message

Weights = Literal["none", "linear", "quadratic"]

_DISTANCE: dict[Weights, Callable[[int, int], int]] = {
    "none": lambda one, other: int(one != other),
    "linear": lambda one, other: abs(one - other),
    "quadratic": lambda one, other: (one - other) ** 2,
}
UNDEFINED = message("undefined: both coders gave the same answer everywhere, so that no agreement is more than chance")
NOTHING = message("undefined: no article has an answer of both coders")


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """How far two coders agree. `kappa`, `linear` and `quadratic` are None where they are undefined or not asked for.

    `sentence` says why kappa is undefined, '' where it is defined.
    """

    pairs: int
    agreed: int
    kappa: float | None
    linear: float | None = None
    quadratic: float | None = None
    sentence: str = ""

    @property
    def share(self) -> float | None:
        """The share of pairs of equal answers, None without pairs."""
        return self.agreed / self.pairs if self.pairs else None


def agreement(one: Sequence[str], other: Sequence[str], choices: Sequence[str], *, ordinal: bool) -> Agreement:
    """Return the agreement of two sequences of answers to the same articles; `choices` are all answers in their order.

    Raises ValueError if the sequences have different lengths, or an answer is no choice.
    """
    pairs = list(zip(one, other, strict=True))
    kappa = cohen_kappa(one, other, choices)
    sentence = "" if kappa is not None else UNDEFINED if pairs else NOTHING
    return Agreement(
        pairs=len(pairs),
        agreed=sum(left == right for left, right in pairs),
        kappa=kappa,
        linear=cohen_kappa(one, other, choices, "linear") if ordinal else None,
        quadratic=cohen_kappa(one, other, choices, "quadratic") if ordinal else None,
        sentence=sentence,
    )


def cohen_kappa(
    one: Sequence[str], other: Sequence[str], choices: Sequence[str], weights: Weights = "none"
) -> float | None:
    """Return Cohen's kappa, or None where it is undefined: without pairs, or if no disagreement is expected by chance.

    Linear and quadratic weights count how far apart two answers are in the order of `choices`.
    """
    places = {choice: place for place, choice in enumerate(choices)}
    pairs = [(_place(left, places), _place(right, places)) for left, right in zip(one, other, strict=True)]
    distance = _DISTANCE[weights]
    observed = sum(distance(left, right) for left, right in pairs)
    lefts, rights = Counter(left for left, _ in pairs), Counter(right for _, right in pairs)
    # Of all pairs of the one's answers with the other's: the disagreement by chance times the number of pairs.
    expected = sum(
        distance(left, right) * times * others for left, times in lefts.items() for right, others in rights.items()
    )
    return 1 - observed * len(pairs) / expected if expected else None


def _place(answer: str, places: dict[str, int]) -> int:
    if answer not in places:
        raise ValueError(f"{answer!r} is no choice.")
    return places[answer]
