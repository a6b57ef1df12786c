"""The database file: schema, migrations, lock, and the rows of each group of tables."""
