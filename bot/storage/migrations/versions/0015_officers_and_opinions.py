"""Who works on a case within its organ, and until when an assisting organ owes an opinion"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
HELD = sa.text('officer_id IS NOT NULL')
OWED = sa.text('owed_on IS NOT NULL')
BEFORE = {
    'ix_cases_list_of_state': ['state', 'urgency', 'id', 'kind', 'organ', 'topic_level1', 'due_on', 'bounced'],
    'ix_cases_list_of_organ': ['organ', 'urgency', 'id', 'state', 'kind', 'topic_level1', 'due_on', 'bounced'],
}
NOW = {name: [*columns, 'officer_id'] for name, columns in BEFORE.items()}


def upgrade() -> None:
    op.add_column('cases', sa.Column('officer_id', ID, nullable=True))
    op.add_column('case_organs', sa.Column('owed_on', sa.Date(), nullable=True))
    _change(BEFORE, NOW)
    listed = ['officer_id', 'state', 'due_on']
    op.create_index('ix_cases_list_of_officer', 'cases', listed, sqlite_where=HELD, postgresql_where=HELD)
    op.create_index('ix_case_organs_owed', 'case_organs', ['organ', 'case_id'], sqlite_where=OWED, postgresql_where=OWED)


def downgrade() -> None:
    op.drop_index('ix_case_organs_owed', 'case_organs')
    op.drop_index('ix_cases_list_of_officer', 'cases')
    _change(NOW, BEFORE)
    with op.batch_alter_table('case_organs') as table:
        table.drop_column('owed_on')
    with op.batch_alter_table('cases') as table:
        table.drop_column('officer_id')


def _change(old: dict[str, list[str]], new: dict[str, list[str]]) -> None:
    for name in old:
        op.drop_index(name, 'cases')
    for name, columns in new.items():
        op.create_index(name, 'cases', columns)
