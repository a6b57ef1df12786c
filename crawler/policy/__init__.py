"""Pure decisions: when to come back, how long to back off, what robots.txt and its directives allow."""
