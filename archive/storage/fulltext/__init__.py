"""The full-text index: its tables, triggers and facet codes."""
