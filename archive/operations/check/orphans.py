"""Checks for rows that something else left behind: of no use to anybody, or waiting for what will never come."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from sqlite_utils import Database

from archive.duplicates import candidates
from archive.duplicates.groups import regroup
from archive.operations.check.context import Check, Context, counted
from archive.storage.connection import timestamp, transaction
from archive.storage.redaction import RedactionError, redact_pending

WORKS = "works where id not in (select work_id from bibliography where work_id is not null)"
SIGNATURES = "signatures where id not in (select signature_id from reference_signatures)"
BLOCKS = "blocks where site not in (select site from pages)"
BANDS = "text_bands where text_id not in (select id from distinct_texts)"
PAIRS = "text_pairs where copy_id not in (select id from distinct_texts)"
GROUPS = "copies where group_id not in (select id from articles)"
TEXTS = "distinct_texts where id not in (select text_id from article_texts)"
ALIASES = "pages where state = 'alias' and (alias_of is null or alias_of not in (select id from pages))"
RUNNING = "crawls where outcome = 'running'"


def _finding(rows: str, words: str) -> Callable[[Context], Iterator[str]]:
    """Names the rows by `words`, which is SQL."""

    def find(context: Context) -> Iterator[str]:
        return (says for (says,) in context.db.execute(f"select {words} from {rows}"))  # noqa: S608

    return find


def _deleting(*tables: str) -> Callable[[Context], str]:
    def mend(context: Context) -> str:
        with transaction(context.db):
            number = sum(context.db.execute(f"delete from {rows}").rowcount for rows in tables)  # noqa: S608
        return f"{counted(number, 'row')} deleted"

    return mend


def _ids(db: Database, column: str, rows: str) -> list[int]:
    return [row[0] for row in db.execute(f"select {column} from {rows}").fetchall()]  # noqa: S608


def _regroup(context: Context) -> str:
    with transaction(context.db):
        members = _ids(context.db, "article_id", GROUPS)
        for article_id in members:
            regroup(context.db, article_id)
    return f"{counted(len(members), 'article')} grouped anew"


def _drop_texts(context: Context) -> str:
    with transaction(context.db):
        texts = _ids(context.db, "id", TEXTS)
        for text_id in texts:
            candidates.drop(context.db, text_id)
    return f"{counted(len(texts), 'text')} deleted"


def _ask_again(context: Context) -> str:
    now = timestamp(datetime.now(UTC))
    with transaction(context.db):
        sql = "update pages set state = 'new', reason = null, alias_of = null, due_at = ? where id in (select id from "
        number = context.db.execute(f"{sql}{ALIASES})", [now]).rowcount
    return f"{counted(number, 'page')} to be fetched anew by the next crawl"


def _running(context: Context) -> Iterator[str]:
    if not context.busy:
        yield from _finding(RUNNING, "'crawl ' || id || ', begun ' || started_at")(context)


def _end(context: Context) -> str:
    with transaction(context.db):
        number = context.db.execute("update crawls set outcome = 'died' where outcome = 'running'").rowcount
    return f"{counted(number, 'crawl')} marked as died"


def _erasures(context: Context) -> Iterator[str]:
    if not context.busy:
        yield from _finding("erasures", "warc_file || ' at ' || warc_offset")(context)


def _erase(context: Context) -> str:
    try:
        return f"{counted(redact_pending(context.db, context.folder), 'record')} overwritten"
    except RedactionError as error:
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
