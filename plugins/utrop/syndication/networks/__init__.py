"""The networks: one module each; its file name is its registration, and its name in NETWORKS.

A module offers:

``ENVIRONMENT``
    a mapping from the name of each value it needs (its address and its secrets) to one line for
    people on what that is. All of them are handed to ``connect``; secrets come from the
    environment alone.
``LIMITS``
    the ``Limits`` to show in the preview, and before a server has told its own.
``connect(environ, http)``
    returns a ``Network``. It may raise an error of ``syndication.errors`` where the server cannot
    be reached or refuses. A module without it is announced by hand.
``BY_HAND_WITHOUT``
    the names of ENVIRONMENT without which a person posts there by hand, though it has ``connect``.
``SECRETS``, ``OPTIONAL``
    the names of ENVIRONMENT that are secrets, and those that may be left out.
``GUARANTEE``
    ``exactly-once``, ``effectively-once`` or ``at-most-once``; an account's own ``guarantee``
    overrides it.
``NAME``
    how people write the network's name, where that is not the module's name with a capital.
``composer_link(message)``
    the address that opens the network's own composer with what it can be given.
``price(message)``
    what announcing it costs, in US dollars, as a ``Decimal``; a module without it costs nothing.
``describe(environ, http)``
    for ``utrop connect`` and ``utrop doctor``: asks the network about the credentials, see
    ``credential.Credential``.
``LOCAL``
    true where nothing leaves this machine; such a network needs no baseline.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import cache
from importlib import import_module
from types import MappingProxyType, ModuleType

from utrop.syndication.delivery import Limits, Message, Network


@cache
def names() -> tuple[str, ...]:
    """Return every network there is a module for, in the order of the alphabet."""
    return tuple(
        sorted(
            module.name
            for module in pkgutil.iter_modules(__path__)
            if not module.name.startswith("_")
        )
    )


def load(name: str) -> ModuleType:
    """Import a network's module; ``KeyError`` where there is none."""
    module = f"{__name__}.{name}"
    if name.startswith("_") or not name.isidentifier():
        raise KeyError(name)
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        if error.name != module:
            raise
        raise KeyError(name) from None


def limits(name: str) -> Limits:
    """Return a network's limits as they are known without asking its server."""
    known: Limits = load(name).LIMITS
    return known


def environment(name: str) -> Mapping[str, str]:
    """Return what a network needs from settings and environment, with a line on each."""
    needed = load(name).ENVIRONMENT
    return needed if isinstance(needed, Mapping) else dict.fromkeys(needed, "")


def title(name: str) -> str:
    """Return a network's name as people write it."""
    return str(getattr(load(name), "NAME", name.capitalize()))


def guarantee(name: str, network: Network | None = None) -> str:
    """Return what a network, or one account on it, promises: exactly-once and so on."""
    return str(getattr(network, "guarantee", getattr(load(name), "GUARANTEE", "at-most-once")))


def price(name: str, message: Message) -> Decimal:
    """Return what announcing a message costs there, in US dollars."""
    asked = getattr(load(name), "price", None)
    return asked(message) if asked else Decimal(0)


def composer_link(name: str, message: Message) -> str:
    """Return the address that opens the network's own composer; empty: there is none."""
    made = getattr(load(name), "composer_link", None)
    return made(message) if made else ""


def is_local(name: str) -> bool:
    """Whether nothing leaves this machine when this network publishes."""
    return bool(getattr(load(name), "LOCAL", False))


def is_by_hand(name: str, environ: Mapping[str, str] = MappingProxyType({})) -> bool:
    """Whether a person posts there, with the text that the preview shows."""
    module = load(name)
    needed: Iterable[str] = getattr(module, "BY_HAND_WITHOUT", ())
    return not hasattr(module, "connect") or not all(environ.get(key, "").strip() for key in needed)
