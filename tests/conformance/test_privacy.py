"""Secrets never get in, whichever way they are handed over and through whichever transport."""

from __future__ import annotations

import secrets
import string
import time
from pathlib import Path
from typing import Any

import pytest

from memorus_proto.errors import ConfigError

LETTERS = string.ascii_letters + string.digits


def draw(n: int) -> str:
    """A random secret: none is written down here. Of letters alone it could be a word, so it has a digit."""
    return "".join(secrets.choice(LETTERS) for _ in range(n - 1)) + secrets.choice(string.digits)


def test_nothing_of_a_secret_is_in_any_file(memory: Any, home: Path) -> None:
    aws, github, password, bearer = "AKIA" + draw(16).upper(), "ghp_" + draw(36), draw(20), draw(40)
    answer = memory.add(
        [
            {"role": "user", "content": f"The deploy key is {aws} and the token {github}"},
            {
                "role": "assistant",
                "content": f"curl -H 'Authorization: Bearer {bearer}' https://api.example.com",
            },
        ],
        metadata={"password": password, "url": f"postgres://app:{password}@db.example.com/shop"},
        tags=[f"token={github}"],
        infer=False,
    )
    assert answer["ace_ingest"]["redactions"] >= 5
    (first, second) = answer["results"]
    assert "[REDACTED:" in first["memory"]
    assert "https://api.example.com" in second["memory"]
    assert "db.example.com/shop" in memory.get(first["id"])["metadata"]["url"]
    memory.update(first["id"], text=f"password: {password}", metadata={"api_key": bearer})
    memory.search(f"what is {github} good for?")
    memory.add(f"Remember that the deploy key is {aws}, for the vault.")
    memory.add(f"The webhook listens on https://hooks.example.com/?token={github}", wait=False)
    memory.import_data(
        [
            {"memory": f"The registry wants {github}", "tags": [github], "distilled_rule": f"use {github}"},
            {"memory": f"password: {password}", "created_at": f"not a time but {aws}"},
        ]
    )
    memory.detect_conflicts()
    memory.context(f"where does {bearer} go?")
    deadline = time.monotonic() + 30
    while memory.status()["inbox"]["waiting"]:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    held = b"".join(path.read_bytes() for path in home.rglob("*") if path.is_file() and not path.is_socket())
    assert b"example.com" in held
    for secret in (aws, github, password, bearer):
        assert secret.encode() not in held
        assert secret not in repr(memory.export())
        assert secret not in repr(memory.history(first["id"]))


def test_paths_lose_the_user_and_keep_the_rest(memory: Any) -> None:
    (result,) = memory.add("The config is in /home/alice/work/app.toml", infer=False)["results"]
    assert "alice" not in result["memory"]
    assert "/work/app.toml" in result["memory"]


def test_a_callers_own_patterns(open_memory: Any) -> None:
    mine = open_memory(privacy={"custom_patterns": {"ticket": r"TICKET-\d{4}"}})
    mine.reset()
    (result,) = mine.add("Fixed in TICKET-1234", infer=False)["results"]
    assert result["memory"] == "Fixed in [REDACTED:ticket]"
    for bad in ("(", "", "a*", r"(?=x)"):
        with pytest.raises(ConfigError, match="ticket"):
            open_memory(privacy={"custom_patterns": {"ticket": bad}}).status()


def test_what_names_no_secret_is_kept(memory: Any) -> None:
    text = "Rotate the API key monthly; 3f2a9c1d4e5b6a7f8091a2b3c4d5e6f708192a3b fixed git@github.com:a/b.git"
    assert memory.add(text, infer=False)["results"][0]["memory"] == text
