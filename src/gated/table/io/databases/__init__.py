"""Reads the result of a query, or a table of a database: SQLite, DuckDB, and by SQLAlchemy."""
