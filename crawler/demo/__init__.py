"""A small invented health-news site, served on loopback, for `make demo` and the tests.

Every company, person, paper and telephone number in it is made up. `expected.json` has the correct
result of extraction for each page.
"""
