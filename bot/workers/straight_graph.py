"""Runs a loaded Rasa graph node by node, in an order found once.

Rasa hands each run to dask's scheduler and writes its inputs into a log line that nobody reads: together a fifth of a
turn. The nodes, and what they compute, stay Rasa's (docs/decisions/0004).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

Step = tuple[str, Any, tuple[str, ...]]


class StraightRunner:
    """Stands in for the `GraphRunner` it is made from."""

    def __init__(self, runner: Any) -> None:
        self._schema, self._nodes = runner._graph_schema, runner._instantiated_nodes
        self._plan = lru_cache(maxsize=32)(self._find_plan)

    def run(self, inputs: Mapping[str, Any] | None = None, targets: Iterable[str] | None = None) -> dict[str, Any]:
        """The outputs of the target nodes. `inputs` stand where other nodes would."""
        wanted = tuple(targets or self._schema.target_names)
        outputs = dict(inputs or {})
        for name, node, needs in self._plan(wanted, frozenset(outputs)):
            outputs[name] = node(*((need, outputs[need]) for need in needs))[1]
        return {name: outputs[name] for name in wanted}

    def _find_plan(self, wanted: tuple[str, ...], given: frozenset[str]) -> tuple[Step, ...]:
        """Every node that the wanted ones need, after all that it needs itself."""
        steps: dict[str, Step] = {}

        def visit(name: str) -> None:
            if name in given or name in steps:
                return
            needs = tuple(self._schema.nodes[name].needs.values())
            for need in needs:
                visit(need)
            steps[name] = (name, self._nodes[name], needs)

        for name in wanted:
            visit(name)
        return tuple(steps.values())
