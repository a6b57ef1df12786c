"""The click commands that need no crawler, a module for each group."""
