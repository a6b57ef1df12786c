"""Measurements on labelled data, and floors below which quality may not sink: `python -m benchmarks`."""
