"""Downloader middlewares, one small file each."""
