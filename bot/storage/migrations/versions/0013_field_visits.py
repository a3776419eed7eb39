"""下访: visits to the countryside and the cases they carry"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None


def _id() -> sa.types.TypeEngine:
    return sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    op.create_table('field_visits',
    sa.Column('id', _id(), autoincrement=True, nullable=False),
    sa.Column('on', sa.Date(), nullable=False),
    sa.Column('place', sa.String(length=128), nullable=False),
    sa.Column('leader', sa.String(length=64), nullable=False),
    sa.Column('cancelled', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_field_visits'))
    )
    op.create_index(op.f('ix_field_visits_on'), 'field_visits', ['on'])
    op.create_table('field_visit_cases',
    sa.Column('visit_id', _id(), autoincrement=False, nullable=False),
    sa.Column('case_no', sa.String(length=32), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['visit_id'], ['field_visits.id'], name=op.f('fk_field_visit_cases_visit_id')),
    sa.PrimaryKeyConstraint('visit_id', 'case_no', name=op.f('pk_field_visit_cases'))
    )


def downgrade() -> None:
    op.drop_table('field_visit_cases')
    op.drop_table('field_visits')
