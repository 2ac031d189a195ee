"""``python -m utrop`` is the command ``utrop``."""

from utrop.cli import main

main()
