"""Coverage-guided fuzzing of what reads foreign bytes: `python -m benchmarks.fuzz`."""
