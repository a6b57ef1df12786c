"""Pure decisions: when a page is due again, how long to back off, what robots.txt and directives permit."""
