"""What an archive has, without what must differ from one run to the next: ids, times and places of records."""

import json
import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path

from tests.commands import run

MOMENTS = frozenset({"first_seen", "last_changed", "gone_since", "missing_since"})
QUERIES = {
    "pages": (
        "select url, kind, state, reason, failures, (select url from pages t where t.id = p.alias_of) from pages p"
    ),
    "fetches": (
        "select p.url, f.url, f.outcome, f.reason, f.content, f.status, f.digest "
        "from fetches f join pages p on p.id = page_id"
    ),
    "revisions": (  # the newest one is the article, and takes over the URL of a moved one when it is written again
        "select a.url, number, iif(number = a.revision, json_set(content, '$.url', a.url), content) "
        "from revisions r join articles a on a.id = r.article_id"
    ),
    "works": (
        "select key, w.doi, w.title, w.year, count(r.id) from works w left join bibliography r on r.work_id = w.id "
        "group by w.id"
    ),
    "removed": "select kind, pattern, reason, pages, articles from optouts",
    "unfinished": "select warc_file, warc_offset from erasures",
}


def contents(archive: Path) -> dict[str, list[str]]:
    """Return the export and what else is in the archive's tables, each as sorted lines."""
    with closing(sqlite3.connect(archive)) as db:
        found = {name: sorted(map(repr, db.execute(sql))) for name, sql in QUERIES.items()}
    return {"export": export(archive), **found}


def export(archive: Path) -> list[str]:
    """Return the lines of the archive's export, sorted. Of moments only whether there is one is kept."""
    done = run("--archive", archive, "export", cwd=archive.parent)
    assert done.returncode == 0, done.stderr
    return sorted(_comparable(json.loads(line)) for line in done.stdout.splitlines())


def _comparable(article: dict[str, object]) -> str:
    kept = {name: value is not None if name in MOMENTS else value for name, value in article.items() if name != "id"}
    return json.dumps(kept, ensure_ascii=False)


def differences(expected: dict[str, list[str]], found: dict[str, list[str]]) -> list[str]:
    """Return in a line each what is in one of two `contents` only, the first few of each kind."""
    said = []
    for name, lines in expected.items():
        wanted, there = Counter(lines), Counter(found[name])
        for what, extra in (("lacks", wanted - there), ("has", there - wanted)):
            said += [f"{name} {what} {extra.total()}, such as {line[:300]}" for line in list(extra)[:2]]
    return said


def check(archive: Path) -> list[str]:
    """Return what `healthnews check` finds wrong."""
    done = run("--archive", archive, "check", cwd=archive.parent)
    return [] if done.returncode == 0 else [f"check: {done.stdout}{done.stderr}"]
