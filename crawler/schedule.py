"""When a page is due again after an exchange: pure functions of its kind and of what came out."""

from datetime import datetime, timedelta

DISCOVERY = timedelta(
    minutes=10
)  # feeds, sitemaps, listings: each job looks, a job that is run twice in a row does not
ARTICLE = timedelta(days=7)  # a stored article is looked at again
NO_ARTICLE = timedelta(days=30)  # a page without an article may get one
FAILURE = timedelta(hours=1)  # doubled with each failure in a row
LONGEST = timedelta(days=30)


def next_due(kind: str, outcome: str, failures: int, now: datetime) -> datetime | None:
    """When to fetch the page again; None: not any more. `failures` counts those in a row, this one included."""
    if outcome == "failed":
        doubled = FAILURE * int(2 ** min(failures - 1, 10))
        return now + min(doubled, LONGEST)
    if outcome in ("gone", "refused", "alias"):
        return None if kind == "article" else now + LONGEST
    if outcome == "no article":
        return now + NO_ARTICLE
    return now + (ARTICLE if kind == "article" else DISCOVERY)
