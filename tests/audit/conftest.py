from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harness.audit import read

if TYPE_CHECKING:
    from pathlib import Path

    from harness.audit.layout import Paper


@pytest.fixture(scope="session")
def this_paper(root: Path) -> Paper:
    """The paper that the claims are drawn from."""
    return read(root / "claims/paper/tables", root / "claims/paper/statements.csv")


@pytest.fixture(scope="session")
def made_up(root: Path) -> Path:
    """The folder of a second, made-up paper without any slip."""
    return root / "fixtures/made_up_paper"
