"""Drafts of reasons: their boxes are called after the move"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('drafts') as table:
        table.alter_column('box', type_=sa.String(length=32), existing_type=sa.String(length=16))


def downgrade() -> None:
    op.execute(sa.text('DELETE FROM drafts WHERE length(box) > 16'))
    with op.batch_alter_table('drafts') as table:
        table.alter_column('box', type_=sa.String(length=16), existing_type=sa.String(length=32))
