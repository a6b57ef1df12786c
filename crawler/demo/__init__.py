"""A small invented health-news site, served on loopback: what `make demo` crawls and the tests crawl too.

Every company, person, paper and telephone number in it is made up. `expected.json` says what a careful reader
finds on each page.
"""
