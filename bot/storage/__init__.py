"""SQL: tables, repositories, the unit of work, migrations. SQLite and PostgreSQL through one code path."""
