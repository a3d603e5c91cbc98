"""The rule-based Reflector beside its scores: limits, corrections, rules, no learning from recalled text."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memorusd.ace.context import render
from memorusd.ace.options import ReflectorSettings
from memorusd.ace.reflector.near_duplicates import merge_near_duplicates
from memorusd.ace.reflector.reflection import Candidate, Message, Reflection
from memorusd.ace.reflector.rules import RuleReflector
from memorusd.knowledge.bullet import SECTIONS, TYPES

DEFAULT = ReflectorSettings()


def said(*turns: str, **options: float) -> Reflection:
    """What the rules make of turns written as "u: …", "a: …", "t: …", "s: …", or of a bare text."""
    roles = {"u: ": "user", "a: ": "assistant", "t: ": "tool", "s: ": "system"}
    messages = [Message(roles.get(turn[:3]), turn[3:] if turn[:3] in roles else turn) for turn in turns]
    return RuleReflector().reflect(messages, ReflectorSettings(**options))  # type: ignore[arg-type]


def only(reflection: Reflection) -> Candidate:
    assert len(reflection.candidates) == 1, reflection
    return reflection.candidates[0]


@pytest.mark.parametrize(
    "text",
    [
        "Always use UTC timestamps",
        "The staging database is reset every Sunday night.",
        "Ana wants her invoices as PDF.",
        "Use pnpm in the web folder.",
        "Never commit secrets to the repository",
        "所有时间戳都用 UTC",
    ],
)
def test_a_plain_statement_is_kept_word_for_word(text: str) -> None:
    assert only(said(text)).text == text


@pytest.mark.parametrize(
    ("turn", "text"),
    [
        ("u: please remember that the VPN must be on", "The VPN must be on"),
        ("u: oh and btw, we use tabs, not spaces, in this repo", "We use tabs, not spaces, in this repo"),
        ("u: from now on keep your answers short, please", "Keep your answers short"),
        ("u: npm is not used here, we use pnpm instead", "npm is not used here, we use pnpm instead"),
        ("请记住，支付模块由王芳负责。", "支付模块由王芳负责。"),
    ],
)
def test_what_only_announces_is_taken_off(turn: str, text: str) -> None:
    assert only(said(turn)).text == text


def test_several_pieces_of_one_interaction_stay_apart() -> None:
    found = said("u: Always store dates in UTC. Hope you're well! Never push to main on Fridays.")
    assert [c.text for c in found.candidates] == [
        "Always store dates in UTC.",
        "Never push to main on Fridays.",
    ]
    assert [s.reason for s in found.skipped] == ["small talk"]


def test_every_skip_says_why_and_where() -> None:
    found = said(
        "s: You are helpful.", "u: hello there!", "t: exit 0", "a: Let me check the file.", "u: what is this?"
    )
    assert not found.candidates
    assert [s.message for s in found.skipped] == [0, 1, 2, 3, 4]
    assert [s.reason for s in found.skipped] == [
        "instructions to the agent (a system message)",
        "small talk",
        "a tool's output",
        "progress talk",
        "a question",
    ]


@pytest.mark.parametrize(
    ("turns", "aside"),
    [
        (("a: Running `npm install` now.", "u: no, that's wrong, use pnpm"), "npm"),
        (("a: It listens on port 8080.", "u: Actually the port is 9090, not 8080."), "8080"),
        (("a: The metrics port is 8080.", "u: Wrong, the metrics port is 9090."), "8080"),
        (("a: I'll write it with Jest.", "u: No, we don't use Jest here. Use Vitest."), "Jest"),
        (("a: I'll run npm install.", "u: No, we use pnpm here, never npm."), "npm"),
        (("a: I set the region to us-east-1.", "u: must be eu-central-1, for legal reasons"), "us-east-1"),
        (("a: I wrote it with Jest.", "u: we don't use jest in this repo, only vitest"), "jest"),
        (("a: I'll use npm.", "u: That's not right. End-to-end specs live in tests/e2e."), ""),
        (("a: 端口是 8080。", "u: 不对，端口是 9090，不是 8080。"), "8080"),
    ],
)
def test_a_correction_names_what_it_puts_aside(turns: tuple[str, ...], aside: str) -> None:
    candidate = only(said(*turns))
    assert candidate.corrects == aside
    assert candidate.pattern == "correction"
    assert candidate.message == 1


def test_what_is_no_correction_has_no_words_put_aside() -> None:
    assert only(said("Always use UTC timestamps")).corrects is None
    assert not said("a: Shall I go on?", "u: no, do it again").candidates


def test_a_correction_leaves_the_rest_of_its_turn_alone() -> None:
    found = said("a: I'll use npm.", "u: no, use pnpm. Thanks! Also, never edit the lockfile by hand.")
    assert [c.text for c in found.candidates] == ["Use pnpm, not npm", "Never edit the lockfile by hand."]


def test_an_error_and_its_fix_become_one_piece() -> None:
    turns = (
        'u: pip fails with "TypeError: Descriptors cannot be created" when I start the worker',
        "a: This happens because protobuf 4 is incompatible with the generated code. Pin protobuf to 3.20.x.",
        "u: that worked, thanks!",
    )
    candidate = only(said(*turns))
    assert (candidate.type, candidate.section, candidate.pattern) == ("trick", "debugging", "error_fix")
    assert "Descriptors cannot be created" in candidate.text
    assert "3.20.x" in candidate.text
    assert candidate.message == 1
    assert candidate.rule is not None
    assert re.fullmatch(
        r"When pip fails .*, pin protobuf to 3\.20\.x, because protobuf 4 is .*\.", candidate.rule
    )
    assert not said(*turns[:2], "u: no, same error").candidates  # a remedy that did not help is not kept


def test_a_command_that_worked_after_another_failed() -> None:
    candidate = only(
        said(
            "t: $ npm install\nnpm ERR! ERESOLVE unable to resolve",
            "t: $ npm install --legacy-peer-deps\nadded 8 packages",
        )
    )
    assert candidate.type == "trick"
    assert "`npm install --legacy-peer-deps` works" in candidate.text
    assert "ERESOLVE" in candidate.text


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        (
            "When you add an endpoint, put it behind a flag, because we deploy from main.",
            "When you add an endpoint, put it behind a flag, because we deploy from main.",
        ),
        (
            "Put it behind a flag when you add an endpoint because we deploy from main.",
            "When you add an endpoint, put it behind a flag, because we deploy from main.",
        ),
        (
            "Before you deploy the worker, take a backup, otherwise jobs get lost.",
            "When you are about to deploy the worker, take a backup, because otherwise jobs get lost.",
        ),
        ("When you add an endpoint, put it behind a flag.", None),
        ("Use UTC, because servers are everywhere.", None),
        ("If we deploy, tag it, since last year.", None),
    ],
)
def test_a_rule_needs_condition_and_reason(text: str, rule: str | None) -> None:
    assert only(said(text)).rule == rule


def test_recalled_text_never_comes_back() -> None:
    block = (
        "<memorus_context>\n- [method] Always use UTC timestamps\n- The API port is 9090.\n</memorus_context>"
    )
    for turns in (
        (block,),
        (f"u: {block}\nwhat time is it?",),
        (f"a: {block}", "u: Always use UTC timestamps"),
        (f"u: {block}", "a: The API port is 9090."),
        (f"İ {block}",),
        (block.replace("</memorus_context>", ""),),
        (block.upper(),),
    ):
        assert not said(*turns).candidates, turns
    assert only(said(f"u: {block}\nNever deploy on Fridays.")).text == "Never deploy on Fridays."


MEMORIES = [
    {"memory": "Always use UTC timestamps. Never store local time.", "type": "method"},
    {"memory": "We use pnpm & turbo, not npm.\nThe lockfile is committed.", "type": "preference"},
]


@pytest.mark.parametrize("template", ["xml", "markdown", "plain"])
def test_every_form_of_recalled_text_is_known_again(template: str) -> None:
    block = render(MEMORIES, template)
    for turns in (
        (block,),
        (f"u: A question first.\n{block}\n\nCan you push this for me?",),
        (f"u: {block}\n\nset it up please", "a: Always use UTC timestamps."),
        (f"u: {block}", "a: We use pnpm & turbo, not npm. Never store local time."),
    ):
        assert not said(*turns).candidates, turns
    assert only(said(f"u: {block}\n\nNever deploy on Fridays.")).text == "Never deploy on Fridays."


@pytest.mark.parametrize(
    "text",
    [
        "Deploys go through the blue-green script.",
        "Tests live next to the code they test.",
        "Tabs, not spaces",
        "Images load lazily below the fold",
        "Composition over inheritance",
        "Justify every new dependency in the pull request",
    ],
)
def test_a_short_bare_sentence_or_contrast_is_a_statement(text: str) -> None:
    assert only(said(text)).text == text


@pytest.mark.parametrize(
    "text",
    [
        "I'm running the tests now.",
        "Let me take a look at the file.",
        "Checking the logs...",
        "I'm getting ModuleNotFoundError: No module named 'yaml' when I run the script.",
        "System-wide feature flags",
        "Frequently asked questions",
        "我先看一下日志",
    ],
)
def test_bare_talk_of_the_moment_and_bare_nouns_are_not_kept(text: str) -> None:
    assert not said(text).candidates


def test_an_answer_about_the_own_project_is_kept_and_general_knowledge_is_not() -> None:
    found = only(said("u: what's the staging url?", "a: The staging URL is https://staging.example.com."))
    assert (found.text, found.type) == ("The staging URL is https://staging.example.com.", "knowledge")
    for question, answer in (
        ("are python lists mutable?", "Python lists are mutable."),
        ("which port does postgres use by default?", "PostgreSQL listens on port 5432 by default."),
    ):
        assert not said(f"u: {question}", f"a: {answer}").candidates


def test_what_the_agent_got_over_is_kept_with_its_conclusion() -> None:
    found = only(
        said(
            "a: Running the tests.",
            "t: E   redis.exceptions.ConnectionError: Error 111 connecting to localhost:6379",
            "a: Redis isn't up. Starting it with `docker compose up -d redis`.",
            "t: 42 passed in 3.1s",
            "a: All tests pass now: Redis has to be running before pytest.",
        )
    )
    assert found.pattern == "error_fix"
    assert found.text == (
        "redis.exceptions.ConnectionError: Error 111 connecting to localhost:6379. "
        "Fix: Redis has to be running before pytest."
    )
    still_failing = (
        "t: ConnectionError: refused",
        "a: Redis isn't up. Start it with `make redis`.",
        "t: ConnectionError",
    )
    assert not said(*still_failing).candidates
    assert not said(
        "t: 3 failed, 9 passed", "a: Wrong count. Fixing it.", "t: 12 passed", "a: Done."
    ).candidates


@pytest.mark.parametrize(
    ("answer", "fix"),
    [
        ("You need to install PyYAML: `pip install pyyaml`.", "Install PyYAML: `pip install pyyaml`."),
        ("PyYAML was missing. I installed it with `pip`.", "PyYAML was missing. Install it with `pip`."),
    ],
)
def test_a_fix_reads_as_an_order(answer: str, fix: str) -> None:
    found = only(
        said("u: I'm getting ModuleNotFoundError: No module named 'yaml'", f"a: {answer}", "u: works, thanks")
    )
    assert found.text == f"ModuleNotFoundError: No module named 'yaml'. Fix: {fix}"


def test_of_a_very_long_turn_the_ends_are_read() -> None:
    found = said("u: Never push to main.\n\n" + "- fine\n" * 2000 + "\nAlways tag a release.")
    assert [c.text for c in found.candidates] == ["Never push to main.", "Always tag a release."]
    assert any(s.reason.startswith("too long: ") for s in found.skipped)
    prose = "The quick brown fox jumps over the lazy dog and runs away. " * 1100
    found = said(f"u: Never push to main. {prose}Always tag a release.")
    assert [c.text for c in found.candidates] == ["Never push to main.", "Always tag a release."]


def test_markers_survive_unbroken() -> None:
    marker = "[REDACTED:url_credentials]"
    text = f"The staging database is at postgres://app:{marker}@db.internal/app."
    assert only(said(text)).text == text
    for limit in range(20, 90):
        for candidate in said(text, max_content_length=limit).candidates:
            assert len(candidate.text) <= limit
            assert marker in candidate.text or "[REDACTED" not in candidate.text


def test_a_long_text_is_cut_between_sentences() -> None:
    text = "Never push to main. It breaks the nightly build. It also wakes up whoever is on call that night."
    assert only(said(text)).text == text
    assert (
        said(text, max_content_length=60).candidates[0].text
        == "Never push to main. It breaks the nightly build."
    )


def test_a_command_behind_a_colon_goes_with_its_sentence() -> None:
    text = "Always regenerate the client with:\n```\nmake openapi\n```"
    assert only(said(text)).text == "Always regenerate the client with: `make openapi`"
    assert all("make openapi" not in c.text for c in said(text, max_code_lines=0).candidates)
    many = "Always regenerate the client with:\n```\n" + "make a\n" * 4 + "```"
    assert all("make a" not in c.text for c in said(many).candidates)


def test_min_score_holds_back_what_teaches_little() -> None:
    found = said("Always use UTC timestamps", min_score=90)
    assert not found.candidates
    assert found.skipped[0].reason.startswith("teaches too little (score ")


def test_an_answer_takes_its_question_along() -> None:
    found = only(
        said("u: Which port does the gateway listen on?", "a: It listens on 8081, set in `gateway.yaml`.")
    )
    assert found.text.startswith("Which port does the gateway listen on? It listens on 8081")


def test_the_rule_behind_a_task_is_kept_without_the_task() -> None:
    found = only(said("u: Fix the login bug please, and always use parametrised queries when you touch SQL."))
    assert found.text == "Always use parametrised queries when you touch SQL."


def test_near_identical_pieces_become_one_and_opposites_do_not() -> None:
    found = said("u: Always use UTC timestamps.", "u: please always use UTC timestamps")
    assert len(found.candidates) == 1
    for one, other in (
        ("Always use tabs here.", "Never use tabs here."),
        ("Use npm, not pnpm, in the web folder.", "Use pnpm, not npm, in the web folder."),
        ("The API listens on port 8080.", "The API listens on port 9090."),
    ):
        assert len(said(one, other).candidates) == 2


@pytest.mark.parametrize("size", [30, 60])
def test_tools_entities_and_tags_are_named(size: int) -> None:
    text = "Run `docker compose up` before the tests in tests/e2e, because test_login.py needs Redis."
    candidate = only(said(text + " " * size))
    assert {"docker compose", "Redis"} <= set(candidate.tools)
    assert {"tests/e2e", "test_login.py"} <= set(candidate.entities)
    assert "testing" in candidate.tags


def test_ordinary_turns_are_seldom_doubtful() -> None:
    turns = [
        "u: fix the failing test in foo.py", "a: Let me look.", "a: All tests pass.", "u: thanks",
        "u: add a button", "a: I've added the button.",
            "u: maybe we should always cache that", "u: looks good",
        "a: Done.", "u: ok",
    ]  # fmt: skip
    found = said(*turns)
    assert found.doubtful == (6,)
    assert not found.candidates


ANYTHING = st.text(max_size=400)
PIECES = st.lists(
    st.sampled_from(
        [
            "always", "never", "don't", "use", "pnpm", ", not npm", "because",
            "when", "`", "```\n", "\n", "\n- ",
            "- ", ":", "<memorus_context>", "</memorus_context>",
            "[REDACTED:token]", "error", "fixed", "it worked",
            "no, ", "**", "](", "不要", "我们用", "。", "？", "port 8080", "$ make\n", "İ",
            "\u2028", "\x00", "\ud800",
            "a" * 300, "| a | b |\n", "# ", "> ",
        ]
    ),
    max_size=60,
).map(" ".join)  # fmt: skip
ROLES = st.sampled_from([None, "user", "assistant", "tool", "system", "weird"])


@settings(max_examples=300, deadline=None)
@given(
    turns=st.lists(st.tuples(ROLES, ANYTHING | PIECES), max_size=5),
    limit=st.integers(1, 600),
    lines=st.integers(0, 4),
)
def test_no_text_is_a_fault_and_every_limit_holds(
    turns: list[tuple[str | None, str]], limit: int, lines: int
) -> None:
    options = ReflectorSettings(max_content_length=limit, max_code_lines=lines, min_score=0)
    found = RuleReflector().reflect([Message(role, text) for role, text in turns], options)
    assert found.mode == "rules"
    assert not found.errors
    for candidate in found.candidates:
        assert 0 < len(candidate.text) <= limit
        assert 0 <= candidate.score <= 100
        assert candidate.type in TYPES
        assert candidate.section in SECTIONS
        assert 0 <= candidate.message < len(turns)
        assert turns[candidate.message][0] != "system"
        assert "<memorus_context" not in candidate.text
        assert candidate.rule is None or candidate.rule.startswith("When ")
    reported = {c.message for c in found.candidates} | {s.message for s in found.skipped}
    fixes = any(c.pattern in ("error_fix", "retry") for c in found.candidates)
    assert fixes or reported == set(range(len(turns)))  # no turn is dropped silently
    assert list(merge_near_duplicates(found.candidates)) == list(found.candidates)


@pytest.mark.parametrize(
    "piece", ["a", "a_b", "a-b-", "İ", "。", "a. ", "`", "not a ", "- a\n", "\n", "[REDACTED:x]"]
)
def test_the_longest_text_is_read_too(piece: str) -> None:
    text = (piece * 65_536)[:65_536]
    for role in (None, "user", "assistant"):
        found = RuleReflector().reflect([Message(role, text)], DEFAULT)
        assert all(len(c.text) <= DEFAULT.max_content_length for c in found.candidates)
        assert found.skipped or found.candidates


def test_reflecting_twice_gives_the_same() -> None:
    messages = [Message("user", "Always use UTC. We deploy on Thursdays at 10:00.")]
    first = RuleReflector().reflect(messages, DEFAULT)
    assert RuleReflector().reflect(messages, DEFAULT) == first
    again = [replace(messages[0], content=c.text) for c in first.candidates]
    assert [c.text for c in RuleReflector().reflect(again, DEFAULT).candidates] == [
        c.text for c in first.candidates
    ]


def test_what_stands_before_a_question_or_behind_a_reply_is_heard() -> None:
    assert only(said("u: my husband hates mushrooms, anything else?")).text == "My husband hates mushrooms"
    assert only(said("u: sounds good, but our wiki lives in Notion")).text == "Our wiki lives in Notion"
    assert not said("u: if the build runs on Node 18, can we bump it?").candidates
    assert not said("u: sounds good, but let me think about it first").candidates


def test_a_complaint_without_a_word_of_error_needs_a_remedy_that_worked() -> None:
    turns = ["u: the map tiles stay grey on Android", "a: Cleartext is off; serve the tiles over https."]
    found = only(said(*turns, "u: that did it"))
    assert found.pattern == "error_fix"
    assert "stay grey" in found.text
    assert "https" in found.text
    assert not [c for c in said(*turns, "u: thanks").candidates if c.pattern == "error_fix"]
    talk = ["u: the meeting went well", "a: Great! Take a break now.", "u: that did it, I'm off"]
    assert not said(*talk).candidates


def test_a_command_that_an_agent_names_without_ticks_is_a_retry_too() -> None:
    found = only(
        said(
            "u: install it",
            "a: Running npm ci.",
            "t: npm ERR! ERESOLVE could not resolve",
            "a: Trying npm ci --legacy-peer-deps.",
            "t: added 12 packages in 3s",
        )
    )
    assert found.pattern == "retry"
    assert "`npm ci --legacy-peer-deps` works" in found.text


def test_what_the_next_turn_puts_right_is_passed_over_with_a_reason() -> None:
    found = said("a: Our API listens on port 8080.", "u: no, it listens on port 9090")
    assert only(found).corrects == "8080"
    assert [s.reason for s in found.skipped if s.message == 0] == ["put right in the next turn"]


def test_apostrophes_that_haste_left_out_change_nothing() -> None:
    assert only(said("I cant stand emojis in commit messages")).type == "preference"
    assert only(said("dont touch the legacy folder")).type == "pitfall"
