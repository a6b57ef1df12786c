"""Importing this makes a process ready to extract: libraries loaded, dates understood in every language.

A process's first page costs two seconds of that (dateparser reads its locales). Worker processes are forked from one
that has imported this module, so that it is paid once, not by each of them.
"""

from contextlib import suppress

from archive.article import NoArticle
from archive.extraction import extract
from archive.page import Page

PAGE = "<html><head><title>Warm up</title></head><body><article><p>{}</p></article></body></html>"

with suppress(NoArticle):
    extract(Page(url="https://example.org/", body=PAGE.format("A sentence to warm up, of 3 May 2024. " * 40).encode()))
