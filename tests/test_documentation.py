"""Documentation is tested: every command, setting and front matter key has its heading."""

from __future__ import annotations

import re
import shlex
import shutil

import pytest

from tests.sites import REPOSITORY, SmallSite
from tools import reference
from utrop.authoring import front_matter
from utrop.syndication import networks


def headings(name: str) -> set[str]:
    text = (REPOSITORY / "docs" / name).read_text("utf-8")
    return set(re.findall(r"^#{2,4} `([^`]+)`", text, re.MULTILINE))


def test_the_reference_is_what_the_code_says() -> None:
    for name, text in (
        ("settings.md", reference.settings()),
        ("commands.md", reference.commands()),
    ):
        written = (REPOSITORY / "docs" / name).read_text("utf-8")
        assert written == text, f"docs/{name} is stale; run make reference"


def test_every_front_matter_key_has_its_heading() -> None:
    assert headings("writing.md") == {field.key for field in front_matter.describe()}


def test_every_link_within_the_documentation_leads_somewhere() -> None:
    for page in [*REPOSITORY.glob("*.md"), *(REPOSITORY / "docs").rglob("*.md")]:
        text = re.sub(r"```.*?```|`[^`\n]+`", "", page.read_text("utf-8"), flags=re.DOTALL)
        for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", text):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


@pytest.mark.parametrize("name", [name for name in networks.names() if name != "preview"])
def test_every_network_has_its_page(name: str) -> None:
    text = (REPOSITORY / "docs" / "networks" / f"{name}.md").read_text("utf-8")
    assert networks.load(name).GUARANTEE in text
    assert not [one for one in networks.environment(name) if one not in text]
    assert f"networks/{name}.md" in (REPOSITORY / "docs" / "announcing.md").read_text("utf-8")


def test_every_make_target_is_explained() -> None:
    makefile = (REPOSITORY / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"^([a-z-]+):.*## ", makefile, re.MULTILINE))
    text = (REPOSITORY / "docs" / "publishing.md").read_text("utf-8")
    missing = {
        target
        for target in targets - {"help", "lint", "lock", "reference"}
        if f"`make {target}`" not in text
    }
    assert not missing


def test_the_commands_of_the_readme_run(site: SmallSite) -> None:
    text = (REPOSITORY / "README.md").read_text("utf-8")
    commands = re.findall(r"^\$ (.+)$", text, re.MULTILINE)
    assert len(commands) > 4
    makefile = (REPOSITORY / "Makefile").read_text("utf-8")
    for command in " && ".join(commands).split(" && "):
        program, *arguments = shlex.split(command)
        if program == "utrop":
            named = [one for one in arguments if one.endswith(".xml")]
            for one in named:  # what a reader has at hand is any notice
                shutil.copy(REPOSITORY / "content/notices/snorojning-annons.xml", site.root / one)
            site.run(*arguments)
        elif program == "make":
            assert f"\n{arguments[0]}: " in makefile
        else:
            assert program == "cd"
            assert (site.root / arguments[0] / "publishconf.py").is_file()
