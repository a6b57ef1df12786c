"""Command line of the training: corpora in; model, gazetteer and model card out."""

import argparse
import hashlib
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from archive.article import Reference
from archive.references.gazetteer import Gazetteer
from archive.references.parser import read_reference
from archive.references.sequence_model import Model
from tools.train_references import card, corpus
from tools.train_references.corpus import Sample
from tools.train_references.model import build
from tools.train_references.score import Score, score

CORPORA = Path("../shared/corpora/references")
HELD_OUT = {
    "AnyStyle core and gold": 20,
    "East Asian journals (GROBID, kisti)": 20,
    "GROBID citations.xml": 10,
}  # per cent


def main(arguments: list[str] | None = None) -> int:
    """Trains twice: without the held-out references, for the scores of the card, and with them, for the model."""
    parser = argparse.ArgumentParser(prog="python -m tools.train_references", description=__doc__)
    parser.add_argument("corpora", nargs="?", type=Path, default=CORPORA, help="folder of the train-*.jsonl files")
    parser.add_argument("--out", type=Path, default=Path("archive/references/data"), help="where the files go")
    options = parser.parse_args(arguments)
    try:
        samples = corpus.read(options.corpora)
    except FileNotFoundError as missing:
        print(f"{missing}; give the folder that holds {', '.join(corpus.FILES)}", file=sys.stderr)
        return 2
    options.out.mkdir(parents=True, exist_ok=True)
    path, trial = options.out / "references.crfsuite", options.out / "held-out.crfsuite"
    with ProcessPoolExecutor(max_workers=2) as pool:
        shipped = pool.submit(build, samples, path)
        tried = pool.submit(build, [sample for sample in samples if part(sample) is None], trial)
        keys, learned = shipped.result()
        scores = held_out_scores(samples, trial, tried.result()[0])
    trial.unlink()
    header = card.GAZETTEER_HEADER
    (options.out / "journals.txt").write_text(header + "".join(f"{key}\n" for key in keys), encoding="utf-8")
    hashes = {name: hashlib.sha256((options.corpora / name).read_bytes()).hexdigest() for name in corpus.FILES}
    text = card.model_card(path.read_bytes(), hashes, learned, len(samples), scores)
    (options.out / "MODEL_CARD.md").write_text(text, encoding="utf-8")
    print(f"{path}: {path.stat().st_size:,} bytes, {learned:,} references")
    return 0


def part(sample: Sample) -> str | None:
    """The held-out part that a sample belongs to; decided by its text alone, so that it never changes sides."""
    place = int(hashlib.sha256(sample.text.encode()).hexdigest(), 16) % 100
    name = {"anystyle/core": 0, "anystyle/gold": 0, "grobid/citations.xml": 2}.get(sample.source)
    if name is None and "kisti" in sample.source:
        name = 1
    parts = list(HELD_OUT)
    return parts[name] if name is not None and place < HELD_OUT[parts[name]] else None


def held_out_scores(samples: list[Sample], path: Path, keys: list[str]) -> dict[str, Score]:
    """The scores, part by part, of a model that saw none of the held-out references."""
    model, journals = Model(path.read_bytes()), Gazetteer(keys)

    def parse(text: str) -> Reference:
        return read_reference(text, model, journals)

    return {name: score((sample for sample in samples if part(sample) == name), parse) for name in HELD_OUT}


if __name__ == "__main__":
    sys.exit(main())
