"""WARC files: written, located, read, and redacted."""
