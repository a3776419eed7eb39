"""Whoever booked a reception day is reminded once"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import bot.storage.tables

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('reception_bookings', sa.Column('reminded_at', bot.storage.tables.UtcDateTime(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table('reception_bookings') as table:
        table.drop_column('reminded_at')
