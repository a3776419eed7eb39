"""Percentiles and memory, the same way in every benchmark."""

from __future__ import annotations

from collections.abc import Sequence

import psutil

from tests.support.product import Product


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which `share` of the values lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def megabytes(process: psutil.Process) -> float:
    """Proportional memory of a process: what is shared is counted in parts."""
    return process.memory_full_info().pss / 2**20


def memory_of(product: Product) -> dict[str, float]:
    """Memory of each process of a product, and of all."""
    found = {kind: sum(map(megabytes, product.processes(kind))) for kind in ("edge", "worker", "valkey")}
    found["serve"] = megabytes(psutil.Process(product.process.pid))
    return {**found, "all": sum(found.values())}
