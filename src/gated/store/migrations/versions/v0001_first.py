"""The first tables: series, rows, states, forecasts, keys."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision: str | None = None

_NAME = 200


def _of_series(table: str) -> tuple[sa.Column[int], sa.ForeignKeyConstraint]:
    constraint = sa.ForeignKeyConstraint(
        ["series"], ["series.id"], name=f"fk_{table}_series_series", ondelete="CASCADE"
    )
    return sa.Column("series", sa.Integer, nullable=False), constraint


def _derived(table: str, key: str) -> None:
    """Make a table of bytes that are derived from the rows of a series."""
    op.create_table(
        table,
        *_of_series(table),
        sa.Column(key, sa.String(_NAME), nullable=False),
        sa.Column("revision", sa.BigInteger, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("series", key, name=f"pk_{table}"),
    )


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "series",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("label", sa.String(_NAME), nullable=False),
        sa.Column("clock", sa.String(10), nullable=False),
        sa.Column("revision", sa.BigInteger, nullable=False),
        sa.Column("n_rows", sa.BigInteger, nullable=False),
        sa.Column("changed", sa.DateTime, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_series"),
        sa.UniqueConstraint("label", name="uq_series_label"),
    )
    op.create_table(
        "rows",
        *_of_series("rows"),
        sa.Column("ds", sa.BigInteger, nullable=False),
        sa.Column("y", sa.Double, nullable=True),
        sa.PrimaryKeyConstraint("series", "ds", name="pk_rows"),
        sqlite_with_rowid=False,
    )
    _derived("states", "kind")
    _derived("forecasts", "options")
    op.create_table(
        "keys",
        sa.Column("name", sa.String(_NAME), nullable=False),
        sa.Column("public_part", sa.String(40), nullable=False),
        sa.Column("digest", sa.LargeBinary, nullable=False),
        sa.Column("per_minute", sa.Integer, nullable=False),
        sa.Column("made", sa.DateTime, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_keys"),
        sa.UniqueConstraint("public_part", name="uq_keys_public_part"),
    )


def downgrade() -> None:
    """Remove the tables."""
    for table in ("keys", "forecasts", "states", "rows", "series"):
        op.drop_table(table)
