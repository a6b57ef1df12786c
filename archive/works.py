"""Works: the publications that references point to, one row each."""

import re
import unicodedata

from sqlite_utils import Database

from archive.article import Reference

SHORTEST_TITLE = 12  # letters and digits; a shorter title ("Introduction", 前言) does not tell works apart

ADD = """
insert into works (key, doi, pmid, pmcid, title, container_title, year)
values (:key, :doi, :pmid, :pmcid, :title, :container_title, :year)
on conflict (key) do update set
  doi = coalesce(doi, excluded.doi), pmid = coalesce(pmid, excluded.pmid), pmcid = coalesce(pmcid, excluded.pmcid),
  title = coalesce(title, excluded.title), container_title = coalesce(container_title, excluded.container_title),
  year = coalesce(year, excluded.year)
returning id
"""


def work_key(reference: Reference) -> str | None:
    """What tells the work apart: its DOI, else PMID, else PMCID, else its normalised title; None: too little known."""
    for name in ("doi", "pmid", "pmcid"):
        if value := getattr(reference, name):
            return f"{name}:{value}"
    title = normalised_title(reference.title or "")
    return f"title:{title}" if len(title) >= SHORTEST_TITLE else None


def normalised_title(title: str) -> str:
    """Letters and digits in lower case, without accents and width: the same title however it was set."""
    plain = (c for c in unicodedata.normalize("NFKD", title) if not unicodedata.combining(c))
    return re.sub(r"[\W_]+", "", "".join(plain)).lower()


def add_work(db: Database, reference: Reference) -> int | None:
    """The id of the work that `reference` points to, made or completed; None when it cannot be told apart."""
    key = work_key(reference)
    if key is None:
        return None
    row = {name: getattr(reference, name) for name in ("doi", "pmid", "pmcid", "title", "container_title", "year")}
    (work_id,) = db.conn.execute(ADD, row | {"key": key}).fetchone()
    return int(work_id)


def drop_uncited(db: Database, work_ids: set[int]) -> None:
    """Removes those of `work_ids` that no reference points to any more."""
    sql = "delete from works where id = ? and not exists (select 1 from bibliography where work_id = works.id)"
    db.conn.executemany(sql, [(work_id,) for work_id in work_ids])
