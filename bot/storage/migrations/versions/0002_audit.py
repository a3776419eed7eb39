"""Audit: append-only, chained, with its head"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import bot.storage.tables

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None

_SQLITE = (
    "CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END",
    "CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END",
    "CREATE TRIGGER audit_next_row BEFORE INSERT ON audit WHEN NOT EXISTS (SELECT 1 FROM audit_head WHERE name = 'audit'"
    " AND count + 1 = NEW.id AND hash = NEW.previous_hash) BEGIN SELECT RAISE(ABORT, 'not the next row of audit'); END",
    "CREATE TRIGGER audit_moves_head AFTER INSERT ON audit"
    " BEGIN UPDATE audit_head SET count = NEW.id, hash = NEW.hash WHERE name = 'audit'; END",
    "CREATE TRIGGER audit_head_kept BEFORE UPDATE ON audit_head WHEN NEW.name <> OLD.name OR NEW.count <> OLD.count + 1"
    " OR NOT EXISTS (SELECT 1 FROM audit WHERE id = NEW.count AND hash = NEW.hash)"
    " BEGIN SELECT RAISE(ABORT, 'the head of audit moves with audit alone'); END",
    "CREATE TRIGGER audit_head_stays BEFORE DELETE ON audit_head"
    " BEGIN SELECT RAISE(ABORT, 'the head of audit stays'); END",
)

_POSTGRESQL = (
    "CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$"
    " BEGIN RAISE EXCEPTION USING MESSAGE = TG_TABLE_NAME || ' is append-only'; END $$",
    "CREATE FUNCTION audit_is_next() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
    " IF NOT EXISTS (SELECT 1 FROM audit_head WHERE name = 'audit' AND count + 1 = NEW.id AND hash = NEW.previous_hash)"
    " THEN RAISE EXCEPTION 'not the next row of audit'; END IF;"
    " UPDATE audit_head SET count = NEW.id, hash = NEW.hash WHERE name = 'audit'; RETURN NEW; END $$",
    # The head moves inside the trigger of an insert and nowhere else.
    "CREATE FUNCTION audit_head_moves() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
    " IF pg_trigger_depth() < 2 OR NEW.count <> OLD.count + 1 OR NEW.name <> OLD.name"
    " THEN RAISE EXCEPTION 'the head of audit moves with audit alone'; END IF; RETURN NEW; END $$",
    "CREATE TRIGGER audit_kept BEFORE UPDATE OR DELETE ON audit FOR EACH ROW EXECUTE FUNCTION audit_refuse()",
    "CREATE TRIGGER audit_not_emptied BEFORE TRUNCATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()",
    "CREATE TRIGGER audit_next_row BEFORE INSERT ON audit FOR EACH ROW EXECUTE FUNCTION audit_is_next()",
    "CREATE TRIGGER audit_head_kept BEFORE UPDATE ON audit_head FOR EACH ROW EXECUTE FUNCTION audit_head_moves()",
    "CREATE TRIGGER audit_head_stays BEFORE DELETE ON audit_head FOR EACH ROW EXECUTE FUNCTION audit_refuse()",
    "CREATE TRIGGER audit_head_not_emptied BEFORE TRUNCATE ON audit_head FOR EACH STATEMENT"
    " EXECUTE FUNCTION audit_refuse()",
)


def upgrade() -> None:
    op.create_table('audit',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('at', bot.storage.tables.UtcDateTime(), nullable=False),
    sa.Column('actor', sa.String(length=64), nullable=False),
    sa.Column('action', sa.String(length=64), nullable=False),
    sa.Column('subject', sa.String(length=64), nullable=False),
    sa.Column('details', sa.JSON(), nullable=False),
    sa.Column('previous_hash', sa.String(length=64), nullable=False),
    sa.Column('hash', sa.String(length=64), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit'))
    )
    op.create_index(op.f('ix_audit_subject_id'), 'audit', ['subject', 'id'], unique=False)
    op.create_table('audit_head',
    sa.Column('name', sa.String(length=16), nullable=False),
    sa.Column('count', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('hash', sa.String(length=64), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_audit_head'))
    )
    op.execute(f"INSERT INTO audit_head (name, count, hash) VALUES ('audit', 0, '{'0' * 64}')")
    for statement in _SQLITE if op.get_bind().dialect.name == 'sqlite' else _POSTGRESQL:
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    raise NotImplementedError("the audit is not taken away")
