"""Throttle per host, robots.txt cache, outcomes of requests, and the resolver that refuses private addresses."""
