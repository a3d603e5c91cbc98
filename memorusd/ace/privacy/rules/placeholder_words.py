"""Words that stand where a secret could and are none: they describe it, or hold its place.

To add one, put it into the list that says what it is; a test checks that each is left alone.
"""

from __future__ import annotations

from . import word_list

__all__ = ["DESCRIPTIONS", "FILLERS"]

DESCRIPTIONS = frozenset(
    word_list("""
a an any all and are array as auto await basic bearer blank bool boolean bytes by can cannot char column
const correct could default deprecated digest disabled empty enabled encrypted error expired export
expression extends external failed false field file first for forgot form from function generate
generated global hash hashed hidden if import in incorrect input int integer internal invalid is it
keyword last leave length let list literal local long managed manual mandatory masked match max min
mismatch missing must mutable name nil no none not null number object of off omitted on one only
optional or params plain plaintext present prompt prompted protected provided public random raw read
readonly reference refresh request required reset response result return row sensitive set short should
some static stored str string strong struct symbol text that the then this to true type undefined unique
unknown unset update updated use used user username valid validate value variable varchar void was weak
when where which will with without wrong yes you your bcrypt argon argon2 scrypt secretstr session stdin
element item entry data key keys option options flag flags argument arguments parameter parameters
switch id self args kwargs request query body parse signed unsigned base64 hex json xml html csrf oauth
oauth2 jwt saml ldap kerberos ntlm hmac aes rsa
""")
)
"""Types, states, verbs and rules: `password: required`, `token: string`, `if password is None`."""

FILLERS = ("xxxxx", "your", "placeholder", "redacted", "example", "here")
"""What a long value contains that somebody should replace: `sk-your-key-here`."""
