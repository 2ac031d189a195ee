"""OCDS: procurements as open data (Open Contracting Data Standard 1.1.5, its core alone).

See https://standard.open-contracting.org/1.1/en/. What a notice says is told as it says it;
what the core has no field for is left out, and nothing is filled in.
"""
