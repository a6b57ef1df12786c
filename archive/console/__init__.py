"""Tables and prose for a terminal."""
