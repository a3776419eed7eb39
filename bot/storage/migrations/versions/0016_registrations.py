"""registration by staff: its drafts, and who brings a case"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import bot.storage.tables

revision = '0016'
down_revision = '0015'
branch_labels = None
depends_on = None


def _id() -> sa.types.TypeEngine:
    return sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    op.add_column('cases', sa.Column('petitioner', sa.JSON(), server_default='{}', nullable=False))
    op.create_table('registrations',
    sa.Column('key', sa.String(length=32), nullable=False),
    sa.Column('staff_id', _id(), nullable=False),
    sa.Column('form', sa.JSON(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('read_text', sa.Text(), server_default='', nullable=False),
    sa.Column('reading', sa.JSON(), server_default='{}', nullable=False),
    sa.Column('case_id', _id(), nullable=True),
    sa.Column('saved_at', bot.storage.tables.UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_registrations_case_id')),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_registrations_staff_id')),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_registrations'))
    )
    op.create_index(op.f('ix_registrations_staff_id_saved_at'), 'registrations', ['staff_id', 'saved_at'])
    op.create_index(op.f('ix_registrations_saved_at'), 'registrations', ['saved_at'])


def downgrade() -> None:
    op.drop_table('registrations')
    op.drop_column('cases', 'petitioner')
