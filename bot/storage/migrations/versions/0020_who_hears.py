"""which organ hears a review, where it can be searched; the audit by who did something; media to fetch"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0020'
down_revision = '0019'
branch_labels = None
depends_on = None

HEARD = sa.text('hears IS NOT NULL')
MEDIA = sa.text("kind IN ('image', 'voice', 'video')")
HEARS = {'sqlite': "json_extract(course, '$.hears')", 'postgresql': "course ->> 'hears'"}

# Boards were counted out of these alone for whoever sees everything, but not where it depends on the case's id.
BOARDS = {
    'ix_cases_spell': ['state', 'filed_at', 'kind', 'organ', 'due_on', 'repeat_of'],
    'ix_cases_ended': ['state', 'ended_at', 'kind', 'organ', 'stars'],
}


def upgrade() -> None:
    op.add_column('cases', sa.Column('hears', sa.String(length=64), nullable=True))
    op.execute(f'UPDATE cases SET hears = {HEARS[op.get_bind().dialect.name]} WHERE parent_id > 0')
    columns = ['hears', 'parent_id', 'id']
    op.create_index('ix_cases_heard', 'cases', columns, sqlite_where=HEARD, postgresql_where=HEARD)
    op.create_index('ix_audit_actor_id', 'audit', ['actor', 'id'])
    # The next clocks of some cases were found by it: among all that run.
    op.drop_index('ix_case_clocks_standing_is_right_due_on', 'case_clocks')
    op.create_index('ix_inbox_media', 'inbox', ['received_at', 'id'], sqlite_where=MEDIA, postgresql_where=MEDIA)
    _build({name: [*columns, 'id'] for name, columns in BOARDS.items()})


def _build(indexes: dict[str, list[str]]) -> None:
    for name, columns in indexes.items():
        op.drop_index(name, 'cases')
        op.create_index(name, 'cases', columns)


def downgrade() -> None:
    _build(BOARDS)
    op.drop_index('ix_inbox_media', 'inbox')
    op.create_index('ix_case_clocks_standing_is_right_due_on', 'case_clocks', ['standing', 'is_right', 'due_on'])
    op.drop_index('ix_audit_actor_id', 'audit')
    op.drop_index('ix_cases_heard', 'cases')
    with op.batch_alter_table('cases') as table:
        table.drop_column('hears')
