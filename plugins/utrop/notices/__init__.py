"""Notices: drafts from eForms XML, the linter, calendars, open data."""
