"""Reading eForms notices, the XML that TED publishes, into ``utrop.procurement.notice.Notice``.

The schema is UBL 2.3 with the EU's extensions; the fields and their business terms (BT) are those
of the eForms SDK, https://docs.ted.europa.eu/eforms/latest/schema/. Nothing here goes to the
network, and no entity is ever expanded.
"""

from __future__ import annotations

from utrop.procurement.eforms.reading import MOST_BYTES, Reading, read_notice

__all__ = ["MOST_BYTES", "Reading", "read_notice"]
