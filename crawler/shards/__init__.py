"""Shards of a crawl: ordinary archives in a place that several machines reach, each written under a lease.

places.py opens the place, folder_store.py and s3_store.py keep it with conditional writes; leases.py says who writes;
fence.py stops a crawl whose lease is over; claims.py says which shard a host belongs to; snapshots.py has the files.
"""
