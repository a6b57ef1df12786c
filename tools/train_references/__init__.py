"""Trains the sequence model for references: `python -m tools.train_references`."""
