"""The files of this folder that pages are made from, and pages written in one step."""

from __future__ import annotations

import contextlib
import os
from importlib import resources
from pathlib import Path
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined

from utrop.problem import configuration_error


def template(name: str) -> Any:
    """Return a template of this folder; what it is given is escaped."""
    environment = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        loader=FunctionLoader(text_of),
    )
    return environment.get_template(name)


def text_of(name: str) -> str:
    """Return the text of a file in this folder."""
    return (resources.files(__package__) / name).read_text("utf-8")


def written(path: Path, data: bytes) -> Path:
    """Write a file in one step and return its path."""
    # A name of our own: another announcer may be writing the page at the same time.
    aside = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        aside.write_bytes(data)
        aside.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            aside.unlink()
        raise configuration_error(
            f"cannot be written: {error.strerror or error}", "correct its permissions", path
        ) from error
    return path
