"""Training proper: samples in, model file out."""

from collections import Counter
from collections.abc import Iterable, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

from archive.references.gazetteer import Gazetteer, key
from archive.references.sequence_model import tokens_and_features
from tools.train_references.augment import augmented
from tools.train_references.corpus import Sample, known_journals, labelled, token_labels

PARAMETERS: dict[str, float] = {
    "c1": 0.34,
    "c2": 0.02,
    "max_iterations": 100,
    "feature.possible_transitions": 1,
    "feature.minfreq": 3,
}


def journal_keys(samples: Iterable[Sample], listed: Iterable[str], least: int) -> list[str]:
    """The gazetteer: hand-listed journals and those of the samples that at least `least` samples name.

    For training `least` is 2 and for use 1: a sample's own journal must not be what makes it known.
    """
    counts = Counter(key(name) for name in known_journals(samples))
    names = {name for name, count in counts.items() if count >= least and len(name) > 2 and not name.isdigit()}
    return sorted(names | {key(name) for name in listed})


def train(samples: Sequence[Sample], journals: Gazetteer, path: Path, parameters: dict[str, float]) -> int:
    """Writes a model to `path`; the number of samples it learned from. The same samples give the same bytes."""
    import pycrfsuite

    trainer: Any = pycrfsuite.Trainer(verbose=False)
    learned = 0
    for sample in samples:
        core, characters = labelled(sample)
        tokens, rows = tokens_and_features(core, journals)
        if not tokens:
            continue
        trainer.append(rows, token_labels(tokens, characters))
        learned += 1
    trainer.set_params(parameters)
    trainer.train(str(path))
    return learned


def build(samples: list[Sample], path: Path) -> tuple[list[str], int]:
    """Writes a model to `path`; the keys of its gazetteer and the number of references it learned from."""
    listed = listed_journals()
    every = samples + repeated(samples) + augmented(samples, listed)
    learned = train(every, Gazetteer(journal_keys(samples, listed, least=2)), path, PARAMETERS)
    return journal_keys(samples, listed, least=1), learned


def repeated(samples: Iterable[Sample]) -> list[Sample]:
    """The samples that count twice: those of mixed styles and scripts, which the many of physics outweigh otherwise."""
    return [
        sample for sample in samples if sample.source in {"anystyle/core", "anystyle/gold"} or "kisti" in sample.source
    ]


def listed_journals() -> list[str]:
    """The hand-made list of journals that health pages cite, with their usual abbreviations."""
    text = (files("tools.train_references") / "journals.txt").read_text("utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]
