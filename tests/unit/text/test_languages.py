"""The language of a text, by its script or by its letters."""

from __future__ import annotations

import pytest

from memorusd.text.languages import identify


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The build runs every Tuesday on the staging machine.", "en"),
        ("Unser Testserver heißt kobold und läuft im Keller.", "de"),
        ("Mi perro se llama Canela desde que lo adoptamos.", "es"),
        ("Le serveur de test redémarre tous les dimanches soir.", "fr"),
        ("部署前先跑一遍测试。", "zh"),
        ("デプロイの前にテストを実行します。", "ja"),
        ("データベースサーバー", "ja"),
        ("배포하기 전에 테스트를 실행하세요.", "ko"),
    ],
)
def test_the_language_of_a_sentence(text: str, language: str) -> None:
    assert identify(text) == language


@pytest.mark.parametrize("text", ["", "42 %", "ok"])
def test_too_little_to_judge_by(text: str) -> None:
    assert identify(text) is None
