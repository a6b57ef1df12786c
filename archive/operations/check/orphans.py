"""Checks for rows that were left behind: rows that nothing refers to, and work that was never finished."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from sqlite_utils import Database

from archive.duplicates import candidates
from archive.duplicates.groups import regroup
from archive.operations.check.context import Check, Context, counted
from archive.storage.connection import timestamp, transaction
from archive.storage.kept_counts import recount, wrong_counts
from archive.storage.redaction import RedactionError, redact_pending
from archive.storage.sql import Fragment, compose

WORKS = Fragment("works where id not in (select work_id from bibliography where work_id is not null)")
SIGNATURES = Fragment("signatures where id not in (select signature_id from reference_signatures)")
BLOCKS = Fragment("blocks where site not in (select site from pages)")
BANDS = Fragment("text_bands where text_id not in (select id from distinct_texts)")
PAIRS = Fragment("text_pairs where copy_id not in (select id from distinct_texts)")
GROUPS = Fragment("copies where group_id not in (select id from articles)")
TEXTS = Fragment("distinct_texts where id not in (select text_id from article_texts)")
ALIASES = Fragment("pages where state = 'alias' and (alias_of is null or alias_of not in (select id from pages))")
RUNNING = Fragment("crawls where outcome = 'running'")


def _finding(rows: Fragment, words: str) -> Callable[[Context], Iterator[str]]:
    """Return a check that describes each of the `rows` by the SQL expression `words`."""

    def find(context: Context) -> Iterator[str]:
        return (
            says
            for (says,) in context.db.execute(compose("select {words} from {rows}", words=Fragment(words), rows=rows))
        )

    return find


def _deleting(*tables: Fragment) -> Callable[[Context], str]:
    def mend(context: Context) -> str:
        with transaction(context.db):
            number = sum(context.db.execute(compose("delete from {rows}", rows=rows)).rowcount for rows in tables)
        return f"{counted(number, 'row')} deleted"

    return mend


def _ids(db: Database, column: str, rows: Fragment) -> list[int]:
    return [row[0] for row in db.execute(compose("select {column} from {rows}", column=column, rows=rows)).fetchall()]


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
            candidates.delete_text(context.db, text_id)
    return f"{counted(len(texts), 'text')} deleted"


def _fetch_again(context: Context) -> str:
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
        yield from _finding(Fragment("erasures"), "warc_file || ' at ' || warc_offset")(context)


def _erase(context: Context) -> str:
    try:
        return f"{counted(redact_pending(context.db, context.folder), 'record')} overwritten"
    except RedactionError as error:
        return str(error)


def _wrong_counts(context: Context) -> Iterator[str]:
    return iter(wrong_counts(context.db))


def _recount(context: Context) -> str:
    with transaction(context.db):
        recount(context.db)
    return "counted anew"


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
    Check(name="aliases of nothing", find=_finding(ALIASES, "url"), mend=_fetch_again),
    Check(name="kept counts", find=_wrong_counts, mend=_recount),
    Check(name="crawls without a job", find=_running, mend=_end),
    Check(name="removals that are not finished", find=_erasures, mend=_erase),
)
