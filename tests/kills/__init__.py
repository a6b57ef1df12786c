"""Jobs that are killed at seeded moments and started again: what they leave is what an undisturbed run leaves.

`site` is what they crawl, `jobs` starts and kills them, `crawls` and `commands` run them and compare.
"""
