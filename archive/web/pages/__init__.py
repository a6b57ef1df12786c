"""The pages that the Datasette plugin serves, one module each."""
