"""The outcomes, reasons and kinds of alerts in the code are those that docs/crawling.md lists."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from archive.article import NoArticle
from archive.extraction.interstitials import REASONS
from archive.monitoring.alerts import CAUSED_BY_HOST, EXPLAINS, HOST_UNAVAILABLE
from archive.monitoring.alerts.hosts import CHANGES
from archive.monitoring.alerts.no_article_yet import KIND
from archive.monitoring.alerts.yield_drop import DESCRIPTIONS
from crawler.politeness.outcomes import of_redirect, of_status
from crawler.visit.blocked import blocked_reason

ROOT = Path(__file__).parent.parent
TABLES = (ROOT / "docs" / "crawling.md").read_text(encoding="utf-8").partition("\n## Words\n")[2]
ROWS = re.findall(r"^\| `([^`]+)` \| (.*) \|$", TABLES, re.MULTILINE)
LISTED = {outcome: set(re.findall(r"`([^`]+)`", reasons)) for outcome, reasons in ROWS}
WORDS = set(re.findall(r"`([^`]+)`", TABLES))


def calls(folder: str) -> Iterator[tuple[str, ast.Call]]:
    for path in (ROOT / folder).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                yield getattr(node.func, "id", ""), node


def text(node: ast.expr | None) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def named() -> set[tuple[str | None, str | None]]:
    """The pairs of outcome and reason that the code writes out."""
    found = set()
    for name, call in calls("crawler"):
        keys = {keyword.arg: text(keyword.value) for keyword in call.keywords}
        first = {"Outcome": 0, "_without_article": 1}.get(name)
        if first is not None:
            found.add((text(call.args[first]), text(call.args[first + 1])))
        elif name == "replace" and keys.get("outcome"):
            found.add((keys["outcome"], keys.get("reason")))
    return found


def test_every_outcome_and_reason_is_listed() -> None:
    pairs = named()
    assert len(pairs) > 20
    for outcome, reason in pairs:
        assert outcome is None or outcome in LISTED
        assert not outcome or not reason or reason in LISTED[outcome] or reason.startswith("http "), (outcome, reason)


def test_every_status_and_redirect_is_listed() -> None:
    for status in (401, 403, 404, 410, 451):
        outcome = of_status(status)
        assert outcome
        assert outcome.reason in LISTED[outcome.outcome]
    for target in ("https://n.example/", "https://n.example/404.html"):
        outcome = of_redirect("https://n.example/a/1", target, ())
        assert outcome
        assert outcome.reason in LISTED["gone"]


def test_every_reason_of_extraction_is_listed() -> None:
    raised = {text(call.args[0]) for name, call in calls("archive") if name == "NoArticle"} - {None, "not found"}
    for reason in (*raised, *REASONS):
        blocked = blocked_reason(NoArticle(reason or ""))
        expected = LISTED["blocked"] if blocked else LISTED["no article"] | LISTED["gone"]
        assert (blocked or reason) in expected


def test_every_kind_of_alert_is_listed() -> None:
    kinds = set()
    for name, call in calls("archive/monitoring"):
        if name == "Alert":
            value = next(keyword.value for keyword in call.keywords if keyword.arg == "kind")
            kinds |= {text(part) for part in ((value.body, value.orelse) if isinstance(value, ast.IfExp) else (value,))}
    assert len(kinds) > 8
    others = {
        *DESCRIPTIONS,
        *(kind for kind, _ in CHANGES.values()),
        KIND,
        *HOST_UNAVAILABLE,
        *CAUSED_BY_HOST,
        *EXPLAINS,
    }
    assert (kinds - {None}) | others <= WORDS
