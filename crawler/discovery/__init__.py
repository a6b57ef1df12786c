"""Find articles: pure functions from the bytes of a feed, sitemap or listing page to links."""

from crawler.discovery.feed import read_feed
from crawler.discovery.home import lists_of_home
from crawler.discovery.listing import read_listing
from crawler.discovery.models import DiscoveredLink, DiscoveryResult
from crawler.discovery.sitemap import read_sitemap

__all__ = ["DiscoveredLink", "DiscoveryResult", "lists_of_home", "read_feed", "read_listing", "read_sitemap"]
