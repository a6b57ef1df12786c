"""Keeps and understands pages: types, extraction, references, storage, search. No Scrapy, no network."""
