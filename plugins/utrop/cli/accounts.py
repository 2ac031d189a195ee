"""Accounts: which networks there are, how to get into them, and how they fare."""

from __future__ import annotations
