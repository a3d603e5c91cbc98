"""Secrets in the settings of a provider: which they are, and texts in which they do not appear."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

__all__ = ["describe_error", "is_secret_setting", "mask_passwords", "mask_secrets", "reveal"]

_SECRET_NAME = re.compile(
    r"pass(?:word|wd|phrase)?$|secret|token|api_?key|access_key|^key$|_key$|credential|connection_string"
    r"|conn_str|dsn|auth",
    re.IGNORECASE,
)
_MASK = "***"


def is_secret_setting(name: str, value: Any) -> bool:
    """Return whether a setting must not be shown, because of its name or a password in an address."""
    if value is None or isinstance(value, bool):
        return False
    return bool(_SECRET_NAME.search(name)) or (isinstance(value, str) and bool(_passwords(value)))


def reveal(config: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings with pydantic's SecretStr values as plain strings."""
    return {name: _reveal_value(value) for name, value in config.items()}


def describe_error(error: BaseException, config: Mapping[str, Any]) -> str:
    """Return the class and the first line of an error, without any secret of the settings."""
    lines = str(error).strip().splitlines()
    text = mask_secrets(lines[0] if lines else "", config)
    return f"{type(error).__name__}: {text:.300}" if text else type(error).__name__


def mask_secrets(text: str, config: Mapping[str, Any]) -> str:
    """Replace every secret of the settings in a text."""
    for secret in sorted(_secrets(config), key=len, reverse=True):
        text = text.replace(secret, _MASK)
    return text


def mask_passwords(address: str) -> str:
    """Replace the passwords in an address or connection string."""
    for password in _passwords(address):
        address = address.replace(password, _MASK)
    return address


def _reveal_value(value: Any) -> Any:
    if isinstance(value, Mapping):
        return reveal(value)
    return value.get_secret_value() if hasattr(value, "get_secret_value") else value


def _secrets(config: Mapping[str, Any]) -> Iterator[str]:
    for name, value in reveal(config).items():
        if isinstance(value, dict):
            yield from _secrets(value)
        elif isinstance(value, str) and len(value) > 2 and is_secret_setting(name, value):
            yield value
            yield from _passwords(value)


def _passwords(address: str) -> list[str]:
    matches = re.findall(r"://[^/@\s]*?:([^@\s]+)@", address) + re.findall(r"\bpassword=(\S+)", address)
    return [password for password in matches if password]
