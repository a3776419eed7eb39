"""Who told number and query code of a case goes on with it in another conversation"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import bot.storage.tables

revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('case_guests',
    sa.Column('conversation_id', sa.String(length=32), nullable=False),
    sa.Column('case_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('at', bot.storage.tables.UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_case_guests_case_id')),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversations.id'], name=op.f('fk_case_guests_conversation_id')),
    sa.PrimaryKeyConstraint('conversation_id', 'case_id', name=op.f('pk_case_guests'))
    )
    op.create_index(op.f('ix_case_guests_case_id'), 'case_guests', ['case_id'])


def downgrade() -> None:
    op.drop_table('case_guests')
