"""Checks of printed references: against the record of a work, and by what the page alone tells."""
