"""Spiders, one per way of being told what to crawl: the configured sites, or single URLs."""
