"""an index of the talks in which an accusation was told"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0019'
down_revision = '0018'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        'ix_inbox_sealed', 'inbox', ['conversation_id'], sqlite_where=sa.text('sealed = 1'), postgresql_where=sa.text('sealed')
    )


def downgrade() -> None:
    op.drop_index('ix_inbox_sealed', 'inbox')
