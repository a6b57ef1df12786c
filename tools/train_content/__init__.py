"""Train the model that judges which lines of a page are content; see archive/extraction/judge/."""
