"""Fetch pages: the only code that knows Scrapy or the network."""
