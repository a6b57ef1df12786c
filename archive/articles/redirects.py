"""Follow redirects and canonical links between articles: compare the two, merge them, and undo a wrong merge."""

from sqlite_utils import Database

from archive.article import Article
from archive.duplicates.similarity import are_near_duplicates, prepare, resemblance
from archive.storage.row_mapping import load_article
from archive.text.shingles import units

# Resemblance of the texts from which two articles are versions of one. Unrelated pages of a site share less than .05 of
# their shingles (pairs of words, triples of characters), a rewritten article with a new ending has .3.
SAME_TEXT = 0.2
# The same for articles with equal titles. A title alone is not enough: weekly reports and whole sites share one.
SAME_TITLE = 0.05


def is_same_article(one: Article, other: Article) -> bool:
    """Whether two articles are versions of one, by their texts, with a lower threshold for equal titles."""
    first, second = (prepare(units(article.text)) for article in (one, other))
    threshold = SAME_TITLE if has_same_title(one, other) else SAME_TEXT
    return resemblance(first, second) >= threshold or are_near_duplicates(first, second)


def has_same_title(one: Article, other: Article) -> bool:
    """Whether the titles are equal, apart from case and punctuation."""
    title = units(one.title)
    return bool(title) and title == units(other.title)


def is_shared_title(db: Database, site: str, title: str) -> bool:
    """Whether several articles of the site have that title, so that it identifies none of them."""
    sql = "select count(*) from (select 1 from articles where site = ? and title = ? limit 2)"
    return int(db.execute(sql, [site, title]).fetchone()[0]) > 1


def is_discovery_url(db: Database, url: str) -> bool:
    """Whether the URL is that of a feed, sitemap or listing, or of an image."""
    row = db.execute("select kind from pages where url = ?", [url]).fetchone()
    return row is not None and row[0] != "article"


def recheck_duplicate(db: Database, page_id: int, now: str) -> None:
    """Make the page due that has the same content as the new article of this page, which may be its new URL.

    With several such pages on the site none is made due. The caller holds a transaction.
    """
    # The plus keeps SQLite from walking all articles of the site instead of those with that hash.
    duplicates = db.execute(
        "select other.page_id from articles new join articles other on other.content_hash = new.content_hash "
        "and +other.site = new.site and other.id <> new.id where new.page_id = ? limit 2",
        [page_id],
    ).fetchall()
    if len(duplicates) == 1:
        sql = "update pages set due_at = min(coalesce(due_at, ?2), ?2) where id = ?1 and optout_id is null"
        db.conn.execute(sql, [duplicates[0][0], now])


def redirects_to_another(db: Database, page_id: int, fetched: Article) -> bool:
    """Whether a redirect led to another article than the one that is stored of the page."""
    row = db.execute("select id from articles where page_id = ?", [page_id]).fetchone()
    return row is not None and not is_same_article(load_article(db, row[0]), fetched)


def is_false_canonical(db: Database, url: str, article: Article, page_id: int | None = None) -> bool:
    """Whether `url`, the canonical URL that a page states, is that of another article, of no article or of a listing.

    Such a mistake in the templates of a site would merge many articles into one, or lose them. An alias of the page
    itself (`page_id`) counts too, since two URLs that name each other would be swapped at every fetch.
    """
    sql = "select kind, state, alias_of, a.id from pages p left join articles a on a.page_id = p.id where p.url = ?"
    kind, state, alias_of, article_id = db.execute(sql, [url]).fetchone() or ("article", "new", None, None)
    if article_id is not None:
        return not is_same_article(load_article(db, article_id), article)
    return kind != "article" or state not in ("new", "alias") or (alias_of is not None and alias_of == page_id)


def undo_canonical_merge(db: Database, page_id: int, fetched: Article | None, now: str) -> None:
    """Undo a merge by rel=canonical when the canonical URL turns out to hold another article, or none.

    The stored article goes back to the page that it was fetched from, which becomes due. The caller holds a
    transaction.
    """
    sql = (
        "select a.id, a.fetch_id, p.id, p.url from articles a join fetches f on f.id = a.fetch_id "
        "join pages p on p.url = f.url and p.alias_of = a.page_id where a.page_id = ?"
    )
    row = db.execute(sql, [page_id]).fetchone()
    if row is None or (fetched and is_same_article(load_article(db, row[0]), fetched)):
        return
    article_id, fetch_id, owner_id, url = row
    db.conn.execute("update articles set page_id = ?, url = ? where id = ?", [owner_id, url, article_id])
    db.conn.execute("update fetches set page_id = ? where id = ?", [owner_id, fetch_id])
    sql = "update pages set state = 'stored', reason = null, alias_of = null, due_at = ? where id = ?"
    db.conn.execute(sql, [now, owner_id])
    db.conn.execute("update pages set alias_of = ? where alias_of = ?", [owner_id, page_id])
    db.conn.execute("update pages set digest = null, payload = null where id = ?", [page_id])


def merge_revisions(db: Database, article_id: int, into: int) -> None:
    """Move the revisions of an article to the article `into`, in the order in which they were seen.

    The newest revision of `article_id` stays the newest, since it is what the common URL serves now. Of adjacent
    revisions with equal content the earlier one is kept. The caller holds a transaction.
    """
    rows = db.execute(
        "select id, content_hash, seen_at from revisions where article_id in (?, ?) order by article_id = ? and number "
        "= (select revision from articles where id = ?), seen_at, id",
        [article_id, into, article_id, article_id],
    ).fetchall()
    kept = [row for before, row in zip([None, *rows], rows, strict=False) if before is None or before[1] != row[1]]
    # Numbers are unique in an article: free all of them before they are assigned again.
    db.conn.executemany("update revisions set number = -id where id = ?", [(row[0],) for row in rows])
    gone = {row[0] for row in rows}.difference(row[0] for row in kept)
    db.conn.executemany("delete from revisions where id = ?", [(row_id,) for row_id in gone])
    db.conn.execute("update or ignore article_images set article_id = ? where article_id = ?", [into, article_id])
    sql = "update revisions set article_id = ?, number = ? where id = ?"
    db.conn.executemany(sql, [(into, number, row[0]) for number, row in enumerate(kept, 1)])
    (first_seen,) = db.execute("select min(first_seen) from articles where id in (?, ?)", [article_id, into]).fetchone()
    db.conn.execute(
        "update articles set revision = ?, content_hash = ?, first_seen = ?, last_changed = ? where id = ?",
        [len(kept), kept[-1][1], first_seen, kept[-1][2], into],
    )
