"""`memorusctl config …`: what is set, where it comes from, and how it is set."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from memorusctl.definitions import EXIT

Run = Callable[..., subprocess.CompletedProcess[str]]
Json = Callable[..., Any]

SECRET = "sk-" + "a1b2c3d4" * 4


def _written(home: Path, text: str) -> Path:
    home.mkdir(mode=0o700, exist_ok=True)
    file = home / "config.toml"
    file.write_text(text)
    file.chmod(0o600)
    return file


def test_each_value_says_where_it_comes_from(
    home: Path, ctl_json: Json, memorusctl: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = _written(home, "[daemon]\nidle_timeout = 60\nlog_level = 'debug'\n")
    monkeypatch.setenv("MEMORUS_DAEMON__LOG_LEVEL", "warning")
    shown = {setting["key"]: setting for setting in ctl_json("config", "show")["settings"]}
    assert [shown[f"daemon.{name}"]["source"] for name in ("enabled", "idle_timeout", "log_level")] == [
        "default", "file", "environment",
    ]  # fmt: skip
    assert shown["daemon.idle_timeout"]["from"] == str(file)
    assert shown["daemon.log_level"]["from"] == "MEMORUS_DAEMON__LOG_LEVEL"
    assert shown["daemon.log_level"]["value"] == "warning"
    assert memorusctl("config", "get", "daemon.idle_timeout").stdout == "60.0\n"
    assert "daemon.log_level" in memorusctl("config", "show").stdout
    assert ctl_json("config", "path") == {"path": str(file), "exists": True}


def test_every_setting_is_shown(home: Path, ctl_json: Json) -> None:
    from pydantic import BaseModel

    from memorusd.settings.config import Settings

    def count(section: BaseModel) -> int:
        values = [getattr(section, name) for name in type(section).model_fields]
        return sum(count(value) if isinstance(value, BaseModel) else 1 for value in values)

    assert len(ctl_json("config", "show")["settings"]) == count(Settings())


def test_setting_leaves_the_rest_of_the_file_alone(home: Path, ctl_json: Json, memorusctl: Run) -> None:
    file = _written(home, "# mine\n[daemon] # yours\n# soon\nidle_timeout = 60 # a minute\n\n[decay]\n")
    assert ctl_json("config", "set", "daemon.idle_timeout", "5")["value"] == 5.0
    ctl_json("config", "set", "decay.half_life_days", "14")
    ctl_json("config", "set", "reflector.mode", "rules")
    ctl_json("config", "set", "ace_enabled", "true")
    ctl_json("config", "set", "privacy.custom_patterns.ticket", r'TICKET-\d{4} "x"')
    ctl_json("config", "set", "embedder.config.download", "false")
    assert file.read_text() == (
        "# mine\nace_enabled = true\n\n[daemon] # yours\n# soon\nidle_timeout = 5.0 # a minute\n\n[decay]\n"
        "half_life_days = 14.0\n\n[reflector]\nmode = \"rules\"\n\n[privacy.custom_patterns]\n"
        'ticket = "TICKET-\\\\d{4} \\"x\\""\n\n[embedder.config]\ndownload = false\n'
    )  # fmt: skip
    assert file.stat().st_mode & 0o777 == 0o600
    assert ctl_json("config", "check")["ok"]
    assert "memorusctl daemon restart" in memorusctl("config", "set", "daemon.idle_timeout", "7").stdout


def test_setting_makes_the_file(home: Path, ctl_json: Json) -> None:
    ctl_json("config", "set", "retrieval.max_results", "3")
    assert (home / "config.toml").read_text() == "[retrieval]\nmax_results = 3\n"
    assert home.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize(
    ("key", "value", "said", "status"),
    [
        ("daemon.idle_timeot", "3", "did you mean daemon.idle_timeout?", "failed"),
        ("daemon.idle_timeout", "soon", "daemon.idle_timeout", "failed"),
        ("daemon", "3", "daemon", "failed"),
        ("curator.similarity_threshold", "7", "less than or equal to 1", "failed"),
        ("no such", "3", "config show", "usage"),
    ],
)
def test_what_is_no_setting_is_refused_and_not_written(
    key: str, value: str, said: str, status: str, home: Path, memorusctl: Run
) -> None:
    done = memorusctl("config", "set", key, value)
    assert done.returncode == EXIT[status]
    assert said in done.stderr
    assert not (home / "config.toml").exists()


def test_a_file_in_another_form_is_left_to_its_writer(home: Path, memorusctl: Run) -> None:
    file = _written(home, "daemon = { idle_timeout = 60 }\n")
    done = memorusctl("config", "set", "daemon.idle_timeout", "5")
    assert done.returncode == EXIT["failed"]
    assert "set daemon.idle_timeout in it yourself" in done.stderr
    assert file.read_text() == "daemon = { idle_timeout = 60 }\n"


def test_a_secret_is_never_shown_nor_taken_as_an_argument(
    home: Path, ctl_json: Json, memorusctl: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = memorusctl("config", "set", "reflector.llm_api_key", SECRET)
    assert refused.returncode == EXIT["usage"]
    said = memorusctl("config", "set", "reflector.llm_api_key", "-", input=SECRET + "\n")
    assert SECRET in (home / "config.toml").read_text()
    shown = [
        memorusctl("config", *words) for words in (("show",), ("get", "reflector.llm_api_key"), ("check",))
    ]
    shown += [memorusctl("config", *words, "--json") for words in (("show",), ("check",))]
    assert not [one for one in (refused, said, *shown) if SECRET in one.stdout + one.stderr]
    assert ctl_json("config", "get", "reflector.llm_api_key")["value"] == "(set)"
    (home / "config.toml").chmod(0o644)
    told = ctl_json("config", "check")
    assert told["ok"]
    assert "chmod 600" in told["warnings"][0]
    monkeypatch.setenv("MEMORUS_REFLECTOR__LLM_TIMEOUT", SECRET)
    assert SECRET not in memorusctl("config", "check").stdout


def test_check_names_the_nearest_of_what_is_unknown(
    home: Path, memorusctl: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    _written(home, "[curator]\nsimilarty_threshold = 0.9\n[decay]\nhalf_life_days = -1\n")
    monkeypatch.setenv("MEMORUS_DEAMON__IDLE_TIMEOUT", "3")
    done = memorusctl("config", "check", "--json")
    assert done.returncode == EXIT["failed"]
    problems = json.loads(done.stdout)["problems"]
    assert len(problems) == 3
    assert "did you mean curator.similarity_threshold?" in " ".join(problems)
    assert "did you mean daemon?" in " ".join(problems)
    assert "decay.half_life_days" in " ".join(problems)
    assert len(memorusctl("config", "check").stdout.splitlines()) == 3


def test_a_file_that_is_no_toml(home: Path, memorusctl: Run) -> None:
    _written(home, "[daemon\n")
    for words in (("check",), ("show",), ("set", "daemon.idle_timeout", "3")):
        done = memorusctl("config", *words)
        assert done.returncode == EXIT["failed"], words
        assert "is not TOML" in done.stdout + done.stderr
    assert (home / "config.toml").read_text() == "[daemon\n"


def test_get_knows_what_was_meant(home: Path, memorusctl: Run) -> None:
    done = memorusctl("config", "get", "daemon.idle_timeot")
    assert done.returncode == EXIT["not found"]
    assert "did you mean daemon.idle_timeout?" in done.stderr


def test_no_daemon_is_started(home: Path, memorusctl: Run) -> None:
    for words in (("show",), ("check",), ("path",), ("get", "daemon.enabled")):
        assert memorusctl("config", *words).returncode == 0
    assert not home.exists()
