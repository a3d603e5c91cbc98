"""Every labelled secret goes, what is useful stays, and look-alikes come back unchanged."""

from __future__ import annotations

from typing import Any

from memorusd.ace.privacy import Redactor

TWELVE = {
    "private_key", "bearer_token", "jwt", "basic_auth", "anthropic_key", "openai_key",
    "github_token", "aws_access_key",
    "aws_secret_key", "url_credentials", "api_key", "password", "windows_path", "unix_path",
}  # fmt: skip


def test_secrets_go_and_the_useful_part_stays(cases: list[Any]) -> None:
    redactor = Redactor()
    bad = []
    for case in cases:
        if case.kind:
            out = redactor.redact(case.text)
            if case.secret in out.text or case.keep not in out.text or "[REDACTED:" not in out.text:
                bad.append((case, out.text))
    assert {case.kind for case in cases} >= TWELVE
    assert not bad


def test_look_alikes_come_back_unchanged(cases: list[Any]) -> None:
    redactor = Redactor()
    changed = [(c.text, redactor.redact(c.text).text) for c in cases if not c.kind]
    assert [pair for pair in changed if pair[0] != pair[1]] == []


def test_a_marker_names_the_class(cases: list[Any]) -> None:
    redactor = Redactor()
    wrong = []
    for case in cases:
        if case.kind in TWELVE - {"api_key", "jwt"}:
            kinds = {finding.kind for finding in redactor.redact(case.text).found}
            if case.kind not in kinds and not (kinds & {"github_token", "url_credentials"}):
                wrong.append((case, kinds))
    assert not wrong


def test_redacting_twice_changes_nothing_more(cases: list[Any]) -> None:
    redactor = Redactor()
    for case in cases:
        once = redactor.redact(case.text)
        again = redactor.redact(once.text)
        assert again.text == once.text, (case, again)
        assert again.found == ()


def test_all_cases_in_one_text(cases: list[Any]) -> None:
    text = "\n\n".join(case.text for case in cases)
    out = Redactor().redact(text)
    left = [case for case in cases if case.kind and len(case.secret) > 8 and case.secret in out.text]
    assert not left
    assert Redactor().redact(out.text).text == out.text
