"""Code lists: those that the package carries, with the full ones of a site laid over them.

`utrop codelists update` writes the full lists below ``.utrop/``, which belongs to one machine and
is not in version control. The setting CPV_FILE names a list that is, so that every machine builds
the same pages.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from utrop.problem import Problem, ProblemsFound
from utrop.procurement import codes
from utrop.procurement.codes import CodeListError, Codes, Labels

FOLDER: Final = ".utrop/codelists"
"""Below the site's folder."""
CPV: Final = "cpv.tsv"
NUTS: Final = "nuts.tsv"
FULL_CPV: Final = 9_000
"""A CPV list of fewer codes is a part of it: that it lacks a code says nothing. It has 9,454."""
FULL_NUTS: Final = 1_500
"""The same for NUTS, which has some 2,000."""


def at_hand(root: Path, cpv_file: str = "") -> Codes:
    """Return the code lists of the site in ``root``; ``cpv_file`` is its setting CPV_FILE.

    Raises ``ProblemsFound`` for a list that cannot be read, or a ``cpv_file`` that is not there.
    """
    folder = root / FOLDER
    found = codes.packaged()
    cpv = root / cpv_file if cpv_file else folder / CPV
    if cpv_file or cpv.is_file():
        found = laid_over(found, cpv=read(cpv, "CPV_FILE names it" if cpv_file else ""))
    if (folder / NUTS).is_file():
        found = laid_over(found, nuts=read(folder / NUTS))
    return found


def laid_over(known: Codes, *, cpv: Labels | None = None, nuts: Labels | None = None) -> Codes:
    """Return code lists with more codes; full where the lists are as long as the full ones."""
    found = known.with_full(cpv=cpv, nuts=nuts)
    return Codes(
        cpv=found.cpv,
        nuts=found.nuts,
        lists=found.lists,
        is_full_cpv=known.is_full_cpv or (cpv is not None and len(cpv) >= FULL_CPV),
        is_full_nuts=known.is_full_nuts or (nuts is not None and len(nuts) >= FULL_NUTS),
    )


def read(path: Path, why: str = "") -> dict[str, tuple[str, str]]:
    """Return a list of code, Swedish label, English label; ``ProblemsFound`` if it is none."""
    try:
        found = codes.read_labels(path.read_text("utf-8-sig"))
    except CodeListError as error:
        raise ProblemsFound(
            [
                Problem(
                    path=path,
                    line=error.line,
                    what=error.what,
                    instead="separate the three with tabs, or run `utrop codelists update`",
                )
            ]
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        what = f"cannot be read: {reason}" + (f" ({why})" if why else "")
        raise ProblemsFound(
            [Problem(path=path, what=what, instead="run `utrop codelists update`")]
        ) from error
    if not found:
        raise ProblemsFound(
            [Problem(path=path, what="holds no code", instead="run `utrop codelists update`")]
        )
    return found
