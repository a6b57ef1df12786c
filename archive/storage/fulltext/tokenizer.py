"""The tokenizer of the full-text indexes, which hold spelled text (archive/text/folding.py)."""

TOKENIZER = "porter unicode61 remove_diacritics 2"
