"""Reception days and their bookings"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import bot.storage.tables

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


def _id() -> sa.types.TypeEngine:
    return sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    op.create_table('reception_days',
    sa.Column('id', _id(), autoincrement=True, nullable=False),
    sa.Column('on', sa.Date(), nullable=False),
    sa.Column('starts', sa.Time(), nullable=False),
    sa.Column('minutes', sa.Integer(), nullable=False),
    sa.Column('slots', sa.Integer(), nullable=False),
    sa.Column('place', sa.String(length=128), nullable=False),
    sa.Column('leader', sa.String(length=64), nullable=False),
    sa.Column('cancelled', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_reception_days'))
    )
    op.create_index(op.f('ix_reception_days_on'), 'reception_days', ['on'])
    op.create_table('reception_bookings',
    sa.Column('id', _id(), autoincrement=True, nullable=False),
    sa.Column('day_id', _id(), nullable=False),
    sa.Column('slot', sa.Integer(), nullable=False),
    sa.Column('released', _id(), nullable=False),
    sa.Column('conversation_id', sa.String(length=32), nullable=False),
    sa.Column('case_no', sa.String(length=32), nullable=False),
    sa.Column('booked_at', bot.storage.tables.UtcDateTime(), nullable=False),
    sa.Column('outcome', sa.String(length=16), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversations.id'], name=op.f('fk_reception_bookings_conversation_id')),
    sa.ForeignKeyConstraint(['day_id'], ['reception_days.id'], name=op.f('fk_reception_bookings_day_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_reception_bookings')),
    sa.UniqueConstraint('day_id', 'slot', 'released', name=op.f('uq_reception_bookings_day_id'))
    )
    op.create_index(op.f('ix_reception_bookings_conversation_id'), 'reception_bookings', ['conversation_id'])


def downgrade() -> None:
    op.drop_table('reception_bookings')
    op.drop_table('reception_days')
