"""organs and reply templates that staff change in the console"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0017'
down_revision = '0016'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('organ_changes',
    sa.Column('code', sa.String(length=64), nullable=False),
    sa.Column('name', sa.String(length=64), nullable=False),
    sa.Column('short', sa.String(length=32), nullable=False),
    sa.Column('added', sa.Boolean(), nullable=False),
    sa.Column('retired', sa.Boolean(), nullable=False),
    sa.Column('level', sa.String(length=16), nullable=False),
    sa.Column('superior', sa.String(length=64), nullable=False),
    sa.Column('topics', sa.JSON(), nullable=False),
    sa.Column('words', sa.JSON(), nullable=False),
    sa.Column('places', sa.JSON(), nullable=False),
    sa.PrimaryKeyConstraint('code', name=op.f('pk_organ_changes'))
    )
    op.create_table('template_changes',
    sa.Column('code', sa.String(length=64), nullable=False),
    sa.Column('name', sa.String(length=64), nullable=False),
    sa.Column('move', sa.String(length=32), nullable=False),
    sa.Column('field', sa.String(length=16), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('lanes', sa.JSON(), nullable=False),
    sa.Column('topics', sa.JSON(), nullable=False),
    sa.Column('retired', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('code', name=op.f('pk_template_changes'))
    )
    stamps = op.create_table('rules_stamps',
    sa.Column('name', sa.String(length=16), nullable=False),
    sa.Column('stamp', sa.String(length=32), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_rules_stamps'))
    )
    op.bulk_insert(stamps, [{'name': 'rules', 'stamp': ''}])


def downgrade() -> None:
    op.drop_table('rules_stamps')
    op.drop_table('template_changes')
    op.drop_table('organ_changes')
