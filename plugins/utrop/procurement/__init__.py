"""Procurement: what a notice says, what the law lets be said when, and where a procedure stands.

The foundation of the field: values and pure functions, without Pelican, files or a clock.
Capabilities import it as they import ``utrop.post``; it imports none of them.
"""
