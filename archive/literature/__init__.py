"""A bibliographic index of one's own, and the paper behind a news text.

- `open_index(path)` opens an index as a `LiteratureIndex`, or raises `ArchiveError`.
- `link(index, title, text, published=None)` returns the candidates for the paper that a news text reports on.
"""

from archive.literature.index import LiteratureIndex, open_index
from archive.literature.linker import link
from archive.literature.linking.candidate import Candidate, Evidence
from archive.literature.record import LiteratureRecord

__all__ = ["Candidate", "Evidence", "LiteratureIndex", "LiteratureRecord", "link", "open_index"]
