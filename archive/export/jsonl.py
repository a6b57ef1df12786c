"""JSON Lines: an article a line, with all its parts."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any


def write_jsonl(articles: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """A line of JSON per article."""
    for article in articles:
        yield json.dumps(article, ensure_ascii=False) + "\n"
