"""Import: posts of Jekyll, Eleventy and Hugo become posts of this site; no file is overwritten."""

from utrop.authoring.importing.run import ImportReport, import_posts

__all__ = ["ImportReport", "import_posts"]
