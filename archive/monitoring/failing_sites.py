"""Find the sites most of whose articles failed or were refused, and describe them. Pure.

Not counted as failures: what the site itself excludes (robots.txt, noindex, noarchive), pages removed on request, and
pages of hosts that are held.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

MIN_FAILED = 5  # articles: fewer are failures of single pages
MAX_REASONS = 3  # in a sentence
EXCLUDED_BY_SITE = ("noindex", "noarchive")
# A condition on fetches f: the page was fetched, or an attempt was made.
WAS_FETCHED = (
    "f.outcome <> 'alias' and coalesce(f.reason, '') not in ('removed', 'host waits') "
    "and coalesce(f.reason, '') not like 'robots%'"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FailingSite:
    """A site of whose `fetched` articles `failed` failed or were refused.

    `outcomes` has 'failed', 'refused' or both; `reasons` are pairs of reason and number of articles, most first.
    """

    site: str
    failed: int
    fetched: int
    outcomes: frozenset[str]
    reasons: tuple[tuple[str, int], ...]


def failing_sites(fetches: Iterable[tuple[str, str, str | None, int]]) -> list[FailingSite]:
    """Return the sites where at least MIN_FAILED, and more than half, of the articles failed.

    `fetches` are tuples of site, outcome, reason and number of articles for which WAS_FETCHED holds.
    """
    fetched: Counter[str] = Counter()
    failed: dict[str, Counter[tuple[str, str]]] = {}
    for site, outcome, reason, number in fetches:
        fetched[site] += number
        if outcome == "failed" or (outcome == "refused" and not _is_excluded(reason or "")):
            failed.setdefault(site, Counter())[outcome, reason or "no reason recorded"] += number
    return [
        _failing_site(site, tally, fetched[site])
        for site, tally in sorted(failed.items())
        if tally.total() >= MIN_FAILED and 2 * tally.total() > fetched[site]
    ]


def describe(site: FailingSite, total_prefix: str = "") -> str:
    """Say how many articles failed and why, without the site's name; `total_prefix` stands before the total."""
    verbs = {"failed": "failed", "refused": "were refused"}
    verb = " or ".join(verbs[outcome] for outcome in sorted(site.outcomes))
    if len(site.reasons) == 1:
        why = f", {site.reasons[0][0]}"
    else:
        why = ": " + ", ".join(f"{reason} ({number:,})" for reason, number in site.reasons[:MAX_REASONS])
    return f"{site.failed:,} of {total_prefix}{site.fetched:,} articles {verb}{why}"


def _failing_site(site: str, tally: Counter[tuple[str, str]], fetched: int) -> FailingSite:
    reasons: Counter[str] = Counter()
    for (_, reason), number in tally.items():
        reasons[reason] += number
    return FailingSite(
        site=site, failed=tally.total(), fetched=fetched, outcomes=frozenset(outcome for outcome, _ in tally),
        reasons=tuple(sorted(reasons.items(), key=lambda item: (-item[1], item[0]))),
    )  # fmt: skip


def _is_excluded(reason: str) -> bool:
    return reason in EXCLUDED_BY_SITE or reason.startswith("trap:")
