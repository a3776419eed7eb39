"""the stage in the indexes of the day's lists and the boards: reviews stand apart"""

from __future__ import annotations

from alembic import op

revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None

BEFORE = {
    'ix_cases_list_of_state': ['state', 'urgency', 'id', 'kind', 'organ', 'topic_level1', 'due_on', 'bounced'],
    'ix_cases_spell': ['state', 'filed_at', 'kind', 'organ', 'due_on', 'repeat_of'],
}


def upgrade() -> None:
    for name, columns in BEFORE.items():
        op.drop_index(name, 'cases')
        op.create_index(name, 'cases', [*columns, 'stage'])


def downgrade() -> None:
    for name, columns in BEFORE.items():
        op.drop_index(name, 'cases')
        op.create_index(name, 'cases', columns)
