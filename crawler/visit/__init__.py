"""Interpret responses, discover links, and set when a page is fetched again."""
