"""Count on how many articles of a site each block of text appears.

A block that recurs on many pages of one site is boilerplate, whatever it says. Extraction takes the recurring blocks
as an argument.
"""

from collections.abc import Set as AbstractSet

from sqlite_utils import Database

MIN_PAGES = 4  # pages: a sentence that two or three articles quote is kept
MIN_SHARE = 0.1  # of the site's articles that a recurring block appears on …
MIN_PAGES_LIMIT = 20  # … but never more pages than this are needed
MAX_SINGLE = 20_000  # newest blocks seen once that are kept per site: limits the size of the table


def known_blocks(db: Database, site: str) -> frozenset[str]:
    """Return the fingerprints of the blocks that recur on `site`; none for '', the site of single URLs."""
    if not site:
        return frozenset()
    enough = round(MIN_PAGES_LIMIT / MIN_SHARE)  # more articles need no more pages
    sql = "select count(*) from (select 1 from articles where site = ? limit ?)"
    (articles,) = db.execute(sql, [site, enough]).fetchone()
    needed = max(MIN_PAGES, min(MIN_PAGES_LIMIT, round(MIN_SHARE * articles)))
    rows = db.execute("select fingerprint from blocks where site = ? and pages >= ?", [site, needed]).fetchall()
    return frozenset(row[0] for row in rows)


def count_blocks(db: Database, site: str, before: AbstractSet[str], after: AbstractSet[str]) -> None:
    """Update the counts for an article whose blocks were `before` and are `after`. The caller holds a transaction."""
    if not site:
        return
    db.conn.executemany(
        "insert into blocks (site, fingerprint, pages) values (?, ?, 1) "
        "on conflict (site, fingerprint) do update set pages = pages + 1",
        [(site, block) for block in sorted(after - before)],
    )
    db.conn.executemany(
        "update blocks set pages = max(pages - 1, 0) where site = ? and fingerprint = ?",
        [(site, block) for block in sorted(before - after)],
    )


def forget_rare(db: Database, site: str) -> None:
    """Delete blocks seen once except the newest, since most text never recurs. The caller holds a transaction."""
    db.conn.execute(
        "delete from blocks where site = ?1 and pages < 2 and id not in "
        "(select id from blocks where site = ?1 and pages < 2 order by id desc limit ?2)",
        [site, MAX_SINGLE],
    )
