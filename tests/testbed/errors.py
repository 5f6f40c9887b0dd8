"""The one kind of error that the lab reports without a traceback."""


class LabError(Exception):
    """Says which component of which cluster, what was found, and what to do about it."""
