"""Drafts of staff: what was typed and not sent"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import bot.storage.tables

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


def _id() -> sa.types.TypeEngine:
    return sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    op.create_table('drafts',
    sa.Column('staff_id', _id(), autoincrement=False, nullable=False),
    sa.Column('case_id', _id(), autoincrement=False, nullable=False),
    sa.Column('box', sa.String(length=16), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('saved_at', bot.storage.tables.UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_drafts_case_id')),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_drafts_staff_id')),
    sa.PrimaryKeyConstraint('staff_id', 'case_id', 'box', name=op.f('pk_drafts'))
    )
    op.create_index(op.f('ix_drafts_saved_at'), 'drafts', ['saved_at'])


def downgrade() -> None:
    op.drop_table('drafts')
