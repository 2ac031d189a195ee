"""Languages: eForms writes ISO 639-3 in capitals (``SWE``), the site ISO 639-1 (``sv``)."""

from __future__ import annotations

from typing import Final

_SHORT: Final = {
    # the official languages of the EU, in which a notice may be written (BT-702)
    "BUL": "bg", "CES": "cs", "DAN": "da", "DEU": "de", "ELL": "el", "ENG": "en", "EST": "et",
    "FIN": "fi", "FRA": "fr", "GLE": "ga", "HRV": "hr", "HUN": "hu", "ITA": "it", "LAV": "lv",
    "LIT": "lt", "MLT": "mt", "NLD": "nl", "POL": "pl", "POR": "pt", "RON": "ro", "SLK": "sk",
    "SLV": "sl", "SPA": "es", "SWE": "sv",
    # others in which tenders may be accepted (BT-97)
    "ARA": "ar", "AZE": "az", "BEL": "be", "BOS": "bs", "CAT": "ca", "CYM": "cy", "EUS": "eu",
    "FAO": "fo", "GLG": "gl", "HEB": "he", "HYE": "hy", "ISL": "is", "JPN": "ja", "KAL": "kl",
    "KAT": "ka", "KOR": "ko", "LTZ": "lb", "MKD": "mk", "NNO": "nn", "NOB": "nb", "NOR": "no",
    "ROH": "rm", "RUS": "ru", "SME": "se", "SQI": "sq", "SRP": "sr", "TUR": "tr", "UKR": "uk",
    "ZHO": "zh",
}  # fmt: skip


def short_code(code: str) -> str:
    """Return ISO 639-1 for an ISO 639-3 code; a code without one is returned in lower case."""
    return _SHORT.get(code.upper(), code.lower())
