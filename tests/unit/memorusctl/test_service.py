"""`memorusctl service`: what is written, and what the service manager is asked to do."""

from __future__ import annotations

import json
import os
import plistlib
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from memorusctl.commands import service
from memorusctl.definitions import EXIT

Run = Callable[..., subprocess.CompletedProcess[str]]
Json = Callable[..., Any]

SYSTEMCTL = """\
#!/bin/sh
echo "$@" >> "$CALLS"
case "$2" in
    is-active) echo active ;;
    is-enabled) echo enabled ;;
    enable) if [ -n "$REFUSE" ]; then echo "Failed to connect to bus" >&2; exit 1; fi ;;
esac
"""

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="systemd is Linux'")


@pytest.fixture
def calls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[str]]:
    """A systemctl of our own that writes down what it is asked; what it was asked so far."""
    folder = tmp_path / "bin"
    folder.mkdir()
    program = folder / "systemctl"
    program.write_text(SYSTEMCTL)
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("CALLS", str(tmp_path / "calls"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    return lambda: (tmp_path / "calls").read_text().splitlines() if (tmp_path / "calls").exists() else []


@linux
def test_install_writes_units_for_this_installation(
    own: Path, tmp_path: Path, calls: Callable[[], list[str]], ctl_json: Json, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MEMORUS_HOME")  # a home that was not moved
    monkeypatch.delenv("MEMORUS_OFFLINE")
    done = ctl_json("service", "install")
    folder = tmp_path / "config" / "systemd" / "user"
    assert done["files"] == [str(folder / "memorusd.socket"), str(folder / "memorusd.service")]
    assert calls() == ["--user daemon-reload", "--user enable --now memorusd.socket"]
    shipped = Path(__file__).parents[3] / "systemd"
    assert (folder / "memorusd.socket").read_text() == (shipped / "memorusd.socket").read_text()
    program = Path(sys.executable).with_name("memorusd")
    expected = (
        (shipped / "memorusd.service")
        .read_text()
        .replace("ExecStart=%h/.local/bin/memorusd", f'ExecStart="{program}"')
    )
    assert (folder / "memorusd.service").read_text() == expected
    assert f'"{program}"' in expected


@linux
def test_a_home_that_was_moved_holds_for_the_service(
    own: Path, tmp_path: Path, calls: Callable[[], list[str]], ctl_json: Json
) -> None:
    ctl_json("service", "install")
    folder = tmp_path / "config" / "systemd" / "user"
    assert f"ListenStream={own}/run/memorusd.sock" in (folder / "memorusd.socket").read_text()
    text = (folder / "memorusd.service").read_text()
    assert f'[Service]\nEnvironment="MEMORUS_HOME={own}"\nEnvironment="MEMORUS_OFFLINE=1"\n' in text


@linux
@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="there is no systemd here to read the units")
def test_systemd_understands_the_units(
    own: Path, tmp_path: Path, calls: Callable[[], list[str]], ctl_json: Json
) -> None:
    files = ctl_json("service", "install")["files"]
    done = subprocess.run(
        ["systemd-analyze", "verify", "--user", *files], capture_output=True, text=True, check=False
    )
    said = [line for line in done.stderr.splitlines() if "memorusd" in line]
    assert said == []


@linux
def test_a_running_daemon_makes_way(own: Path, calls: Callable[[], list[str]], ctl_json: Json) -> None:
    ctl_json("daemon", "start")
    ctl_json("service", "install")
    assert ctl_json("daemon", "stop") == {"stopped": False}


@linux
def test_status_and_uninstall(
    own: Path, tmp_path: Path, calls: Callable[[], list[str]], ctl_json: Json, memorusctl: Run
) -> None:
    assert ctl_json("service", "uninstall")["removed"] == []
    assert calls() == []
    assert not ctl_json("service", "status")["installed"]
    assert memorusctl("service", "uninstall").stdout == "no service was installed\n"
    ctl_json("service", "install")
    told = ctl_json("service", "status")
    assert (told["installed"], told["socket"], told["enabled"]) == (True, "active", "enabled")
    assert "installed" in memorusctl("service", "status").stdout
    removed = ctl_json("service", "uninstall")["removed"]
    assert len(removed) == 2
    assert not any(Path(file).exists() for file in removed)
    assert "--user disable --now memorusd.socket memorusd.service" in calls()
    assert calls()[-1] == "--user daemon-reload"


@linux
def test_a_service_manager_that_refuses_is_told(
    own: Path, calls: Callable[[], list[str]], memorusctl: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REFUSE", "1")
    done = memorusctl("service", "install")
    assert done.returncode == EXIT["unavailable"]
    what, remedy = done.stderr.splitlines()
    assert "Failed to connect to bus" in what
    assert "memorusctl daemon start" in remedy


@linux
def test_without_a_service_manager(
    own: Path, tmp_path: Path, memorusctl: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    done = memorusctl("service", "install", "--json")
    assert done.returncode == EXIT["unavailable"]
    assert "there is no systemctl here" in json.loads(done.stdout)["error"]["message"]


def test_launchd_gets_an_agent_that_runs_the_daemon(home: Path, tmp_path: Path) -> None:
    ((path, content),) = service.files("darwin").items()
    assert path == tmp_path / "Library" / "LaunchAgents" / "org.memorus.memorusd.plist"
    agent = plistlib.loads(content.encode())
    program, *options = agent["ProgramArguments"]
    assert Path(program).name == "memorusd"
    assert Path(program).exists()
    assert agent["RunAtLoad"]
    assert agent["EnvironmentVariables"] == {"MEMORUS_HOME": str(home), "MEMORUS_OFFLINE": "1"}
    told = subprocess.run([program, *options, "--help"], capture_output=True, text=True, check=True).stdout
    assert options[0] in told


def test_other_systems_have_no_service() -> None:
    with pytest.raises(ValueError, match="memorusctl daemon start"):
        service.manager("win32")
