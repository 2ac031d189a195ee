"""Writing: new posts, uids, imports, a new site."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from utrop import __version__
from utrop.cli.codelists import codelists
from utrop.cli.notice import notice
from utrop.cli.run import Run
from utrop.problem import configuration_error
from utrop.terminal import shown

__all__ = ["codelists", "import_", "init", "new", "notice", "uid"]


@click.command()
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
    run.terminal.tell("Written", shown(path))
    run.terminal.tell("Next", "write it, then set `status: published` and run `make publish`")


@click.command()
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
        run.terminal.tell("Written", f"{shown(path)}: uid {fresh}")
    if not paths:
        run.terminal.say("Every post has a uid.")


@click.command(name="import")
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


@click.command()
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
    run.terminal.tell("Made", f"{shown(directory)} ({len(written)} files)")
    run.terminal.tell("Next", f"cd {directory} && make publish && make serve")
