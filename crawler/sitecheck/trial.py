"""What a site's rules would make of a page, without touching the archive."""

import json
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from archive.article import Article, NoArticle
from archive.articles.lookup import find_article, load
from archive.errors import NotStoredError
from archive.page import Page
from archive.storage.database import open_archive
from archive.storage.row_mapping import to_json
from archive.urls.canonical import canonical_url
from crawler.discovery import read_listing
from crawler.sites.article_urls import is_article
from crawler.sites.site import Site


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """`wanted`: the site's rules take the URL for an article; `fate` says why there is no `article`; `links` are the
    articles that the page leads to, if it were a listing (files only)."""

    url: str
    wanted: bool
    article: Article | None
    fate: str | None
    links: tuple[str, ...] = ()

    def as_object(self) -> dict[str, Any]:
        """For JSON."""
        article = json.loads(to_json(self.article)) if self.article else None
        return {"url": self.url, "wanted": self.wanted, "fate": self.fate, "links": self.links, "article": article}

    def as_text(self) -> str:
        """As lines to read."""
        lines = [self.url, f"  an article by the site's rules: {'yes' if self.wanted else 'no'}"]
        if self.article:
            found = self.article
            lines += [
                f"  title      {found.title}",
                f"  source     {found.source or '-'}",
                f"  published  {found.published or '-'}",
                f"  language   {found.language or '-'}",
                f"  text       {len(found.text)} characters: {found.text[:60]!r} … {found.text[-60:]!r}",
                f"  references {len(found.references)}, markers {len(found.citations)}, removed {len(found.removals)}",
            ]
        else:
            lines.append(f"  no article: {self.fate}")
        if self.links:
            lines.append(f"  as a listing it leads to {len(self.links)} articles:")
            lines += [f"    {link}" for link in self.links]
        return "\n".join(lines)


def of_file(path: Path, url: str, site: Site) -> Trial:
    """The trial of a saved page. `url` is where it was saved from. Raises OSError and ValueError (no URL)."""
    from archive.extraction import extract

    url, body = canonical_url(url), path.read_bytes()
    links = tuple(link.url for link in read_listing(body, url, site).links if link.kind == "article")
    try:
        article, fate = extract(Page(url=url, body=body, site=site.name)), None
    except NoArticle as no:
        article, fate = None, no.reason
    return Trial(url=url, wanted=is_article(url, site), article=article, fate=fate, links=links)


def of_url(url: str, site: Site, sites: Path | None, contact: str | None, allow_private: bool) -> Trial:
    """The trial of a page that is fetched, politely, into an archive that is thrown away.

    Raises what a crawl raises: ContactError, SiteError; ValueError for what is no URL.
    """
    from crawler.run import crawl, settings

    url = canonical_url(url)
    with tempfile.TemporaryDirectory() as folder:
        archive = Path(folder) / "trial.db"
        private = True if allow_private or site.allow_private else None
        made = settings(
            archive, HEALTHNEWS_SITES=sites, HEALTHNEWS_CONTACT=contact, HEALTHNEWS_ALLOW_PRIVATE=private,
            HEALTHNEWS_WORKERS=1,
        )  # fmt: skip
        crawl("urls", made, urls=url)
        db = open_archive(archive)
        try:
            article, fate = load(db, find_article(db, url)).article, None
        except NotStoredError:
            article, fate = None, _fate(db.execute("select state, reason from pages where url = ?", [url]).fetchone())
        finally:
            db.close()
    return Trial(url=url, wanted=is_article(url, site), article=article, fate=fate)


def _fate(row: tuple[str, str | None]) -> str:
    return ", ".join(filter(None, row))
