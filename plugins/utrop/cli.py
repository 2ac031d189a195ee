"""The one command, ``utrop``; every sub-command delegates at once.

What a sub-command needs is imported when it runs, so that ``utrop --help`` and the light
commands answer at once.
"""

from __future__ import annotations

import io
import sys
import traceback
from datetime import datetime
from pathlib import Path

import click

from utrop import __version__, clock, configuration
from utrop.configuration import Site
from utrop.problem import ProblemsFound, configuration_error
from utrop.terminal import Terminal

PENDING = 75
"""Exit status where something waits: run the command again (sysexits.h, EX_TEMPFAIL)."""


class Run:
    """One run of the command: its site, environment, clock and terminal."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.environ = configuration.process_environment()
        self.terminal = Terminal()

    def now(self) -> datetime:
        """Return the moment of this run in UTC."""
        return clock.now(self.environ)

    def site(self, *, production: bool = True) -> Site:
        """Return the checked settings."""
        return configuration.load(self.root, self.environ, production=production)


@click.group(
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit status: 0 nothing is owed; 1 something failed or is uncertain; 2 a mistake in the"
    " settings, found before anything was sent; 75 something waits, run it again.",
)
@click.version_option(__version__, prog_name="utrop")
@click.option(
    "-C",
    "--site",
    "root",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(),
    help="The site's folder, where publishconf.py is (default: the current one).",
)
@click.pass_context
def cli(context: click.Context, root: Path) -> None:
    """From notice to network, lawfully, in one command.

    Posts are Markdown files in content/. `utrop publish` builds the site, checks it, releases it
    and announces each new post once.

    \b
    Write:     new, uid, import, devserver
    Publish:   build, publish, announce, baseline
    Look:      serve, status, releases, rollback
    Begin:     init
    """
    context.obj = Run(root)


@cli.command()
@click.argument("title")
@click.option("--lang", default="", help="The post's language, if it is not the site's.")
@click.pass_obj
def new(run: Run, title: str, lang: str) -> None:
    """Write a draft with a fresh uid. It is valid, and named by date and title."""
    from utrop.authoring import new as writing

    site = run.site(production=False)
    if lang and lang not in site.languages:
        raise configuration_error(
            f"{lang!r} is none of the site's languages",
            f"choose one of {', '.join(site.languages)}, or add it to LANGUAGES",
        )
    path = writing.new_post(
        site.content,
        title,
        uid=writing.fresh_uid(),
        now=run.now().astimezone(site.timezone),
        lang=lang or site.default_lang,
        default_lang=site.default_lang,
    )
    run.terminal.tell("Written", _shown(path))
    run.terminal.tell("Next", "write it, then set `status: published` and run `make publish`")


@cli.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--all", "everything", is_flag=True, help="Every post that has none.")
@click.pass_obj
def uid(run: Run, paths: tuple[Path, ...], everything: bool) -> None:
    """Write a fresh uid into posts that have none."""
    from utrop.authoring import new as writing
    from utrop.authoring import uid as uids

    if everything:
        paths = tuple(uids.posts_without_uid(run.site(production=False).content))
    elif not paths:
        raise configuration_error("no post is named", "write `utrop uid FILE` or `utrop uid --all`")
    for path in paths:
        fresh = writing.fresh_uid()
        uids.write_uid(path, fresh)
        run.terminal.tell("Written", f"{_shown(path)}: uid {fresh}")
    if not paths:
        run.terminal.say("Every post has a uid.")


@cli.command(name="import")
@click.argument("source", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--base-url", required=True, help="Where the posts were published, https://…")
@click.option("--lang", default="", help="Their language, if it is not the site's.")
@click.pass_obj
def import_(run: Run, source: Path, base_url: str, lang: str) -> None:
    """Import Jekyll, Eleventy or Hugo posts. Each post of the folder becomes one of this site.

    A second import changes nothing. What could not be carried over is listed with file and line.
    """
    from utrop import importing

    sys.exit(importing.run(run.site(production=False), source, base_url, lang, run.terminal))


@cli.command()
@click.argument("directory", type=click.Path(path_type=Path))
@click.option("--name", default="", help="The site's name.")
@click.option("--siteurl", default="https://blogg.example.org", help="Its address, https://…")
@click.option("--lang", default="sv", type=click.Choice(["sv", "en"]), help="Its language.")
@click.pass_obj
def init(run: Run, directory: Path, name: str, siteurl: str, lang: str) -> None:
    """Make a new site. It has two posts that teach, settings, Makefile and a workflow."""
    from utrop.authoring.init import init_site

    written = init_site(
        directory,
        name=name or directory.resolve().name,
        siteurl=siteurl.rstrip("/"),
        lang=lang,
        now=run.now(),
        utrop_command=str(Path(sys.executable).with_name("utrop")),
        version=__version__,
    )
    run.terminal.tell("Made", f"{_shown(directory)} ({len(written)} files)")
    run.terminal.tell("Next", f"cd {directory} && make publish && make serve")


@cli.command()
@click.option("--development", is_flag=True, help="With pelicanconf.py, as `make html` does.")
@click.option("--unpublished", is_flag=True, help="Drafts and coming posts too, banded as such.")
@click.pass_obj
def build(run: Run, development: bool, unpublished: bool) -> None:
    """Build and check into output/. Nothing is deployed or announced."""
    from utrop import publishing

    publishing.build_only(
        run.site(production=not development),
        now=run.now(),
        unpublished=unpublished,
        terminal=run.terminal,
    )


@cli.command()
@click.option("--no-announce", is_flag=True, help="Leave announcing out, as ANNOUNCE=0 does.")
@click.option("--allow-empty", is_flag=True, help="Release a site that has lost all its posts.")
@click.pass_obj
def publish(run: Run, no_announce: bool, allow_empty: bool) -> None:
    """Build, check, release and announce. The whole, in one command.

    Unlike `make publish` of a plain Pelican site, which only builds. Real networks are used only
    if publishconf.py (or UTROP_NETWORKS) names them.
    """
    from utrop import publishing

    sys.exit(
        publishing.publish(
            run.site(),
            now=run.now(),
            announce=not no_announce,
            allow_empty=allow_empty,
            terminal=run.terminal,
        )
    )


@cli.command()
@click.option("--dry-run", is_flag=True, help="Show what would be sent; send and record nothing.")
@click.pass_obj
def announce(run: Run, dry_run: bool) -> None:
    """Announce what the release owes. Nothing is built or deployed."""
    from utrop import announcing

    sys.exit(announcing.announce(run.site(), now=run.now(), dry_run=dry_run, terminal=run.terminal))


@cli.command()
@click.option("--since", default="", help="Another moment than now (ISO 8601 with offset).")
@click.option("--again", is_flag=True, help="Replace a moment that is already written.")
@click.pass_obj
def baseline(run: Run, since: str, again: bool) -> None:
    """Write from when on to announce. Posts older than that never are, on no network."""
    from utrop import announcing

    announcing.baseline(run.site(), now=run.now(), since=since, again=again, terminal=run.terminal)


@cli.command()
@click.option("--json", "as_json", is_flag=True, help="For scripts: every delivery as JSON.")
@click.pass_obj
def status(run: Run, as_json: bool) -> None:
    """Tell what waits and what was announced."""
    from utrop import announcing

    sys.exit(announcing.status(run.site(), now=run.now(), as_json=as_json, terminal=run.terminal))


@cli.command()
@click.option("--port", default=8000, show_default=True, help="The port to listen on.")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.pass_obj
def serve(run: Run, port: int, host: str) -> None:
    """Show the released site on this machine."""
    from utrop import showing

    showing.serve(run.site(), host=host, port=port, terminal=run.terminal)


@cli.command()
@click.option("--port", default=8000, show_default=True, help="The port to listen on.")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.pass_obj
def devserver(run: Run, port: int, host: str) -> None:
    """Show the site while you write. Each change builds it anew, drafts and coming posts too."""
    from utrop import showing

    showing.develop(run.site(production=False), host=host, port=port, terminal=run.terminal)


@cli.command()
@click.pass_obj
def releases(run: Run) -> None:
    """List the releases that are kept."""
    from utrop import showing

    showing.releases(run.site(), terminal=run.terminal)


@cli.command()
@click.argument("release", required=False)
@click.pass_obj
def rollback(run: Run, release: str | None) -> None:
    """Go back to an earlier release. Without a name, to the one before the current one."""
    from utrop import showing

    showing.rollback(run.site(), release, terminal=run.terminal)


def main() -> None:
    """Run the command; whatever goes wrong ends in lines that people can act on."""
    for stream in (sys.stdout, sys.stderr):
        # A title that the terminal's encoding lacks must not end a publish half-way.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    terminal = Terminal()
    environ = configuration.process_environment()
    try:
        cli(standalone_mode=False)
    except click.exceptions.Abort:
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except ProblemsFound as found:
        terminal.show(found.problems)
        sys.exit(found.exit_status)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        sys.exit(0)
    except Exception as error:  # noqa: BLE001 - the last resort: no traceback reaches a person
        if environ.get("UTROP_DEBUG"):
            traceback.print_exc()
        reason = " ".join(str(error).split())
        click.secho(
            f"utrop met something it did not expect: {type(error).__name__}: {reason};"
            " the released site is whole; UTROP_DEBUG=1 shows where",
            err=True,
            fg="red",
        )
        sys.exit(1)


def _shown(path: Path) -> str:
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except ValueError:
        return str(path)
