"""Spiders, one for each way to say what to crawl: the configured sites, or single URLs."""
