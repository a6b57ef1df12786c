"""When an address leads to another one: whether the article there is the one that was here, and how two become one."""

from sqlite_utils import Database

from archive.article import Article
from archive.duplicates.similarity import are_copies, read, resemblance
from archive.storage.row_mapping import load_article
from archive.text.shingles import units

# Resemblance above which an article is taken for an edited version of another one: unrelated pages of one site share
# less than .05 of their shingles (words in pairs, characters in threes), a rewritten article with a new end has .3.
EDITED = 0.2
# The same under one title, which alone says little: weekly reports share one, and some sites have one for all pages.
RETITLED = 0.05


def is_same(one: Article, other: Article) -> bool:
    """Whether two are versions of one article, by their texts, and a little by their titles."""
    first, second = (read(units(article.text)) for article in (one, other))
    enough = RETITLED if has_title_of(one, other) else EDITED
    return resemblance(first, second) >= enough or are_copies(first, second)


def has_title_of(one: Article, other: Article) -> bool:
    """Whether the two have one title, whatever its case and punctuation."""
    title = units(one.title)
    return bool(title) and title == units(other.title)


def is_title_of_many(db: Database, site: str, title: str) -> bool:
    """Whether several articles of the site have that title, so that it tells nothing."""
    sql = "select count(*) from (select 1 from articles where site = ? and title = ? limit 2)"
    return int(db.execute(sql, [site, title]).fetchone()[0]) > 1


def is_list(db: Database, url: str) -> bool:
    """Whether that is the address of a feed, sitemap or listing."""
    row = db.execute("select kind from pages where url = ?", [url]).fetchone()
    return row is not None and row[0] != "article"


def ask_twin(db: Database, page_id: int, now: str) -> None:
    """Makes the one page of the site due that has the very article that is new at this one: perhaps it moved. Of
    several none, since what many pages say says nothing. Needs a transaction."""
    twins = db.execute(
        "select twin.page_id from articles new join articles twin on twin.content_hash = new.content_hash "
        "and twin.site = new.site and twin.id <> new.id where new.page_id = ? limit 2",
        [page_id],
    ).fetchall()
    if len(twins) == 1:
        sql = "update pages set due_at = min(coalesce(due_at, ?2), ?2) where id = ?1 and optout_id is null"
        db.conn.execute(sql, [twins[0][0], now])


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

    The newest revision of `article_id` stays the newest, since it is what the address answers that both have now. Of
    neighbours that say the same the earlier one stays.
    """
    rows = db.execute(
        "select id, content_hash, seen_at from revisions where article_id in (?, ?) order by article_id = ? and number "
        "= (select revision from articles where id = ?), seen_at, id",
        [article_id, into, article_id, article_id],
    ).fetchall()
    kept = [row for before, row in zip([None, *rows], rows, strict=False) if before is None or before[1] != row[1]]
    # Away from the numbers that are taken first: each stays unique at every step.
    db.conn.executemany("update revisions set number = -id where id = ?", [(row[0],) for row in rows])
    gone = {row[0] for row in rows}.difference(row[0] for row in kept)
    db.conn.executemany("delete from revisions where id = ?", [(row_id,) for row_id in gone])
    sql = "update revisions set article_id = ?, number = ? where id = ?"
    db.conn.executemany(sql, [(into, number, row[0]) for number, row in enumerate(kept, 1)])
    (first_seen,) = db.execute("select min(first_seen) from articles where id in (?, ?)", [article_id, into]).fetchone()
    db.conn.execute(
        "update articles set revision = ?, content_hash = ?, first_seen = ?, last_changed = ? where id = ?",
        [len(kept), kept[-1][1], first_seen, kept[-1][2], into],
    )
