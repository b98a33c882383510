"""Series have the revision of their latest write that was no appending, and an identity."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision: str | None = "0001"

_COLUMNS = ("rewritten", "identity")


def upgrade() -> None:
    """Add the columns; of older writes, nobody knows whether they appended."""
    for name in _COLUMNS:
        op.add_column("series", sa.Column(name, sa.BigInteger, nullable=False, server_default="0"))
    op.execute("UPDATE series SET rewritten = revision")


def downgrade() -> None:
    """Remove the columns."""
    for name in _COLUMNS:
        op.drop_column("series", name)
