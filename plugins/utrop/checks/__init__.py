"""Checks: a built output folder held against what readers, browsers and robots rely on."""

from utrop.checks.gate import check_output

__all__ = ["check_output"]
