"""Full search of cases, indexes for the lists, saved filters"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.storage.search import Searched, fill_words

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None

BATCH = 500
CASES = sa.table(
    'cases',
    sa.column('id', sa.BigInteger),
    sa.column('title', sa.Text),
    sa.column('text', sa.Text),
    sa.column('place', sa.Text),
    sa.column('organ', sa.Text),
    sa.column('phones', sa.JSON),
)


OLD_LISTS = {
    'ix_cases_state_urgency_id': ['state', 'urgency', 'id'],
    'ix_cases_organ_state': ['organ', 'state'],
}
LISTS = {
    'ix_cases_list': ['urgency', 'id', 'state', 'kind', 'organ', 'topic_level1'],
    'ix_cases_list_of_state': ['state', 'urgency', 'id', 'kind', 'organ', 'topic_level1'],
    'ix_cases_list_of_organ': ['organ', 'urgency', 'id', 'state', 'kind', 'topic_level1'],
}
ACCUSES = sa.text("kind = 'accusation'")


def upgrade() -> None:
    _make_search()
    _fill_search()
    _make_filters()
    for name in OLD_LISTS:
        op.drop_index(name, 'cases')
    for name, columns in LISTS.items():
        op.create_index(name, 'cases', columns)
    op.create_index(
        'ix_cases_accusations', 'cases', ['conversation_id'], sqlite_where=ACCUSES, postgresql_where=ACCUSES
    )


def _make_search() -> None:
    op.create_table('case_words',
    sa.Column('case_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('words', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_case_words_case_id')),
    sa.PrimaryKeyConstraint('case_id', name=op.f('pk_case_words'))
    )
    if op.get_bind().dialect.name == 'sqlite':
        # Tokens alone, without text or places: the smallest index. Non-ASCII characters are all kept as they are.
        op.execute(
            "CREATE VIRTUAL TABLE case_search USING fts5"
            "(tokens, content='', detail=none, columnsize=0, tokenize='ascii')"
        )
        return
    # Words and tokens move out of line, so that a search reads nothing but ids.
    op.execute("ALTER TABLE case_words ADD COLUMN tokens tsvector, ALTER COLUMN words SET STORAGE EXTENDED")
    op.execute("ALTER TABLE case_words SET (toast_tuple_target = 128)")
    op.execute("CREATE INDEX ix_case_words_tokens ON case_words USING gin (tokens)")


def _make_filters() -> None:
    op.create_table('saved_filters',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('staff_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('name', sa.String(length=32), nullable=False),
    sa.Column('query', sa.Text(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_saved_filters_staff_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_saved_filters')),
    sa.UniqueConstraint('staff_id', 'name', name=op.f('uq_saved_filters_staff_id_name'))
    )


def _fill_search() -> None:
    connection, last = op.get_bind(), 0
    while True:
        rows = connection.execute(sa.select(CASES).where(CASES.c.id > last).order_by(CASES.c.id).limit(BATCH)).all()
        if not rows:
            return
        fill_words(
            connection, [(row.id, Searched(row.title, row.text, row.place, row.organ, row.phones)) for row in rows]
        )
        last = rows[-1].id


def downgrade() -> None:
    op.drop_table('saved_filters')
    for name in ('ix_cases_accusations', *LISTS):
        op.drop_index(name, 'cases')
    for name, columns in OLD_LISTS.items():
        op.create_index(name, 'cases', columns)
    if op.get_bind().dialect.name == 'sqlite':
        op.execute("DROP TABLE case_search")
    op.drop_table('case_words')
