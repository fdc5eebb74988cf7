"""Scores are computed when they are asked for; the table that was to keep them was never filled."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the table away; its index goes with it."""
    op.drop_table("scores")
