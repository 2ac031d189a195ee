"""OCID: what a procurement is called in open data.

See https://standard.open-contracting.org/1.1/en/schema/identifiers/: a prefix that the Open
Contracting Partnership issues, a hyphen, and an identifier that the publisher chooses.
"""

from __future__ import annotations

import hashlib
import re
from typing import Final

UNREGISTERED: Final = "ocds-xxxxxx"
"""The prefix of a publisher that has none yet: whoever reads it knows that it is nobody's."""
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")
_LONGEST = 100  # characters; the identifier is part of a file name


def ocid_of(procedure_id: str, prefix: str) -> str:
    """Return a procedure's Open Contracting ID, which can be a file name as it is.

    >>> ocid_of("2cbc1dbd-e4f5-42f2-a2a5-6a0b0ea0a6a0", "ocds-xxxxxx")
    'ocds-xxxxxx-2cbc1dbd-e4f5-42f2-a2a5-6a0b0ea0a6a0'
    """
    safe = _UNSAFE.sub("-", procedure_id).strip("-.")[:_LONGEST]
    if safe != procedure_id:  # two ids that differ must stay two
        digest = hashlib.sha256(procedure_id.encode("utf-8", "surrogatepass")).hexdigest()[:8]
        safe = f"{safe}-{digest}".lstrip("-")
    return f"{prefix}-{safe}"
