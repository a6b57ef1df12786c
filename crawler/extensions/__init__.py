"""Scrapy extensions, one small file each."""
