"""Judge the extracted text by a trained model where a second extractor disagrees with it."""

from archive.extraction.judge.decision import judge

__all__ = ["judge"]
