"""The first case of a repeat as a column, and indexes for what the day's lists and the boards count"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None

CASES = sa.table(
    'cases', sa.column('id', sa.BigInteger), sa.column('course', sa.JSON), sa.column('repeat_of', sa.String)
)
REPEATS = sa.text('repeat_of IS NOT NULL')
BEFORE = {
    'ix_cases_list_of_state': ['state', 'urgency', 'id', 'kind', 'organ', 'topic_level1'],
    'ix_cases_list_of_organ': ['organ', 'urgency', 'id', 'state', 'kind', 'topic_level1'],
}
NOW = {
    'ix_cases_list_of_state': [*BEFORE['ix_cases_list_of_state'], 'due_on', 'bounced'],
    'ix_cases_list_of_organ': [*BEFORE['ix_cases_list_of_organ'], 'due_on', 'bounced'],
    'ix_cases_spell': ['state', 'filed_at', 'kind', 'organ', 'due_on', 'repeat_of'],
    'ix_cases_ended': ['state', 'updated_at', 'kind', 'organ', 'stars'],
}


def upgrade() -> None:
    op.add_column('cases', sa.Column('repeat_of', sa.String(32), nullable=True))
    for case_id, course in _remembered():
        _put(case_id, {name: value for name, value in course.items() if name != 'repeat_of'}, course['repeat_of'])
    _change(BEFORE, NOW)
    op.create_index('ix_cases_repeats', 'cases', ['repeat_of'], sqlite_where=REPEATS, postgresql_where=REPEATS)


def downgrade() -> None:
    rows = op.get_bind().execute(sa.select(CASES).where(CASES.c.repeat_of.is_not(None))).all()
    for row in rows:
        _put(row.id, {**row.course, 'repeat_of': row.repeat_of}, None)
    op.drop_index('ix_cases_repeats', 'cases')
    _change(NOW, BEFORE)
    with op.batch_alter_table('cases') as table:
        table.drop_column('repeat_of')


def _change(old: dict[str, list[str]], new: dict[str, list[str]]) -> None:
    for name in old:
        op.drop_index(name, 'cases')
    for name, columns in new.items():
        op.create_index(name, 'cases', columns)


def _remembered() -> list[tuple[int, dict[str, str]]]:
    """Cases whose procedure remembers a repeat: few, and found without reading the others into memory."""
    told = sa.cast(CASES.c.course, sa.Text).like('%"repeat_of"%')
    found = op.get_bind().execute(sa.select(CASES.c.id, CASES.c.course).where(told)).all()
    return [(row.id, dict(row.course)) for row in found if row.course.get('repeat_of')]


def _put(case_id: int, course: dict[str, str], first_no: str | None) -> None:
    changed = CASES.update().where(CASES.c.id == case_id).values(course=course, repeat_of=first_no)
    op.get_bind().execute(changed)
