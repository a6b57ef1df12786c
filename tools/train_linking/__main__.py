"""Command line of the training: news texts and papers in; model and model card out."""

import argparse
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from archive.literature.linking.features import FEATURES
from archive.literature.linking.model import DOUBT, Linear, Model
from tools.train_linking.card import model_card
from tools.train_linking.corpus import read_examples
from tools.train_linking.fit import fit
from tools.train_linking.score import score

CORPUS = Path("../shared/corpora/linking")
OUT = Path("archive/literature/linking/data")


def main(arguments: list[str] | None = None) -> int:
    """Fit models without each fold's papers, for the card's scores, and one on all texts, which ships."""
    parser = argparse.ArgumentParser(prog="python -m tools.train_linking", description=__doc__)
    parser.add_argument("corpus", nargs="?", type=Path, default=CORPUS, help="folder with dev.jsonl and papers.jsonl")
    parser.add_argument("--out", type=Path, default=OUT, help="where the model and its card go")
    options = parser.parse_args(arguments)
    if not (options.corpus / "dev.jsonl").is_file():
        print(f"{options.corpus} holds no dev.jsonl; give the folder of the news texts", file=sys.stderr)
        return 2
    with TemporaryDirectory() as folder:
        examples = read_examples(options.corpus, Path(folder) / "literature.db")
    scores = [score(examples, seed) for seed in range(3)]
    (options.out / "model.toml").write_text(_toml(fit(examples)), encoding="utf-8")
    (options.out / "MODEL_CARD.md").write_text(model_card(scores), encoding="utf-8")
    for each in scores:
        print(each)
    return 0


def _toml(model: Model) -> str:
    lines = ["# Weights by `python -m tools.train_linking`; see MODEL_CARD.md.", "", "[order]"]
    lines += _weights(FEATURES, model.order)
    lines += ["", "[certainty]", f"bias = {model.certainty.bias:.5f}", *_weights(DOUBT, model.certainty)]
    return "\n".join(lines) + "\n"


def _weights(names: tuple[str, ...], linear: Linear) -> list[str]:
    return [f'"{name}" = {weight:.5f}' for name, weight in zip(names, linear.weights, strict=True)]


if __name__ == "__main__":
    sys.exit(main())
