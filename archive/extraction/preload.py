"""Importing this module loads everything that the first extraction in a process would load.

That takes two seconds. Worker processes are forked from a process that has imported this module, so that it happens
once.
"""

import gc
from contextlib import suppress

from lxml.html import document_fromstring

from archive.article import NoArticle
from archive.extraction import extract
from archive.extraction.cached_expressions import try_justext
from archive.extraction.text_keys import text_keys
from archive.page import Page

PAGE = "<html><head><title>Preload</title></head><body><article><p>{}</p></article></body></html>"

with suppress(NoArticle):
    text_keys(
        extract(
            Page(
                url="https://example.org/",
                body=PAGE.format("A study of 90 patients with diabetes began on 3 May 2024. " * 20).encode(),
            )
        )
    )

try_justext(document_fromstring(PAGE), None, None)  # loads 150,000 words, which the first short page would load

# What is loaded by now stays as long as the process; each full collection would look at all of it, for 60 ms.
gc.collect()
gc.freeze()
