"""Crawling and re-extraction on a cluster, by Dask (`distributed`), the optional extra `cluster`.

driver.py hands shards to workers and merges what comes back, shard_task.py is what a worker does with one, and
shard_process.py the crawl itself, in a process of its own. connect.py leads to the workers.
"""
