"""The contract of Redactor: positions, paths, values, custom patterns, idempotence, linear work."""

from __future__ import annotations

import random
import re
import string
import sys
from collections.abc import Callable
from itertools import pairwise
from types import FrameType
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memorus_proto.errors import ConfigError, InvalidRequest, MemorusError
from memorusd.ace.privacy import Redactor, custom_patterns, field_names, placeholders, randomness
from memorusd.ace.privacy.detectors import (
    commands,
    field_values,
    fields,
    headers,
    high_entropy,
    home_paths,
    private_keys,
    prose,
    proximity,
    urls,
    vendor_keys,
)
from memorusd.ace.privacy.rules.common_passwords import COMMON_PASSWORDS
from memorusd.ace.privacy.rules.secret_arguments import SECRET_ARGUMENTS
from memorusd.ace.privacy.rules.vendors import VENDORS, Prefix
from memorusd.ace.privacy.rules.webhooks import WEBHOOKS

if TYPE_CHECKING:
    from _typeshed import TraceFunction

KEY = "ghp_" + "a1B2" * 9


def test_findings_are_positions_in_the_given_text() -> None:
    text = f"é use {KEY} now; password: hunter2"
    out = Redactor().redact(text)
    assert [(f.kind, text[f.start : f.end]) for f in out.found] == [
        ("github_token", KEY),
        ("password", "hunter2"),
    ]
    assert out.text == "é use [REDACTED:github_token] now; password: [REDACTED:password]"


def test_paths_can_be_left_alone() -> None:
    text = f"/home/alice/x {KEY}"
    assert Redactor(sanitize_paths=False).redact(text).text == "/home/alice/x [REDACTED:github_token]"
    assert Redactor().redact(text).text == "[REDACTED:unix_path]/x [REDACTED:github_token]"


def test_letters_that_grow_when_lowered_move_nothing() -> None:
    assert Redactor().redact("İİİ password: hunter2 ok").text == "İİİ password: [REDACTED:password] ok"


def test_a_marker_somebody_wrote_does_not_hide_what_follows() -> None:
    out = Redactor().redact("password=[REDACTED:x]hunter2").text
    assert "hunter2" not in out
    assert Redactor().redact(out).text == out


def test_values_of_secret_names_go_whole() -> None:
    value = {
        "api_key": "abc",
        "Password": "swordfish",
        "token_count": 12,
        "nested": {"client_secret": ["a b", "cd"], "note": f"see {KEY}"},
        KEY: 1,
        "password_hint": "the dog",
        "db": {"password": "${DB_PASSWORD}", "port": 5432},
    }
    redacted, count = Redactor().redact_value(value)
    assert redacted == {
        "api_key": "[REDACTED:api_key]",
        "Password": "[REDACTED:password]",
        "token_count": 12,
        "nested": {"client_secret": ["[REDACTED:secret]"] * 2, "note": "see [REDACTED:github_token]"},
        "[REDACTED:github_token]": 1,
        "password_hint": "the dog",
        "db": {"password": "${DB_PASSWORD}", "port": 5432},
    }
    assert count == 6
    assert Redactor().redact_value(redacted) == (redacted, 0)


def test_messages_keep_their_form() -> None:
    messages = [{"role": "user", "content": "password: hunter2"}, {"role": "assistant", "content": "ok"}]
    redacted, count = Redactor().redact_value(messages)
    assert redacted == [
        {"role": "user", "content": "password: [REDACTED:password]"},
        {"role": "assistant", "content": "ok"},
    ]
    assert count == 1


def test_two_secret_keys_lose_no_value() -> None:
    redacted, _ = Redactor().redact_value({KEY: 1, KEY.replace("1", "2"): 2})
    assert sorted(redacted.values()) == [1, 2]


@pytest.mark.parametrize("value", [b"x", object(), {"a": {1, 2}}])
def test_what_is_not_json_is_refused(value: object) -> None:
    with pytest.raises(InvalidRequest):
        Redactor().redact_value(value)


def test_too_deep_is_refused() -> None:
    value: object = "x"
    for _ in range(70):
        value = [value]
    with pytest.raises(InvalidRequest, match="nests deeper"):
        Redactor().redact_value(value)


def test_only_text_is_redacted() -> None:
    with pytest.raises(InvalidRequest):
        Redactor().redact(b"x")  # type: ignore[arg-type]


def test_an_internal_fault_is_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> str:
        raise RuntimeError("fault")

    monkeypatch.setattr(field_names, "classify", fail)
    with pytest.raises(RuntimeError):
        Redactor().redact("password: hunter2")


def test_custom_patterns() -> None:
    out = Redactor({"employee": r"EMP-\d{6}"}).redact("ask EMP-123456 about it, é EMP-654321")
    assert out.text == "ask [REDACTED:employee] about it, é [REDACTED:employee]"
    assert Redactor([r"(?i)project x"]).redact("on Project X").text == "on [REDACTED:custom]"


@pytest.mark.parametrize(
    ("patterns", "names"),
    [
        ({"bad": "("}, "bad"),
        ({"look": r"(?=a)b"}, "look"),
        ({"back": r"(a)\1"}, "back"),
        ({"empty": "a*"}, "empty"),
        ({"none": ""}, "none"),
        ({"Not a kind": "a"}, "Not a kind"),
        ({"number": 3}, "number"),
        ("abc", "custom_patterns"),
        (["("], "custom"),
    ],
)
def test_a_bad_custom_pattern_is_a_config_error_that_names_it(patterns: object, names: str) -> None:
    with pytest.raises(ConfigError, match=names):
        Redactor(patterns)  # type: ignore[arg-type]


def test_a_pattern_that_would_backtrack_for_ever_does_not() -> None:
    assert Redactor({"evil": r"(a+)+$"}).redact("a" * 100_000 + "b").found == ()


def test_a_pattern_that_adds_up_to_a_square_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(custom_patterns, "_BUDGET", 0.05)
    with pytest.raises(MemorusError, match=r"'slow'.*processor time"):
        Redactor({"slow": r"a.*b|a"}).redact("a" * 300_000)


PIECES = st.sampled_from(
    ["password", "=", ":", " ", "\n", '"', "secret", "token", "key", "is", "://", "@", "a",
     "hunter2", "x9Y8z7W6v5U4t3S2",
     "/home/", "alice", "C:\\Users\\", "[REDACTED:x]", "[REDACTED:", "]", "Bearer ",
     "eyJhbGciOiJI", ".", "-----BEGIN PRIVATE KEY-----",
     "AKIA", "~", "sk-", "-", "_", "api", "İ", "密码", "1", "wandb", "<", ">", "(", "aws", "b" * 40]
)  # fmt: skip


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.lists(PIECES, max_size=24).map("".join))
def test_any_text_is_redacted_once_and_for_all(text: str) -> None:
    redactor = Redactor()
    once = redactor.redact(text)
    assert redactor.redact(once.text).text == once.text
    spans = [(f.start, f.end) for f in once.found]
    assert all(0 <= a < b <= len(text) for a, b in spans)
    assert all(left[1] <= right[0] for left, right in pairwise(spans))


REPEATED = [
    "a", "0", " ", "\n", '"', "key", "key=", "key= ", "key=a1b2c3d4e5f6 ", "secret ", "secret-",
    "password", 'pass:"', "sk-", "sk-ant-",
    "eyJ", "eyJaaaaaaaaaa.", "://", "://a:", "://a@", "/home/", "~a/", "C:\\Users\\",
    "C:\\Users\\a ", "-----BEGIN PRIVATE KEY-----",
    "-----END PRIVATE KEY-----", "AKIA", "bearer ", "basic YWFhYWFh ", "authorization: ", "ghp_",
    "SG.", "a_", "wandb ", "; sess=",
    "b3BlbnNzaC1rZXktdjE", "[REDACTED:x]", "webhook/", "$5$", "-u a:", "mysql ",
    "login a password ", "secret is a", "Private-Lines: 1",
    "password for a ", "| key ", "password: str ", "key value ", " is the password",
    " as the ", "kind: secret\n",
    "data:\n a: bcd\n", "echo a ", " -u a ", "auth ", "密码", "private key ", "mnemonic a ",
    "seed phrase abc ",
    "%2fhome", "\\users\\", "//home/", "/Users/a b", "credentials: a", "openssl ", "type=", "MIIBAAKCA",
    "password) values (", "jwt.sign(", ".x.", "a.", "variable key { ", "password[",
]  # fmt: skip


def executed(call: Callable[[], object]) -> int:
    """How many lines of Python run: the work that is not one of the patterns'."""
    lines = 0

    def trace(frame: FrameType, event: str, arg: object) -> TraceFunction:
        nonlocal lines
        lines += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        call()
    finally:
        sys.settrace(before)
    return lines


@pytest.mark.parametrize("piece", REPEATED)
def test_work_grows_with_the_text(piece: str) -> None:
    redactor = Redactor()
    redactor.redact(piece)
    small, large = (piece * (size // len(piece)) for size in (2_000, 8_000))
    assert executed(lambda: redactor.redact(large)) <= 5 * executed(lambda: redactor.redact(small)) + 500


MODULES = (
    commands, field_names, field_values, fields, headers, high_entropy, home_paths, placeholders,
    private_keys, prose, proximity, randomness, urls, vendor_keys,
)  # fmt: skip


def test_no_pattern_nests_repetitions() -> None:
    """What counting lines does not see: no repetition of a repetition, and no run over just anything."""
    patterns = {
        f"{module.__name__}.{name}": value.pattern
        for module in MODULES
        for name, value in vars(module).items()
        if isinstance(value, re.Pattern)
    }
    patterns |= {
        f"{vendor.id} {form.literal}": form.rest if isinstance(form, Prefix) else form.pattern
        for vendor in VENDORS
        for form in vendor.forms
    }
    patterns |= {f"argument {argument.id}": argument.pattern for argument in SECRET_ARGUMENTS}
    patterns |= {f"webhook {webhook.id}": webhook.pattern for webhook in WEBHOOKS}
    patterns |= {password.pattern: password.pattern for password in COMMON_PASSWORDS}
    plain = {name: re.sub(r"\[\^?\]?(?:\\.|[^\]\\])*\]", "C", text) for name, text in patterns.items()}
    nested = re.compile(r"[*+]\)[*+]|\}\)[*+]|(?:[*+]|,\})\)(?:[*+]|\{\d*,\})")
    assert {name for name, text in plain.items() if nested.search(text)} == set()
    anything = re.compile(r"(?<!\\)\.[*+]|\\S[*+]|\\s[*+]")
    # Only ever searched in the 300 characters before a field.
    assert {name for name, text in plain.items() if anything.search(text)} <= {
        "memorusd.ace.privacy.detectors.field_values._LOGIN_LINE"
    }


def test_five_megabytes_without_a_blank_are_examined_whole() -> None:
    rng = random.Random(7)
    noise = "".join(rng.choices(string.ascii_letters + string.digits + "+/", k=5_000_000))
    out = Redactor().redact(noise + " " + KEY)
    assert out.text.endswith(" [REDACTED:github_token]")
