"""Front matter: the one typed model of what a writer may say above a post or a page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, WithJsonSchema

from utrop.authoring import announce_key, keys, values
from utrop.authoring.field_types import LIST_SCHEMA, Items, LastMoment, Moment, Text
from utrop.authoring.header import SplitFile
from utrop.authoring.mistake import Mistake
from utrop.authoring.procurement_front_matter import ProcurementFrontMatter
from utrop.authoring.values import Rules
from utrop.post import Announce
from utrop.problem import Problem

Kind = Literal["post", "page"]
Status = Literal["draft", "published", "hidden", "withdrawn"]

_ANNOUNCE = {
    "anyOf": [
        {"type": "boolean"},
        {"type": "array", "items": {"type": "string"}},
        {"type": "string"},
        {
            "type": "object",
            "properties": {
                "networks": {"type": "array", "items": {"type": "string"}},
                "text": {"type": "string"},
                "update": {"type": "boolean"},
                "again": {
                    "type": ["array", "boolean", "string"],
                    "items": {
                        "anyOf": [
                            {"type": "string"},
                            {
                                "type": "object",
                                "properties": {
                                    "when": {"type": "string"},
                                    "text": {"type": "string"},
                                },
                                "required": ["when"],
                                "additionalProperties": False,
                            },
                        ]
                    },
                },
            },
            "additionalProperties": {"type": ["string", "boolean"]},
        },
    ]
}


class FrontMatter(BaseModel):
    """What posts and pages have in common. Empty means: not said."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    title: Annotated[str, BeforeValidator(values.title)] = Field(
        description="The heading; required.", json_schema_extra={"minLength": 1}
    )
    date: Moment = Field(
        default=None,
        description="When it is published, in the site's time zone unless an offset is given;"
        " a post needs one, and one in the future waits.",
    )
    modified: Moment = Field(
        default=None, description="When it last changed in a way that readers should know of."
    )
    uid: Annotated[str, BeforeValidator(values.uid)] = Field(
        default="",
        description="The id that never changes; a post needs one, and `utrop new` writes it.",
    )
    slug: Annotated[str, BeforeValidator(values.slug)] = Field(
        default="", description="The last part of the address; made from the title if not given."
    )
    lang: Annotated[str, BeforeValidator(values.lang)] = Field(
        default="", description="The language's two letters; the site's DEFAULT_LANG if not given."
    )
    translation_of: Text = Field(
        default="", description="The uid of the original that this translates."
    )
    authors: Items = Field(
        default=(), description="Who wrote it (or author); the site's AUTHOR if not given."
    )
    summary: Text = Field(
        default="", description="Plain text for lists, feeds and cards; the first lines otherwise."
    )
    image: Annotated[str, BeforeValidator(values.image)] = Field(
        default="", description="A picture's path beside the file or below the content folder."
    )
    image_alt: Text = Field(default="", description="What the picture shows, in words.")
    image_credit: Text = Field(default="", description="Who made the picture.")
    status: Annotated[Status, BeforeValidator(values.status)] = Field(
        default="published",
        description="draft and withdrawn are not built; hidden is built but listed nowhere.",
    )
    aliases: Annotated[
        tuple[str, ...], BeforeValidator(values.aliases), WithJsonSchema(LIST_SCHEMA)
    ] = Field(default=(), description="Old addresses, which redirect here.")
    responsible_editor: Text = Field(
        default="", description="Who answers for the publication, where the site says it."
    )
    demo: Annotated[bool, BeforeValidator(values.flag)] = Field(
        default=False,
        description="true for an invented post: never sent to remote targets or real networks.",
    )


class PostFrontMatter(ProcurementFrontMatter, FrontMatter):
    """What a writer may say above a post."""

    category: Text = Field(
        default="", description="The one category; the site's DEFAULT_CATEGORY if not given."
    )
    tags: Items = Field(default=(), description="A list of tags.")
    announce: Annotated[
        Announce, BeforeValidator(announce_key.announce), WithJsonSchema(_ANNOUNCE)
    ] = Field(
        default_factory=Announce,
        description="no, a list of networks, or a mapping with networks, text, again, update,"
        " and each network's own words, true or false.",
    )
    deadline: LastMoment = Field(
        default=None,
        description="The last moment for what the post calls for, of a bare date the end of the"
        " day; reminders can count from it.",
    )
    starts: Moment = Field(
        default=None, description="When the event begins; reminders can count from it."
    )
    approved_by: Text = Field(
        default="",
        description="Who approved the post, for the record of announcements; else the commit's"
        " author.",
    )


class PageFrontMatter(FrontMatter):
    """What a writer may say above a page."""

    menu: Annotated[
        int | Literal["no"] | None,
        BeforeValidator(values.menu),
        WithJsonSchema({"anyOf": [{"type": "integer", "minimum": 0}, {"type": "boolean"}]}),
    ] = Field(default=None, description="The page's place in the navigation, or no for none.")


MODELS: MappingProxyType[Kind, type[FrontMatter]] = MappingProxyType(
    {"post": PostFrontMatter, "page": PageFrontMatter}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldDescription:
    """One key of front matter, as the documentation's table and editors show it."""

    key: str
    description: str
    applies_to: Literal["posts and pages", "posts", "pages"]
    default: str


@cache
def describe() -> tuple[FieldDescription, ...]:
    """Return every key of front matter, in the order in which the model has them."""
    both = {**PostFrontMatter.model_fields, **PageFrontMatter.model_fields}
    found = []
    for key, field in both.items():
        post, page = (key in model.model_fields for model in (PostFrontMatter, PageFrontMatter))
        default = field.default if isinstance(field.default, str) else ""
        found.append(
            FieldDescription(
                key=key,
                description=field.description or "",
                applies_to="posts and pages" if post and page else "posts" if post else "pages",
                default="false" if field.default is False else default,
            )
        )
    return tuple(found)


FIELDS = describe()


def json_schema(kind: Kind = "post") -> dict[str, Any]:
    """Return the JSON Schema of front matter (draft 2020-12), for editors that complete it."""
    schema = MODELS[kind].model_json_schema()
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = f"Front matter of a {kind} in Utrop"
    schema["required"] = ["title", "date", "uid"] if kind == "post" else ["title"]
    author = {**schema["properties"]["authors"], "title": "Author"}
    schema["properties"]["author"] = author
    return schema


@dataclass(slots=True, kw_only=True)
class Parsed:
    """The outcome of reading one header: the model if it is right, else the problems."""

    front_matter: FrontMatter | None
    lines: dict[tuple[str, ...], int]
    problems: list[Problem]


def parse(file: SplitFile, kind: Kind, path: Path, rules: Rules, shown: str = "") -> Parsed:
    """Type a header's values and return the model with each key's line, or every problem.

    ``shown`` is the path as a command's argument names it.
    """
    model = MODELS[kind]
    every = frozenset(field.key for field in FIELDS)
    said, lines, problems = keys.known(file, kind, tuple(model.model_fields), every, path)
    parsed = Parsed(front_matter=None, lines=lines, problems=problems)
    problems += keys.missing(said, kind, path, file.first_line, lines, shown or str(path))
    try:
        front_matter = model.model_validate(said, context=rules)
    except ValidationError as error:
        # What is missing has been said above, in better words.
        wrong = [one for one in error.errors() if one["type"] != "missing"]
        problems += [_problem(one, lines, path) for one in wrong]
        return parsed
    problems += _contradictions(front_matter, lines, path)
    if not problems:
        parsed.front_matter = front_matter
    return parsed


def _problem(error: Any, lines: dict[tuple[str, ...], int], path: Path) -> Problem:
    key = str(error["loc"][0])
    mistake = error.get("ctx", {}).get("error")
    if isinstance(mistake, Mistake):
        return told(key, mistake, lines, path)
    return Problem(path=path, line=lines.get((key,)), what=f'"{key}": {error["msg"]}')


def told(key: str, mistake: Mistake, lines: Mapping[tuple[str, ...], int], path: Path) -> Problem:
    """Return a mistake with the line of the innermost key that has one."""
    places = [(key, *mistake.at[:depth]) for depth in range(len(mistake.at), -1, -1)]
    line = next((lines[place] for place in places if place in lines), None)
    return Problem(path=path, line=line, what=mistake.what, instead=mistake.instead)


def _contradictions(
    front_matter: FrontMatter, lines: dict[tuple[str, ...], int], path: Path
) -> list[Problem]:
    problems = []
    if front_matter.image and not front_matter.image_alt:
        problems.append(
            Problem(
                path=path,
                line=lines.get(("image",)),
                what="the image has no image_alt",
                instead='write "image_alt:" and what the picture shows',
            )
        )
    problems += [
        Problem(
            path=path,
            line=lines.get((key,)),
            what=f'"{key}" stands without an image',
            instead='write "image:" and the path of the picture, or remove it',
        )
        for key in ("image_alt", "image_credit")
        if getattr(front_matter, key) and not front_matter.image
    ]
    return problems
