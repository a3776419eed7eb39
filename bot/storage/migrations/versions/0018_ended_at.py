"""when a case ended: what boards and samples count by"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0018'
down_revision = '0017'
branch_labels = None
depends_on = None

ENDS = ('case.concluded', 'case.declined', 'case.diverted', 'case.withdrawn', 'case.finalised', 'case.barred')
OPEN = (
    'filed', 'registered', 'transferred', 'assigned', 'acknowledged', 'objected', 'sent_back', 'accepted', 'in_process',
    'drafted', 'approved', 'delivered',
)  # fmt: skip
CASES = sa.table('cases', *(sa.column(name) for name in ('id', 'state', 'updated_at', 'ended_at')))
EVENTS = sa.table('case_events', *(sa.column(name) for name in ('case_id', 'type', 'at')))
COLUMNS = ['state', 'ended_at', 'kind', 'organ', 'stars']


def upgrade() -> None:
    op.add_column('cases', sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True))
    last = sa.select(sa.func.max(EVENTS.c.at)).where(EVENTS.c.case_id == CASES.c.id, EVENTS.c.type.in_(ENDS))
    ended = sa.func.coalesce(last.correlate(CASES).scalar_subquery(), CASES.c.updated_at)
    op.get_bind().execute(CASES.update().where(CASES.c.state.not_in(OPEN)).values(ended_at=ended))
    op.drop_index('ix_cases_ended', 'cases')
    op.create_index('ix_cases_ended', 'cases', COLUMNS)


def downgrade() -> None:
    op.drop_index('ix_cases_ended', 'cases')
    op.create_index('ix_cases_ended', 'cases', ['state', 'updated_at', *COLUMNS[2:]])
    with op.batch_alter_table('cases') as table:
        table.drop_column('ended_at')
