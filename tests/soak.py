"""What `make soak` adds: many more ways through, and each combination where two stand for all.

KID_WHEEL_SOAK is how many examples a stateful test tries; empty in `make test`.
"""

from __future__ import annotations

import os
from typing import Any

import pytest

SOAK = int(os.environ.get("KID_WHEEL_SOAK") or 0)


def only_then(*values: Any) -> Any:
    """Parameters of a test that is long, and whose others have shown the same."""
    return pytest.param(*values, marks=pytest.mark.skipif(not SOAK, reason="make soak runs it"))
