"""Trains the sequence model for references: `python -m archive.references.training`."""
