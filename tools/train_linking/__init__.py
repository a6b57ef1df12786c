"""Training of the model that links news texts to papers (`archive/literature/linking`)."""
