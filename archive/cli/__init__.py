"""The commands that need no crawler, one module per group."""
