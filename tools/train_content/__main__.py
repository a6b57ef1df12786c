"""Command line of the training: labelled pages in; model and model card out."""

import argparse
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.extraction import corpus_hash
from tools.train_content.card import model_card
from tools.train_content.corpus import read
from tools.train_content.model import FOLDS, fold_of, train
from tools.train_content.score import score

CORPUS = Path("../shared/corpora/extraction")
OUT = Path("archive/extraction/judge/data")


def main(arguments: list[str] | None = None) -> int:
    """Train a model without each fold's sites, for the card's scores, and one on all pages, which ships."""
    parser = argparse.ArgumentParser(prog="python -m tools.train_content", description=__doc__)
    parser.add_argument("corpus", nargs="?", type=Path, default=CORPUS, help="folder with pages.jsonl and html/")
    parser.add_argument("--out", type=Path, default=OUT, help="where the model and its card go")
    options = parser.parse_args(arguments)
    if not (options.corpus / "pages.jsonl").is_file():
        print(f"{options.corpus} holds no pages.jsonl; give the folder of the labelled pages", file=sys.stderr)
        return 2
    examples = read(options.corpus)
    path = options.out / "content.crfsuite"
    with TemporaryDirectory() as temporary, ProcessPoolExecutor(max_workers=2) as pool:
        folds = [Path(temporary) / f"fold-{fold}.crfsuite" for fold in range(FOLDS)]
        jobs = [
            pool.submit(train, [example for example in examples if fold_of(example.site) != fold], trial)
            for fold, trial in enumerate(folds)
        ]
        shipped = pool.submit(train, examples, path)
        for job in jobs:
            job.result()
        features = shipped.result()
        scores = score(options.corpus, folds)
    card = model_card(path.read_bytes(), features, examples, corpus_hash(options.corpus), scores)
    (options.out / "MODEL_CARD.md").write_text(card, encoding="utf-8")
    print(f"{path}: {path.stat().st_size:,} bytes, {len(examples):,} pages, {features:,} features")
    return 0


if __name__ == "__main__":
    sys.exit(main())
