"""Every row of the rules works: its example is redacted with its id or kind, and no two rows are the same."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable

import pytest

from memorusd.ace.privacy import Redactor
from memorusd.ace.privacy.detectors import prose, vendor_keys
from memorusd.ace.privacy.field_names import classify
from memorusd.ace.privacy.finding import Source
from memorusd.ace.privacy.placeholders import is_placeholder
from memorusd.ace.privacy.rules.common_passwords import COMMON_PASSWORDS, CommonPassword
from memorusd.ace.privacy.rules.languages import LANGUAGES
from memorusd.ace.privacy.rules.name_words import ABOUT, PUBLIC
from memorusd.ace.privacy.rules.placeholder_words import DESCRIPTIONS
from memorusd.ace.privacy.rules.secret_arguments import SECRET_ARGUMENTS, SecretArgument
from memorusd.ace.privacy.rules.vendors import VENDORS, Infix, Prefix
from memorusd.ace.privacy.rules.webhooks import WEBHOOKS, Webhook

DrawTemplate = Callable[[str, random.Random], tuple[str, list[str]]]
FORMS = [(vendor.id, form) for vendor in VENDORS for form in vendor.forms]
TURNS = 3


def named(rows: list[tuple[str, Prefix | Infix]]) -> list[str]:
    return [f"{vendor} {form.literal}" for vendor, form in rows]


@pytest.mark.parametrize(("vendor", "form"), FORMS, ids=named(FORMS))
def test_a_vendors_example_is_redacted_with_its_id(
    vendor: str, form: Prefix | Infix, draw_template: DrawTemplate
) -> None:
    pattern = re.compile(re.escape(form.literal) + form.rest if isinstance(form, Prefix) else form.pattern)
    for turn in range(TURNS):
        text, parts = draw_template(form.example, random.Random(f"{form.example}{turn}"))
        assert pattern.search(text), text
        assert vendor in {finding.kind for finding in vendor_keys.find(Source(text))}, text
        out = Redactor().redact(f"use {text} now").text
        assert f"[REDACTED:{vendor}]" in out, (text, out)
        assert not any(part in out for part in parts), (text, out)


@pytest.mark.parametrize("rule", [*SECRET_ARGUMENTS, *WEBHOOKS], ids=lambda rule: rule.id)
def test_the_example_of_a_command_or_a_webhook_is_redacted(
    rule: SecretArgument | Webhook, draw_template: DrawTemplate
) -> None:
    for turn in range(TURNS):
        text, _ = draw_template(rule.example, random.Random(f"{rule.example}{turn}"))
        match = re.search(rule.pattern, text.lower() if isinstance(rule, SecretArgument) else text)
        assert match, text
        secret = text[slice(*match.span("v"))]
        out = Redactor().redact(text).text
        assert secret not in out, (text, out)
        assert "[REDACTED:" in out


@pytest.mark.parametrize("rule", COMMON_PASSWORDS, ids=lambda rule: rule.example)
def test_a_common_password_is_redacted(rule: CommonPassword) -> None:
    text = f"try {rule.example} first"
    assert [finding.kind for finding in prose.find(Source(text))] == ["password"]
    assert Redactor().redact(text).text == "try [REDACTED:password] first"


def test_ids_are_unique_sorted_and_can_stand_in_a_marker() -> None:
    ids = [vendor.id for vendor in VENDORS]
    assert ids == sorted(set(ids))
    assert all(re.fullmatch(r"[a-z0-9_]{1,40}", name) for name in ids)
    for rows in ([argument.id for argument in SECRET_ARGUMENTS], [webhook.id for webhook in WEBHOOKS]):
        assert [name for name, times in Counter(rows).items() if times > 1] == []


def test_every_rule_has_a_source_and_no_real_key() -> None:
    sources = {vendor.id: vendor.source for vendor in VENDORS}
    sources |= {argument.id: argument.source for argument in SECRET_ARGUMENTS}
    sources |= {webhook.id: webhook.source for webhook in WEBHOOKS}
    assert [name for name, source in sources.items() if not source] == []
    examples = [form.example for _, form in FORMS]
    examples += [argument.example for argument in SECRET_ARGUMENTS] + [
        webhook.example for webhook in WEBHOOKS
    ]
    assert [example for example in examples if not re.search(r"\{\w:\d+\}", example)] == []


def test_no_form_is_there_twice() -> None:
    forms = Counter(
        (form.literal, form.rest if isinstance(form, Prefix) else form.pattern) for _, form in FORMS
    )
    assert [form for form, times in forms.items() if times > 1] == []


def test_a_name_in_any_language_names_a_secret() -> None:
    bad = []
    for language in LANGUAGES:
        bad += [word for word in language.passwords if _strength(word) != "password"]
        bad += [word for word in language.keys if _strength(word) not in ("strong", "weak")]
    assert bad == []


def _strength(word: str) -> str | None:
    name = classify(word.strip("^$") if word != "contrase" else "contraseña")
    return name.strength if name else None


def test_a_name_about_a_secret_names_none() -> None:
    about = [word for word in ABOUT if "*" not in word and classify(f"token_{word}")]
    public = [word for word in PUBLIC if "*" not in word and classify(f"{word}_key")]
    assert about + public == []


def test_a_description_is_no_secret() -> None:
    assert [word for word in DESCRIPTIONS if not is_placeholder(word)] == []
    assert Redactor().redact("password: required\ntoken: string\n").found == ()
