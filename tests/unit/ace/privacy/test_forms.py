"""Secrets drawn at random, written in the many ways in which people write them down, never come through.

`forms.jsonl` has the ways: of `field`s (a name and a value in the syntax of a language or a tool), of
`password`s and `token`s (commands, connection strings, sentences), of `vendor`s' keys and the `slot`s that
those stand in, of private keys, AWS secrets and paths. See README.md.
"""

from __future__ import annotations

import json
import random
import re
import string
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memorus_proto.errors import MemorusError
from memorusd.ace.privacy import Redactor

DrawTemplate = Callable[[str, random.Random], tuple[str, list[str]]]
LETTERS = string.ascii_letters + string.digits
HEX = "0123456789abcdef"
PASSWORD_NAMES = (
    "DB_PASSWORD", "password", "Password", "PGPASSWORD", "smtp_pass", "adminPassword", "userPwd", "ADMIN_PWD",
    "redis-password", "spring.datasource.password", "MYSQL_ROOT_PASSWORD", "SSH_PASSPHRASE", "db.passwd",
    "ansible_ssh_pass", "keystorePassword", "SENTRY_DB_PW", "sudo_password", "wifiPassword",
)  # fmt: skip
TOKEN_NAMES = (
    "MYSVC_API_KEY", "api_key", "apiKey", "x-api-key", "API-Key", "ACCESS_TOKEN", "accessToken",
    "client_secret", "clientSecret", "JWT_SECRET", "SECRET_KEY", "auth_token", "session_token",
    "refresh_token", "ENCRYPTION_KEY", "signingKey", "WEBHOOK_SECRET", "NPM_TOKEN", "botToken",
    "consumer_secret", "APP_KEY", "private_token", "subscription-key", "ACCOUNT_KEY", "COHERE_API_KEY",
    "MISTRAL_API_KEY", "licenseKey", "GITLAB_PAT",
)  # fmt: skip
ROWS = [
    json.loads(line)
    for line in Path(__file__).with_name("forms.jsonl").read_text(encoding="utf-8").splitlines()
]


def forms(of: str) -> list[str]:
    texts = [row["text"] for row in ROWS if row["of"] == of]
    assert texts, f"no forms of {of}"
    return texts


def draw(rng: random.Random, alphabet: str, n: int) -> str:
    """`n` characters that begin with a letter; a digit, a capital and a small one end it if there are any."""
    body = "".join(rng.choices(alphabet, k=n - 3))
    tail = [rng.choice(string.digits), *("kQ" if "Q" in alphabet else "ab")]
    rng.shuffle(tail)
    return rng.choice([c for c in alphabet if c.isalpha()]) + body[1:] + "".join(tail)


def password(rng: random.Random, sort: int) -> str:
    """A password of one of the sorts that people choose."""
    return (
        draw(rng, LETTERS, 10),
        draw(rng, LETTERS, 16),
        rng.choice(("Winter", "Dragon", "Tiger", "Merlot"))
        + str(rng.randrange(1000, 9999))
        + rng.choice("!?#$*"),
        rng.choice(("sunshine", "monkey", "blink", "hunter")) + str(rng.randrange(2, 999)),
        rng.choice(("P@ssw0rd", "S3cr3t", "Qw3rty")) + rng.choice("!_-+^") + draw(rng, LETTERS, 4),
    )[sort % 5]


def token(rng: random.Random, sort: int) -> str:
    """A key that no vendor's form gives away."""
    uuid = "-".join("".join(rng.choices(HEX, k=n)) for n in (8, 4, 4, 4, 12))
    return (
        draw(rng, HEX, 32),
        draw(rng, LETTERS, 24),
        draw(rng, LETTERS, 40),
        draw(rng, LETTERS + "_-", 32),
        draw(rng, HEX, 64),
        draw(rng, LETTERS + "+/", 43) + "=",
        uuid,
    )[sort % 7]


def filled(form: str, name: str, secret: str) -> str:
    return form.replace("NAME", name).replace("§", secret)


def survives(secret: str, out: str) -> bool:
    """True when eight characters in a row of `secret`, or all of it, are still there."""
    bare = re.sub(r"\[REDACTED:\w+\]", "\0", out)
    size = min(8, len(secret))
    return any(secret[i : i + size] in bare for i in range(len(secret) - size + 1))


def leaks(form: str, name: str, sort: int, kind: str) -> str | None:
    """The text in which a secret of the sort came through, or None."""
    rng = random.Random(f"{form}{name}{sort}")
    secret = password(rng, sort) if kind == "password" else token(rng, sort)
    if ("@" in secret and "@" in form) or ("/" in secret and "https://§:" in form):
        return None  # where a password with an @ ends cannot be told; a / ends the host of a URL
    text = filled(form, name, secret)
    out = Redactor().redact(text).text
    return f"{text} -> {out}" if survives(secret, out) else None


@pytest.mark.parametrize("form", forms("field"))
def test_a_named_value_goes_in_every_syntax(form: str) -> None:
    bad = [leaks(form, "DB_PASSWORD", sort, "password") for sort in range(5)]
    bad += [leaks(form, "MYSVC_API_KEY", sort, "token") for sort in range(7)]
    assert [text for text in bad if text] == []


@pytest.mark.parametrize("name", [*PASSWORD_NAMES, *TOKEN_NAMES])
def test_a_value_goes_under_every_name(name: str) -> None:
    kind = "password" if name in PASSWORD_NAMES else "token"
    plain = ("NAME=§", "NAME: §", 'NAME = "§"', '"NAME": "§"', "--NAME §", "?NAME=§&x=1", "| NAME | `§` |")
    bad = [leaks(form, name, sort, kind) for form in plain for sort in range(7)]
    assert [text for text in bad if text] == []


@pytest.mark.parametrize("kind", ["password", "token"])
def test_a_secret_goes_from_commands_and_sentences(kind: str) -> None:
    bad = [leaks(form, "", sort, kind) for form in forms(kind) for sort in range(7)]
    assert [text for text in bad if text] == []


@pytest.mark.parametrize(
    "row", [row for row in ROWS if row["of"] == "vendor"], ids=lambda row: row["text"][:40]
)
def test_a_vendors_key_goes_wherever_it_stands(row: dict[str, str], draw_template: DrawTemplate) -> None:
    redactor = Redactor()
    bad = []
    for slot in forms("slot"):
        text, parts = draw_template(row["text"], random.Random(row["text"] + slot))
        out = redactor.redact(slot.replace("§", text)).text
        bad += [(slot.replace("§", text), out) for part in parts if survives(part, out)]
    assert bad == []


@pytest.mark.parametrize("of", ["private_key", "aws_secret_key"])
def test_private_keys_and_aws_secrets_go(of: str, draw_template: DrawTemplate) -> None:
    redactor = Redactor()
    bad = []
    for form in forms(of):
        for turn in range(5):
            text, parts = draw_template(form, random.Random(f"{form}{turn}"))
            out = redactor.redact(text).text
            bad += [(text, out) for part in parts if survives(part, out)]
    assert bad == []


def test_a_users_name_goes_from_paths_and_the_rest_stays() -> None:
    redactor = Redactor()
    bad = []
    for row in (row for row in ROWS if row["of"] == "path"):
        for text in (row["text"], f"see {row['text']} now", f"x: {row['text']}\n"):
            out = redactor.redact(text).text
            if row["gone"] in out or row["keep"] not in out:
                bad.append((text, out))
    assert bad == []


AROUND = st.text(alphabet=st.sampled_from("ab c.\n,;:=\"'`(){}[]<>|/\\-_#@&?*~密é0"), max_size=12)


@settings(max_examples=400, deadline=None, derandomize=True)
@given(
    st.sampled_from(forms("field")),
    st.sampled_from((*PASSWORD_NAMES[:3], *TOKEN_NAMES)),
    st.integers(0, 6),
    st.integers(0, 1_000_000),
    st.sampled_from(["", "see ", "\n", "- ", "# ", "1. ", "then run\n\n    "]),
    st.sampled_from(["", "\n", "\nport: 80", "\r\n", "\n\nand restart"]),
)
def test_no_drawn_secret_survives(
    form: str, name: str, sort: int, seed: int, before: str, after: str
) -> None:
    rng = random.Random(seed)
    if form.startswith("|") and before[-1:] not in ("", "\n"):
        before = ""  # else it would be no table
    secret = draw(rng, LETTERS, 16) if name in PASSWORD_NAMES else token(rng, sort)
    out = Redactor().redact(before + filled(form, name, secret) + after).text
    assert not survives(secret, out)
    assert Redactor().redact(out).text == out


@settings(max_examples=300, deadline=None, derandomize=True)
@given(
    st.lists(
        st.one_of(st.sampled_from([row["text"] for row in ROWS]), AROUND, st.text(max_size=8)), max_size=6
    )
)
def test_any_text_is_answered_or_refused_with_our_error(pieces: list[str]) -> None:
    """Never another exception, and what is answered stays as it is when it is redacted again."""
    text = "".join(pieces)
    try:
        once = Redactor().redact(text).text
    except MemorusError:
        return
    assert Redactor().redact(once).text == once
