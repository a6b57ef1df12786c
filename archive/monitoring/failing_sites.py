"""Sites most of whose articles cannot be had: which these are, and in words. Pure.

What a site wishes (robots.txt, noindex), what was removed on request and what had to wait for its host is no failure.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

LEAST = 5  # articles that fail: fewer are mishaps of single pages
NAMED = 3  # reasons that are named
WISHES = ("noindex", "noarchive")
# Holds for fetches f of pages that were asked for.
ASKED = (
    "f.outcome <> 'alias' and coalesce(f.reason, '') not in ('removed', 'host waits') "
    "and coalesce(f.reason, '') not like 'robots%'"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Failing:
    """`failed` of the `asked` articles of a site failed or were refused; `outcomes` are which of the two, `reasons` are
    with their numbers, most first."""

    site: str
    failed: int
    asked: int
    outcomes: frozenset[str]
    reasons: tuple[tuple[str, int], ...]


def failing(looks: Iterable[tuple[str, str, str | None, int]]) -> list[Failing]:
    """The sites more than half of whose articles failed, LEAST at least, of looks at articles that were
    ASKED for: site, outcome, reason and number."""
    asked: Counter[str] = Counter()
    failed: dict[str, Counter[tuple[str, str]]] = {}
    for site, outcome, reason, number in looks:
        asked[site] += number
        if outcome == "failed" or (outcome == "refused" and not _is_wish(reason or "")):
            failed.setdefault(site, Counter())[outcome, reason or "no reason recorded"] += number
    return [
        _failing(site, tally, asked[site])
        for site, tally in sorted(failed.items())
        if tally.total() >= LEAST and 2 * tally.total() > asked[site]
    ]


def in_words(found: Failing, of: str = "") -> str:
    """How many articles failed and why, without the site's name; `of` stands before their number."""
    words = {"failed": "failed", "refused": "were refused"}
    how = " or ".join(words[outcome] for outcome in sorted(found.outcomes))
    if len(found.reasons) == 1:
        why = f", {found.reasons[0][0]}"
    else:
        why = ": " + ", ".join(f"{reason} ({number:,})" for reason, number in found.reasons[:NAMED])
    return f"{found.failed:,} of {of}{found.asked:,} articles {how}{why}"


def _failing(site: str, tally: Counter[tuple[str, str]], asked: int) -> Failing:
    reasons: Counter[str] = Counter()
    for (_, reason), number in tally.items():
        reasons[reason] += number
    return Failing(
        site=site, failed=tally.total(), asked=asked, outcomes=frozenset(outcome for outcome, _ in tally),
        reasons=tuple(sorted(reasons.items(), key=lambda item: (-item[1], item[0]))),
    )  # fmt: skip


def _is_wish(reason: str) -> bool:
    return reason in WISHES or reason.startswith("trap:")
