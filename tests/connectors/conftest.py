"""The contract is no test file itself: ask pytest to explain its assertions all the same."""

import pytest

pytest.register_assert_rewrite("tests.connectors.contract")
