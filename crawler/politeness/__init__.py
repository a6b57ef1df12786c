"""What keeps the crawler polite and safe: throttle per host, robots.txt cache, outcomes, resolver."""
