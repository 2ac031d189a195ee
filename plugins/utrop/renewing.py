"""Renewing: a token that has not ended is changed for one that lives longer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from utrop.configuration import Site
from utrop.connecting import client, days_left, known, secrets_of
from utrop.problem import Problem, ProblemsFound, configuration_error
from utrop.secret_store import SecretStore
from utrop.syndication import networks
from utrop.syndication.channels import values_of
from utrop.syndication.delivering import unexpected
from utrop.syndication.errors import NetworkError
from utrop.syndication.networks._http import shown
from utrop.terminal import Terminal


def renew(
    site: Site,
    name: str,
    *,
    process: Mapping[str, str],
    now: datetime,
    file_only: bool,
    terminal: Terminal,
) -> int:
    """Ask the network for a new token, and store it in the old one's place; return the exit status.

    Raises ``ProblemsFound`` with exit status 2 where the network renews none, or where there is
    none to renew.
    """
    known(name)
    title, module = networks.title(name), networks.load(name)
    if not is_renewable(name):
        raise configuration_error(
            f"{title} renews no token", f"make a new one, and run `utrop connect {name}`"
        )
    (variable,) = secrets_of(name)
    store = SecretStore(site.siteurl, site.root, process)
    stored = store.values()
    if variable in stored and not process.get(variable):
        stored[variable] = store.resolve(variable, stored[variable])
    values = values_of(name, site.settings, {**stored, **process})
    try:
        with client(site) as http, terminal.doing(f"Asking {title}"):
            token, ends = module.refresh(values, http)
    except NetworkError as error:
        words = shown(error, [values[variable]])
        terminal.show([Problem(what=f"{title}: {words}; the old token stays")])
        return 1
    except ProblemsFound:
        raise
    except Exception as error:  # noqa: BLE001 - a faulty module must not show a traceback with a token
        terminal.show([Problem(what=f"{title}: {unexpected(error)}; the old token stays")])
        return 1
    store.keep({variable: token}, {variable}, file_only=file_only)
    until = f", until {ends:%Y-%m-%d}, for {days_left(ends, now)} days" if ends else ""
    terminal.tell("Renewed", f"{variable}{until}")
    if process.get(variable):
        what = f"{variable} is still the old one in the environment, and that wins"
        terminal.show([Problem(what=what, instead="unset it there", severity="warning")])
    return 0


def is_renewable(name: str) -> bool:
    """Whether Utrop can renew a network's token: its module has ``refresh``, and one secret."""
    return hasattr(networks.load(name), "refresh") and len(secrets_of(name)) == 1
