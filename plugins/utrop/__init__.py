"""Utrop: publishing for public procurement, on Pelican."""

__version__ = "0.1.0"
