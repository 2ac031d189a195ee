"""The types of front matter's values that several keys share."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Final

from pydantic import BeforeValidator, WithJsonSchema

from utrop.authoring import values

LIST_SCHEMA: Final[dict[str, Any]] = {
    "anyOf": [{"type": "array", "items": {"type": "string"}}, {"type": "string"}]
}
DATE_SCHEMA: Final[dict[str, Any]] = {
    "type": "string",
    "examples": ["2026-11-23", "2026-11-23 09:00"],
}

Text = Annotated[str, BeforeValidator(values.line_of_text)]
Items = Annotated[tuple[str, ...], BeforeValidator(values.items), WithJsonSchema(LIST_SCHEMA)]
Moment = Annotated[
    datetime | None, BeforeValidator(values.moment), WithJsonSchema(DATE_SCHEMA, mode="validation")
]
LastMoment = Annotated[
    datetime | None,
    BeforeValidator(values.last_moment),
    WithJsonSchema(DATE_SCHEMA, mode="validation"),
]
