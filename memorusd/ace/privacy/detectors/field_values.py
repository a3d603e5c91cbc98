"""Is the value of a field a secret? Judged by how telling the name is and by what joins the two."""

from __future__ import annotations

import re
from typing import NamedTuple

from ..field_names import SecretName
from ..placeholders import is_prose
from ..randomness import count_digits, is_mixed, is_opaque, is_unspeakable, looks_chosen

__all__ = ["Field", "is_secret"]

_SYMBOL = re.compile(r"[!@#$%^&*+~?]")
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-")
_LOGIN_LINE = re.compile(
    r"(?im)^[ \t]{0,12}(?:\w{0,20}_)?"
    r"(?:user|username|user_name|login|host|hostname|server|database|dbname|port|email)"
    r"[ \t]?[=:][ \t]?\w\S*[ \t]*$"
)
# Functions whose argument names a secret instead of being one.
_GETTER = re.compile(
    r"(?:^|[^a-z])(?:get|env|config|input|prompt|fetch|read|load|look|find|param|opt|arg|field|col|head|t|gettext)"
    r"\w*\($|_\($"
)
_SCREAMING = re.compile(r"[A-Z][A-Z0-9]{0,40}(?:_[A-Z0-9]{1,40}){1,8}")
_HASHES = re.compile(r"(?i:sha|md|crc|hs|rs|es|utf|base|oauth|pbkdf|argon|aes|rsa|ipv)\d{1,4}(?:id)?")
# What a sentence says of a password, rather than which it is: "the password is outdated".
_SAID = re.compile(
    r"(?:ed|ing|ble|al|ic|ent|ant|ive|ful|less|ly|ous|ory|ary|ten|wn|ne|st|er|ar|id|sy|ss|se|ld|ak|om|me|ere|ssword)$"
)


class Field(NamedTuple):
    """A name, what joins it to a value, and the value: `text[first:last]`, without what encloses it."""

    secret_name: SecretName
    name: str
    joined: str
    """From the name's first telling word to the value, in lower case."""
    before: str
    """What stands before the name, in lower case; a few characters of it."""
    text: str
    first: int
    last: int
    body: str
    quoted: bool


def is_secret(field: Field, joint: str) -> bool:
    """True when the value is no description, reference or ordinary word; `joint` as in `fields`."""
    secret_name, body = field.secret_name, field.body
    if joint in ("beside", "cell") or field.joined.endswith(("[", "{", "(")):
        return _beside(field)
    if joint == "far":  # at the end of a sentence about it
        if secret_name.strength == "password":
            return looks_chosen(body) and count_digits(body) > 0 and len(body) >= 6 and "/" not in body
        return is_opaque(body, 14)
    if joint == "blank":  # "acme SECRET 1234…", "token 9f8e…": nothing else may be meant
        return is_mixed(body) if secret_name.strength == "password" else is_opaque(body.rstrip("="), 16)
    if field.quoted:
        # A bare "key" is often one of a cache or a bucket, and opens nothing.
        return _quoted(secret_name, body) and not (field.name.lower() == "key" and _UUID.search(body))
    return _assigned(field, verbal=joint == "verb")


def _quoted(secret_name: SecretName, body: str) -> bool:
    """A string literal: a password may be any, the others must look like what they are."""
    if is_prose(body):
        return False
    if secret_name.strength == "password":
        return len(body) >= 3
    if " " in body:
        return False
    return _telling(body) if secret_name.strength == "strong" else is_opaque(body, 10)


def _beside(field: Field) -> bool:
    """A literal that merely stands beside a name, as an argument does, must look secret by itself."""
    secret_name, body = field.secret_name, field.body
    if _SCREAMING.fullmatch(body) or _GETTER.search(field.joined):
        return False
    if secret_name.strength == "password":
        called = (
            field.name.isupper() and "(" in field.before and field.joined.count('"') + field.joined.count("'")
        )
        if called or field.joined.rstrip(" \t").endswith(("||", "??", "!=")):
            return _quoted(secret_name, body)  # getenv("DB_PASSWORD", "…"), password || "…"
        digits = count_digits(body)
        if is_mixed(body) or (digits >= 2 and len(body) >= 6 and body.isalnum() and not body.isdigit()):
            return _HASHES.fullmatch(body) is None
    if " " in body:
        return False  # "Bearer …" is looked at without its scheme
    return is_opaque(body, 10) or (secret_name.strength != "weak" and _telling(body))


def _telling(body: str) -> bool:
    """Drawn, or eight characters with two digits or a symbol."""
    if " " in body:
        return False
    if is_opaque(body, 8) or is_unspeakable(body):
        return True
    mixed = looks_chosen(body) and count_digits(body) >= 2 and not body.count("-") > 1
    return len(body) >= 8 and (mixed or _SYMBOL.search(body) is not None)


def _assigned(field: Field, *, verbal: bool) -> bool:
    """An unquoted value behind `=` or `:` or "is": code, prose and configuration all look like this."""
    strength, body = field.secret_name.strength, field.body
    if field.text[field.last : field.last + 1] == "(" or body.endswith("(") or "://" in body:
        return False
    if strength == "password":
        if looks_chosen(body) and (not verbal or any(map(str.isdigit, body)) or len(body) > 7):
            return True
        return _spoken(field) if verbal else _whole_line(field)
    if strength == "strong":
        if is_opaque(body, 8) or is_unspeakable(body):
            return True
        return len(body) >= 8 and count_digits(body) >= 2 and _SYMBOL.search(body) is not None
    return ":" not in body and is_opaque(body, 10)  # a colon: urn:ietf:params:oauth:…


def _spoken(field: Field) -> bool:
    """ "The password is swordfish.": one word of small letters ends the sentence and says nothing of it."""
    word, after = field.body, field.text[field.last : field.last + 2]
    if not (word.isascii() and word.isalpha() and word.islower() and len(word) >= 6):
        return False
    return field.before.endswith(("the ", "my ", "our ", "its ")) and (
        (not after or (after[0] in "\n.!;" and not after[1:].strip())) and _SAID.search(word) is None
    )


def _whole_line(field: Field) -> bool:
    """`DB_PASSWORD=swordfish`, `password: swordfish` and, beside a user or a host, `password = swordfish`."""
    text, first, last, body = field.text, field.first, field.last, field.body
    word = body.replace("_", "").replace("-", "")
    if len(body) < 5 or not (body.isascii() and word.isalnum() and (body.islower() or word[1:].islower())):
        return len(body) >= 8 and not body.isidentifier() and not any(c in body for c in "./(")
    line = text.rfind("\n", max(0, first - 120), first) + 1
    head = text[line:first] if line else text[max(0, first - 120) : first]
    called = head[-60:].split()[-1] if head.strip() else ""
    after = text[last : last + 1]
    glued = text[first - 1] == "=" and after != "."
    if glued and (called[:-1].isupper() or called.startswith("--") or after in (";", "&")):
        return True  # DB_PASSWORD=…   --password=…   Server=db;Password=…;
    stop = text.find("\n", last, last + 40)
    rest = text[last : stop if stop >= 0 else last + 40].split("#")[0].strip()
    if called.startswith("--"):
        return not rest or rest[0] in "-|;&>\\'\"`"
    if rest or len(head.split()) > 3:
        return False
    if "=" in head and " =" not in head:
        return head.strip().rstrip("=: ").removeprefix("export ").isupper()
    if "=" not in head:
        return re.sub(r"[-_.*`\"' :]", "", head.strip()).isalnum()
    return _LOGIN_LINE.search(text, max(0, line - 300), line) is not None
