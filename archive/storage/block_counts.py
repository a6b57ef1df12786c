"""What a site repeats: on how many of its pages each block of text stands.

A block that recurs over many pages of one site is boilerplate whatever it says. Extraction takes the known ones as an
argument and stays pure; here they are counted.
"""

from collections.abc import Set as AbstractSet

from sqlite_utils import Database

FEWEST = 4  # pages: a sentence that two or three articles quote stays
SHARE = 0.1  # of the site's articles that a block has to stand on …
MOST = 20  # … but on no more than this many
KEPT = 20_000  # blocks seen once that are remembered per site, newest first: what bounds the table


def known_blocks(db: Database, site: str) -> frozenset[str]:
    """Fingerprints of the blocks that recur on `site`; none for single URLs, which are no site."""
    if not site:
        return frozenset()
    (articles,) = db.execute("select count(*) from articles where site = ?", [site]).fetchone()
    enough = max(FEWEST, min(MOST, round(SHARE * articles)))
    rows = db.execute("select fingerprint from blocks where site = ? and pages >= ?", [site, enough]).fetchall()
    return frozenset(row[0] for row in rows)


def count_blocks(db: Database, site: str, before: AbstractSet[str], after: AbstractSet[str]) -> None:
    """An article of `site` had the blocks `before` and has now those of `after`. Needs a transaction."""
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
    """Drops blocks seen once but for the newest: most text never recurs. Needs a transaction."""
    db.conn.execute(
        "delete from blocks where site = ?1 and pages < 2 and id not in "
        "(select id from blocks where site = ?1 and pages < 2 order by id desc limit ?2)",
        [site, KEPT],
    )
