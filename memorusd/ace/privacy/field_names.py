"""What the name of a field says of its value: `DB_PASSWORD`, `x-api-key`, `token_count`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from .rules.languages import LANGUAGES
from .rules.name_words import ABOUT, BEFORE_PASS, PASSING, PASSWORD_PARTS, PASSWORDS, PUBLIC, SECRETS

__all__ = ["SecretName", "classify"]


class SecretName(NamedTuple):
    """`kind` for the marker; `strength`: "password" (any value), "strong" (secret-like), "weak" (drawn)."""

    kind: str
    strength: str


def _any_of(words: Iterable[str]) -> str:
    return "|".join(word.replace(" ", "_").replace("*", r"\w*") for word in words)


_FOREIGN = [language for language in LANGUAGES if language.code != "en"]
_PARTS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
_PASSWORD = re.compile(
    _any_of((*PASSWORDS, *(word for language in _FOREIGN for word in language.passwords)))
    + rf"|(?:{_any_of(BEFORE_PASS)})pass$"
)
_SECRET = re.compile(_any_of((*SECRETS, *(word for language in _FOREIGN for word in language.keys))))
_ABOUT = re.compile(rf"(?:^|_)(?:{_any_of(ABOUT)})(?:_?\d+)?$")
_PUBLIC = re.compile(rf"(?:^|_)(?:{_any_of(PUBLIC)})(?:_|$)")
_PASSING = re.compile(rf"(?:^|_)(?:{_any_of(PASSING)})_pass$")
_WEAK = re.compile(r"key\d*$|auth$|private$|access$|_pat$")
_GLUED = re.compile(r"(secret|token|api|key|access|private|password|auth|credential)s?")


@lru_cache(maxsize=4096)
def classify(name: str) -> SecretName | None:
    """What `name` says of its value, or None when it names no secret (`token_count`, `primary_key`)."""
    plain = name.strip("-_.$").replace("-", "_").replace(" ", "_")
    snake = "_".join(_PARTS.findall(plain)).lower() if plain.isascii() else plain.lower()
    snake = snake.replace("api_key", "apikey")
    if not snake:
        return None
    parts = snake.split("_")
    if _PASSWORD.search(snake) or parts[-1] in PASSWORD_PARTS:
        return None if _ABOUT.search(snake) or _PASSING.search(snake) else SecretName("password", "password")
    if _ABOUT.search(snake) or _PUBLIC.search(snake) or snake.endswith("secretsmanager"):
        return None
    compact = "".join(parts)
    if ("aws" in compact and "secret" in compact) or (
        compact in ("secretaccesskey", "secretkey") and "access" in compact
    ):
        return SecretName("aws_secret_key", "strong")
    if _SECRET.search(snake) or _SECRET.search(compact):
        return SecretName(_kind(compact), "strong")
    if _WEAK.search(compact if "_pat" not in snake else snake):
        return SecretName("api_key", "weak")
    # A vendor's name glued to the word with more behind it: geoapifyXYZSECRET, SENDGRID_API_KEYSID.
    return SecretName("api_key", "weak") if len(_GLUED.findall(compact)) > 1 else None


def _kind(compact: str) -> str:
    if "key" in compact:
        return "api_key"
    return "token" if "token" in compact else "secret"
