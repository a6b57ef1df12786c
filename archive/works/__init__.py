"""Works: references resolved to the publications they name, retractions, and queries on them."""
