"""Groups of near-duplicate articles."""
