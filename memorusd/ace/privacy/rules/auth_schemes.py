"""The schemes of an Authorization header, and the names of cookies that log their bearer in.

To add a scheme, put it into the list, in lower case; only what follows it is then redacted.
Source: https://www.iana.org/assignments/http-authschemes, and the vendors that use schemes of their own.
"""

from __future__ import annotations

from . import word_list

__all__ = ["AUTH_SCHEMES", "SESSION_COOKIES"]

AUTH_SCHEMES = word_list("""
bearer basic token apikey api-key negotiate digest key bot aws4-hmac-sha256 splunk geniekey zoho-oauthtoken
ssws sso-key pat
""")
SESSION_COOKIES = ("sess", "sid", "auth", "token", "jwt")
"""A cookie with one of these in its name is a session's."""
