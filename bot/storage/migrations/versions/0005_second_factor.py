"""Second factor of staff; sessions that say when and where, and wait for their second factor"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import bot.storage.tables

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def _id() -> sa.types.TypeEngine:
    return sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    op.create_table('second_factors',
    sa.Column('staff_id', _id(), autoincrement=False, nullable=False),
    sa.Column('secret', sa.String(length=256), nullable=False),
    sa.Column('confirmed_at', bot.storage.tables.UtcDateTime(), nullable=True),
    sa.Column('last_step', _id(), nullable=False),
    sa.Column('recovery', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_second_factors_staff_id')),
    sa.PrimaryKeyConstraint('staff_id', name=op.f('pk_second_factors'))
    )
    # Whoever is signed in signs in once more: an old session does not say when it was last used.
    op.drop_table('staff_sessions')
    _sessions(
        sa.Column('used_at', bot.storage.tables.UtcDateTime(), nullable=False),
        sa.Column('agent', sa.String(length=64), nullable=False),
        sa.Column('network', sa.String(length=64), nullable=False),
        sa.Column('confirmed', sa.Boolean(), nullable=False),
    )


def _sessions(*more: sa.Column) -> None:
    op.create_table('staff_sessions',
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('staff_id', _id(), nullable=False),
    sa.Column('csrf', sa.String(length=64), nullable=False),
    sa.Column('created_at', bot.storage.tables.UtcDateTime(), nullable=False),
    sa.Column('expires_at', bot.storage.tables.UtcDateTime(), nullable=False),
    *more,
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_staff_sessions_staff_id')),
    sa.PrimaryKeyConstraint('token_hash', name=op.f('pk_staff_sessions'))
    )
    op.create_index(op.f('ix_staff_sessions_staff_id'), 'staff_sessions', ['staff_id'])


def downgrade() -> None:
    op.drop_table('staff_sessions')
    _sessions()
    op.drop_table('second_factors')
