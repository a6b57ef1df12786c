"""Checks for rows that something else left behind: of no use to anybody, or waiting for what will never come."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from sqlite_utils import Database

from archive.duplicates import candidates
from archive.duplicates.groups import regroup
from archive.operations.check.context import Check, Scene, counted
from archive.storage.connection import timestamp, transaction
from archive.storage.erasure import ErasingError, finish

WORKS = "works where id not in (select work_id from bibliography where work_id is not null)"
SIGNATURES = "signatures where id not in (select signature_id from reference_signatures)"
BLOCKS = "blocks where site not in (select site from pages)"
BANDS = "text_bands where text_id not in (select id from distinct_texts)"
PAIRS = "text_pairs where copy_id not in (select id from distinct_texts)"
GROUPS = "copies where group_id not in (select id from articles)"
TEXTS = "distinct_texts where id not in (select text_id from article_texts)"
ALIASES = "pages where state = 'alias' and (alias_of is null or alias_of not in (select id from pages))"
RUNNING = "crawls where outcome = 'running'"


def _finding(rows: str, words: str) -> Callable[[Scene], Iterator[str]]:
    """Names the rows by `words`, which is SQL."""

    def find(scene: Scene) -> Iterator[str]:
        return (says for (says,) in scene.db.execute(f"select {words} from {rows}"))  # noqa: S608

    return find


def _deleting(*tables: str) -> Callable[[Scene], str]:
    def mend(scene: Scene) -> str:
        with transaction(scene.db):
            number = sum(scene.db.execute(f"delete from {rows}").rowcount for rows in tables)  # noqa: S608
        return f"{counted(number, 'row')} deleted"

    return mend


def _ids(db: Database, column: str, rows: str) -> list[int]:
    return [row[0] for row in db.execute(f"select {column} from {rows}").fetchall()]  # noqa: S608


def _regroup(scene: Scene) -> str:
    with transaction(scene.db):
        members = _ids(scene.db, "article_id", GROUPS)
        for article_id in members:
            regroup(scene.db, article_id)
    return f"{counted(len(members), 'article')} grouped anew"


def _drop_texts(scene: Scene) -> str:
    with transaction(scene.db):
        texts = _ids(scene.db, "id", TEXTS)
        for text_id in texts:
            candidates.drop(scene.db, text_id)
    return f"{counted(len(texts), 'text')} deleted"


def _ask_again(scene: Scene) -> str:
    now = timestamp(datetime.now(UTC))
    with transaction(scene.db):
        sql = "update pages set state = 'new', reason = null, alias_of = null, due_at = ? where id in (select id from "
        number = scene.db.execute(f"{sql}{ALIASES})", [now]).rowcount
    return f"{counted(number, 'page')} to be fetched anew by the next crawl"


def _running(scene: Scene) -> Iterator[str]:
    if not scene.busy:
        yield from _finding(RUNNING, "'crawl ' || id || ', begun ' || started_at")(scene)


def _end(scene: Scene) -> str:
    with transaction(scene.db):
        number = scene.db.execute("update crawls set outcome = 'died' where outcome = 'running'").rowcount
    return f"{counted(number, 'crawl')} marked as died"


def _erasures(scene: Scene) -> Iterator[str]:
    if not scene.busy:
        yield from _finding("erasures", "warc_file || ' at ' || warc_offset")(scene)


def _erase(scene: Scene) -> str:
    try:
        return f"{counted(finish(scene.db, scene.folder), 'record')} overwritten"
    except ErasingError as error:
        return str(error)


CHECKS = (
    Check(name="works that nobody cites", find=_finding(WORKS, "'work ' || id || ', ' || key"), mend=_deleting(WORKS)),
    Check(
        name="signatures without references",
        find=_finding(SIGNATURES, "'signature ' || id"),
        mend=_deleting(SIGNATURES),
    ),
    Check(name="groups of copies", find=_finding(GROUPS, "'article ' || article_id"), mend=_regroup),
    Check(name="texts of no article", find=_finding(TEXTS, "'text ' || id"), mend=_drop_texts),
    Check(name="bands of no text", find=_finding(BANDS, "'text ' || text_id"), mend=_deleting(BANDS)),
    Check(name="pairs of no text", find=_finding(PAIRS, "'text ' || text_id"), mend=_deleting(PAIRS)),
    Check(name="blocks of unknown sites", find=_finding(BLOCKS, "site || ', ' || fingerprint"), mend=_deleting(BLOCKS)),
    Check(name="aliases of nothing", find=_finding(ALIASES, "url"), mend=_ask_again),
    Check(name="crawls without a job", find=_running, mend=_end),
    Check(name="removals that are not finished", find=_erasures, mend=_erase),
)
