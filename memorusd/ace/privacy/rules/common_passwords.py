"""Passwords that so many people use that they need no context.

To add one: what it begins with (looked for first, in lower case) and a pattern for the whole, without the
exclamation marks behind it. A test redacts the example.
Source: NordPass and Have I Been Pwned, most common passwords of each year.
"""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["COMMON_PASSWORDS", "CommonPassword"]


class CommonPassword(NamedTuple):
    """One way to make a common password; matched in lower case, between the edges of a word."""

    starts: tuple[str, ...]
    pattern: str
    example: str


COMMON_PASSWORDS = (
    CommonPassword(("passw", "p@ss"), r"p[a@]ssw[o0]rd\d{2,6}", "P@ssw0rd123!"),
    CommonPassword(("letmein",), r"letmein\d{2,6}", "letmein22"),
    CommonPassword(("qwerty",), r"qwerty\d{2,6}", "qwerty123"),
    CommonPassword(("iloveyou",), r"iloveyou\d{2,6}", "iloveyou99"),
    CommonPassword(("hunter",), r"hunter\d{2,6}", "hunter42"),
    CommonPassword(("changeme",), r"changeme\d{2,6}", "changeme123"),
    # Two digits alone are a version or a year ("Welcome 24"), so a sign must follow them.
    CommonPassword(("welcome",), r"welcome(?:\d{3,6}|\d\d(?=[!@#$]))", "Welcome123"),
    CommonPassword(("admin",), r"admin(?:\d{3,6}|\d\d(?=[!@#$]))", "admin1234"),
)
