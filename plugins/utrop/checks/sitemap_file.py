"""The sitemap names pages that are there and want to be found.

See https://www.sitemaps.org/protocol.html.
"""

from __future__ import annotations

from collections.abc import Iterator

from utrop.checks.tree import Tree
from utrop.checks.xml_file import NotXml, parse_xml
from utrop.problem import Problem

_NAMESPACE = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
_SITEMAP = "sitemap.xml"


def check_sitemap(tree: Tree) -> Iterator[Problem]:
    """Yield each entry without a page, and each page that must not be listed."""
    if _SITEMAP not in tree.files:
        yield Problem(path=tree.path(_SITEMAP), what="is missing", severity="warning")
        return
    path = tree.path(_SITEMAP)
    try:
        root = parse_xml(tree.read(_SITEMAP))
    except NotXml as error:
        yield Problem(path=path, line=error.line, what=str(error), instead="build again")
        return
    seen = set()
    for location in root.iter(f"{_NAMESPACE}loc"):
        address = (location.text or "").strip()
        what = _mistake(address, tree) or ("is listed twice" if address in seen else "")
        seen.add(address)
        if what:
            yield Problem(path=path, line=location.sourceline, what=f"{address} {what}")


def _mistake(address: str, tree: Tree) -> str:
    if not address.startswith(tree.siteurl):
        return f"is not below {tree.siteurl}"
    target = tree.target(address)
    if target is None or target.file is None:
        return "is not in the site"
    if target.lacks_slash:
        return "lacks the final slash"
    page = tree.pages.get(target.file)
    if page is not None and (page.noindex or page.refresh is not None):
        return "is a page that search engines are asked not to list"
    return ""
