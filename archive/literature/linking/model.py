"""The trained model: which candidate is the first, and how probable it is that it is the paper.

Two logistic models by `python -m tools.train_linking` (its card: data/MODEL_CARD.md). The first orders the candidates
(a conditional logit over all candidates of a text). The second tells from the best one's features, and from how far it
is ahead, the probability that it is the paper: it was trained with the right paper in the index and without it.
"""

import hashlib
import math
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from archive.literature.linking.features import FEATURES, Compared
from archive.literature.linking.news import NewsText

RULES = 2  # raised where what is a candidate or an answer changes without the weights, so that articles are linked anew
# Over three draws of the training's folds: from .75 on .995 of the answers are right (from .65 on, .991), and .95 to
# .96 of the texts without their paper stay below .55.
CERTAIN = 0.75
LEAST = 0.55
_RIVALS = 10  # candidates with which the best one shares what is certain
DOUBT = (
    "score", "lead over the second", "score of the second", "title covered", "title covered by lead",
    "title covered with equivalents", "journal", "another journal fits better", "authors with initial", "authors",
    "first author", "last author", "share of authors", "author with another initial", "titled people who are authors",
    "titled people who are not", "share of titled people who are authors", "a journal is named, not this one",
    "length of the text", "weight of words", "share of pairs", "author and journal", "length of author list",
    "share of the first", "headline explained", "rarest word", "second rarest word", "title covered by headline",
    "weight of words, repeated",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Linear:
    """A linear function of features: `weights` in their order, and what is added."""

    weights: tuple[float, ...]
    bias: float = 0.0

    def __call__(self, values: Sequence[float]) -> float:
        """Return the function's value."""
        return self.bias + sum(weight * value for weight, value in zip(self.weights, values, strict=True))


@dataclass(frozen=True, slots=True)
class Model:
    """The two models."""

    order: Linear
    certainty: Linear


@cache
def shipped() -> Model:
    """Return the model that the package ships."""
    data = tomllib.loads(_weights())
    order, certainty = data["order"], data["certainty"]
    return Model(
        Linear(tuple(order[name] for name in FEATURES)),
        Linear(tuple(certainty[name] for name in DOUBT), certainty["bias"]),
    )


@cache
def method() -> str:
    """Return the name of the linking with its version, which is stored with each link."""
    return f"news-link {RULES}-{hashlib.sha256(_weights().encode()).hexdigest()[:8]}"


def _weights() -> str:
    return files("archive.literature.linking").joinpath("data", "model.toml").read_text(encoding="utf-8")


def ordered(compared: Sequence[Compared], model: Model) -> list[tuple[float, Compared]]:
    """Return the candidates with their scores, best first; equal ones by their identifiers."""
    scored = [(model.order(each.values), each) for each in compared]
    return sorted(scored, key=lambda pair: (-pair[0], pair[1].record.pmid, pair[1].record.doi, pair[1].record.title))


def doubt_features(news: NewsText, scored: Sequence[tuple[float, Compared]]) -> list[float]:
    """Return the features of the best candidate by which its probability is told, in the order of `DOUBT`."""
    score, best = scored[0]
    second = scored[1][0] if len(scored) > 1 else score - 5.0
    value = dict(zip(FEATURES, best.values, strict=True))
    titled = {name for name, person in news.people.items() if person.titled}
    authors = {key for _, key in best.people.matched}
    known, unknown = len(titled & authors), len(titled - authors)
    named = any(journal.cited for journal in news.journals)
    return [
        score, score - second, second, value["title covered"], value["title covered by lead"],
        value["title covered with equivalents"], value["journal"], value["another journal fits better"],
        value["authors with initial"], value["authors"], value["first author"], value["last author"],
        value["share of authors"], value["author with another initial"], float(known), float(unknown),
        known / (1 + known + unknown), named * (1 - value["journal"]), math.log(1 + len(news.text)),
        value["weight of words"], value["share of pairs"], value["author and journal"], value["length of author list"],
        1 / sum(math.exp(other - score) for other, _ in scored[:_RIVALS]), value["headline explained"],
        value["rarest word"], value["second rarest word"], value["title covered by headline"],
        value["weight of words, repeated"],
    ]  # fmt: skip


def certainty(news: NewsText, scored: Sequence[tuple[float, Compared]], model: Model) -> float:
    """Return the probability that the best candidate, or one that is as good, is the paper; 0 without candidates."""
    if not scored:
        return 0.0
    return 1 / (1 + math.exp(-max(-60.0, min(60.0, model.certainty(doubt_features(news, scored))))))


def probabilities(news: NewsText, scored: Sequence[tuple[float, Compared]], model: Model) -> list[float]:
    """Return the probability of each candidate, best first; that of the others is parted by the order's scores.

    Where others are as good as the best one, such as a paper's preprint or another paper of the same title, it shares
    with them.
    """
    if not scored:
        return []
    top = scored[0][0]
    shares = [math.exp(score - top) for score, _ in scored]
    whole = sum(shares)
    others = sum(shares[1:])
    best = min(certainty(news, scored, model), 1 / sum(shares[:_RIVALS]))
    # What the order gives to the others is at most what the doubt leaves.
    left = min(1 - best, others / whole)
    return [best, *(min(best, left * share / others) for share in shares[1:])]
