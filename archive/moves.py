"""When an address leads to another one: whether the article there is the one that was here, and how two become one."""

from sqlite_utils import Database

from archive.article import Article
from archive.copies_match import are_copies, read, resemblance
from archive.records import load_article
from archive.shingles import units

# Resemblance above which an article is taken for an edited version of another one: unrelated pages of one site share
# less than .05 of their shingles (words in pairs, characters in threes), a rewritten article with a new end has .3.
EDITED = 0.2


def is_same(one: Article, other: Article) -> bool:
    """Whether two are versions of one article: by the title, or by the text."""
    if units(one.title) and units(one.title) == units(other.title):
        return True
    first, second = (read(units(article.text)) for article in (one, other))
    return resemblance(first, second) >= EDITED or are_copies(first, second)


def leads_elsewhere(db: Database, page_id: int, answer: Article) -> bool:
    """Whether a redirect brought another article than the one that is stored of the page."""
    row = db.execute("select id from articles where page_id = ?", [page_id]).fetchone()
    return row is not None and not is_same(load_article(db, row[0]), answer)


def names_another(db: Database, url: str, article: Article, page_id: int | None = None) -> bool:
    """Whether at `url`, which a page names as its canonical address, is something else: another article, none at all,
    or a list. A mistake of its site's templates that would fold many articles into one, or lose them.

    An alias of that very page (`page_id`) counts as such: two addresses that name each other would change places
    forever.
    """
    sql = "select kind, state, alias_of, a.id from pages p left join articles a on a.page_id = p.id where p.url = ?"
    kind, state, alias_of, article_id = db.execute(sql, [url]).fetchone() or ("article", "new", None, None)
    if article_id is not None:
        return not is_same(load_article(db, article_id), article)
    return kind != "article" or state not in ("new", "alias") or (alias_of is not None and alias_of == page_id)


def give_back(db: Database, page_id: int, answer: Article | None, now: str) -> None:
    """Parts what a canonical link made one. Needs a transaction.

    An address that was only ever named, as the canonical one of a page, has another article or none: what is stored
    there goes back to the page that answered, which is looked at again.
    """
    sql = (
        "select a.id, a.fetch_id, p.id, p.url from articles a join fetches f on f.id = a.fetch_id "
        "join pages p on p.url = f.url and p.alias_of = a.page_id where a.page_id = ?"
    )
    row = db.execute(sql, [page_id]).fetchone()
    if row is None or (answer and is_same(load_article(db, row[0]), answer)):
        return
    article_id, fetch_id, owner_id, url = row
    db.conn.execute("update articles set page_id = ?, url = ? where id = ?", [owner_id, url, article_id])
    db.conn.execute("update fetches set page_id = ? where id = ?", [owner_id, fetch_id])
    sql = "update pages set state = 'stored', reason = null, alias_of = null, due_at = ? where id = ?"
    db.conn.execute(sql, [now, owner_id])
    db.conn.execute("update pages set alias_of = ? where alias_of = ?", [owner_id, page_id])
    db.conn.execute("update pages set digest = null, payload = null where id = ?", [page_id])


def join_history(db: Database, article_id: int, into: int) -> None:
    """Gives the revisions of one article to another, in the order in which they were seen. Needs a transaction.

    The newest revision of `into` stays the newest, since it is what the address answers.
    """
    rows = db.execute(
        "select id from revisions where article_id in (?, ?) order by article_id = ? and number = "
        "(select revision from articles where id = ?), seen_at, id",
        [article_id, into, into, into],
    ).fetchall()
    # Away from the numbers that are taken first: each stays unique at every step.
    db.conn.executemany("update revisions set number = -id where id = ?", rows)
    sql = "update revisions set article_id = ?, number = ? where id = ?"
    db.conn.executemany(sql, [(into, number, row_id) for number, (row_id,) in enumerate(rows, 1)])
    (first_seen,) = db.execute("select min(first_seen) from articles where id in (?, ?)", [article_id, into]).fetchone()
    db.conn.execute("update articles set revision = ?, first_seen = ? where id = ?", [len(rows), first_seen, into])
