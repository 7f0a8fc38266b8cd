"""What crosses from the lab to the court: one vector per query and per passage."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class LabVectors:
    """As the lab wrote them: ids beside rows, nothing checked yet.

    Shapes: `queries` (Q, D) and `passages` (P, D), any float dtype.
    """

    query_ids: tuple[str, ...]
    queries: NDArray[np.floating]
    passage_ids: tuple[str, ...]
    passages: NDArray[np.floating]


@dataclass(frozen=True, slots=True, eq=False)
class AdmittedVectors:
    """As the court ranks them: rows in the court's order, unit length, multiples of 2**-26.

    Shapes: `queries` (Q, D) and `passages` (P, D), float64; not writable. `digest` is the
    sha256 of both arrays' bytes.
    """

    queries: NDArray[np.float64]
    passages: NDArray[np.float64]
    digest: str
