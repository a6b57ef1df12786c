"""Write articles as JSON Lines, one with all its parts on a line."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any


def write(articles: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Yield a line of JSON for each article."""
    for article in articles:
        yield json.dumps(article, ensure_ascii=False) + "\n"
