"""Benchmark of the whole pipeline: what a page costs beside its extraction, and what large archives cost."""
