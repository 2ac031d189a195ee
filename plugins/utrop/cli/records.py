"""Records: what was announced, compared with the networks, rebuilt, and handed to the archive."""

from __future__ import annotations
