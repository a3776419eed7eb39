"""What rules proposed and what was decided first, once a case: out of the histories, where they were counted before"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

import bot.storage.tables

revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None

BATCH = 500
# What an event decides, which is also the name under which it keeps the choice.
ABOUT = {'case.assigned': 'organ', 'case.transferred': 'organ', 'case.designated': 'organ', 'case.way_decided': 'way'}
EVENTS = sa.table(
    'case_events',
    sa.column('id', sa.BigInteger),
    sa.column('case_id', sa.BigInteger),
    sa.column('at', bot.storage.tables.UtcDateTime),
    sa.column('type', sa.String),
    sa.column('data', sa.JSON),
)


def upgrade() -> None:
    table = op.create_table('proposals',
    sa.Column('case_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('about', sa.String(length=8), nullable=False),
    sa.Column('rule', sa.String(length=128), nullable=False),
    sa.Column('proposed', sa.String(length=64), nullable=False),
    sa.Column('chosen', sa.String(length=64), nullable=False),
    sa.Column('followed', sa.Boolean(), nullable=False),
    sa.Column('at', bot.storage.tables.UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_proposals_case_id')),
    sa.PrimaryKeyConstraint('case_id', 'about', name=op.f('pk_proposals'))
    )
    seen: set[tuple[int, str]] = set()
    for events in _batches():
        rows = [row for row in map(_row, events) if row['chosen']]
        new = {(row['case_id'], row['about']): row for row in reversed(rows)}
        fresh = [row for key, row in new.items() if key not in seen]
        seen.update(new)
        if fresh:
            op.get_bind().execute(table.insert(), fresh)
    covering = ['about', 'at', 'case_id', 'rule', 'proposed', 'chosen', 'followed']
    op.create_index('ix_proposals_spell', 'proposals', covering)


def downgrade() -> None:
    op.drop_table('proposals')


def _batches() -> Iterator[list[Any]]:
    """Events that tell of a proposal, oldest first."""
    told = sa.cast(EVENTS.c.data, sa.Text).like('%"proposed"%')
    last = 0
    while True:
        wanted = sa.select(EVENTS).where(EVENTS.c.id > last, EVENTS.c.type.in_(ABOUT), told).order_by(EVENTS.c.id)
        found = op.get_bind().execute(wanted.limit(BATCH)).all()
        if not found:
            return
        yield [one for one in found if one.data.get('proposed')]
        last = found[-1].id


def _row(event: Any) -> dict[str, Any]:
    about, said = ABOUT[event.type], event.data
    chosen = said.get(about) or ''
    return {
        'case_id': event.case_id,
        'about': about,
        'rule': said.get('rule') or said['proposed'],
        'proposed': said['proposed'],
        'chosen': chosen,
        'followed': chosen == said['proposed'],
        'at': event.at,
    }
