"""What is run on a server: POSIX shell scripts, with every path quoted.

All but ``enter`` run in the target's folder. Names of releases are checked before they come
here and need no quoting.
"""

from __future__ import annotations

import shlex

from utrop.deployment.release import PARTIAL

BUSY = 75
"""The exit status of ``lock`` where another publish holds it."""

OBSTACLES = """
command -v rsync >/dev/null 2>&1 || echo "rsync"
if [ -n "$away" ]; then set -- "$away"; else set -- "$here" "$here/releases"; fi
for path do
  if [ -d "$path" ]; then
    [ -w "$path" ] && [ -x "$path" ] || echo "write $path"
  elif [ -e "$path" ] || [ -L "$path" ]; then
    echo "folder $path"
  fi
done
if [ -z "$away" ]; then
  if [ -L current ]; then echo "link $(readlink current)"
  elif [ -e current ]; then echo "current $here/current"
  fi
fi
"""
"""Prints one line for each thing that would stop a release: its kind, and the path."""

LOOK = """
if [ -z "$away" ]; then
  if [ -L current ]; then echo "current $(readlink current)"; fi
  for path in releases/*/; do
    path=${path%/}
    if [ -d "$path" ]; then echo "release ${path#releases/}"; fi
  done
fi
"""
"""Prints where the live link leads, and every release."""

SWEEP = f"""
rm -rf releases/{PARTIAL}* .current-* 2>&1
"""
"""Removes what broken runs left behind; only under the lock."""


def enter(path: str, *, create: bool) -> str:
    """Go to the target's folder; ``$away`` is empty there.

    Where the folder is absent and not to be made, ``$away`` is the nearest that is there, or
    the file in its place.
    """
    quoted = shlex.quote(path)
    make = (
        'mkdir -p "$here/releases" 2>&1 && chmod a+rx "$here" "$here/releases"' if create else ":"
    )
    return f"""
umask 022
here={quoted}
away=
{make} || made=$?
if [ -d "$here" ] && [ ! -L "$here/releases" ] && cd "$here" 2>/dev/null; then :
else
  away=$here
  while [ ! -e "$away" ] && [ ! -L "$away" ]; do away=$(dirname "$away"); done
fi
(exit "${{made:-0}}")
"""


def lock(holder: str) -> str:
    """Hold the target until this shell ends. Exit status BUSY, and who holds it, if another does.

    With flock the system lets go whatever happens. Without it a folder is the lock, and a crash
    of the server leaves it there: its path is in the message.
    """
    who = shlex.quote(holder)
    return f"""
if command -v flock >/dev/null 2>&1; then
  if ! touch .lock 2>&1; then false
  else
    exec 9>>.lock
    if flock -n 9; then echo {who} >.lock; else cat .lock; (exit {BUSY}); fi
  fi
elif mkdir .lock.d 2>/dev/null; then
  trap 'rm -rf "$here/.lock.d"' EXIT
  trap 'exit 1' HUP INT TERM
  echo {who} >.lock.d/holder
elif [ -d .lock.d ]; then
  echo "$(cat .lock.d/holder); if it has ended, remove $here/.lock.d there"; (exit {BUSY})
else
  mkdir .lock.d 2>&1
fi
"""


def rename(partial: str, name: str) -> str:
    """Have a release that has arrived on the disk for good, under its own name."""
    return f"""
{{ sync -f releases/{partial} 2>/dev/null || sync; }} &&
mv releases/{partial} releases/{name} 2>&1
"""


def switch(name: str) -> str:
    """Make a release the live one by one rename: of GNU's or busybox's mv, else of BSD's."""
    return f"""
rm -f .current-new 2>&1 && ln -s releases/{name} .current-new 2>&1 && {{
  said=$(mv -fT .current-new current 2>&1) ||
  mv -fh .current-new current 2>/dev/null ||
  {{ echo "$said"; false; }}
}}
"""


def remove(name: str) -> str:
    """Remove a release; renamed first, so that half of one is never one to go back to."""
    return f"""
mv releases/{name} releases/{PARTIAL}{name} 2>&1 && rm -rf releases/{PARTIAL}{name} 2>&1
"""
