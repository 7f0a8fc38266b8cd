"""The root of all records and the scalar types they share.

Strict: a number is never read from a string or the reverse. Frozen: a stage cannot change the
value it was handed. Closed: an unknown key is an error, so a misspelt one is never ignored.
Finite: JSON has no other numbers, so none can be written.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints

from harness.codec import digest

NUMBER = r"^-?[0-9]+(\.[0-9]+)?$"
LANGUAGE = r"^[a-z]{2,3}$"
NAME = r"^[A-Za-z0-9][A-Za-z0-9@._+-]*$"

QuotedNumber = Annotated[str, StringConstraints(pattern=NUMBER, max_length=40)]
"""A number as its source printed it; a string, so that no digit is lost to binary floats."""

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Language = Annotated[str, StringConstraints(pattern=LANGUAGE)]
"""An ISO 639 code."""

Name = Annotated[str, StringConstraints(pattern=NAME, max_length=80)]
"""A word that may stand in a file name."""


SealStatus = Literal["SEALED", "PARTIAL", "UNSEALED"]
"""How well the lab was kept in (`harness.court.sandbox`)."""


class Record(BaseModel):
    """Root of all records."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        populate_by_name=True,
        allow_inf_nan=False,
        json_schema_serialization_defaults_required=True,
    )

    def plain(self) -> dict[str, Any]:
        """Return the JSON form: strings, numbers, lists and dictionaries only."""
        return self.model_dump(mode="json", by_alias=True)

    def fingerprint(self) -> str:
        """Return the sha256 of the canonical bytes of the JSON form."""
        return digest(self.plain())


def decimal(number: str) -> Decimal:
    """Return a quoted number's exact value."""
    return Decimal(number)
