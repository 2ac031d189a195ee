"""The crash matrix: the announcer killed at every boundary, on every network, then run until idle.

A case is a fresh SQLite ledger, two posts, and one account at one network's stand-in, which listens
on a real socket in a process of its own. A real process announces and is ended by SIGKILL at one
point; others follow until nothing is owed. ``scenario`` says what a seed chooses, ``killed`` is
what dies, ``stand_ins`` and ``proxy`` are the other side, ``cases`` drives and judges, and
``python -m tests.crash_matrix`` writes the table in docs/crash-matrix.md.
"""
