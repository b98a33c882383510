"""Changes of the tables, one module for each version of the store; Alembic runs them."""
