"""A year of scheduled jobs over a loopback site, under a controlled clock."""
