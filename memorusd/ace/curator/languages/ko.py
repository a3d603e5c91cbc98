"""Korean: words have blanks between them, and carry their grammar at the end."""

from __future__ import annotations

from .word_table import WordTable

__all__ = ["TABLE"]

TABLE = WordTable(
    code="ko",
    phrases={
        "not": "안",
        "holding_not": "않 마세요 말아 마라 금지 없 못",
        "aside_before": "대신 말고 보다",
        "ending_aside_before": "말고 보다",
        "empty": "사용 항상 모든",
    },
    particles="""
        으로 에서 에게 까지 부터 하지 하세요 합니다 하십시오 해야 한다 하라 하고 하는 하기 할
        을 를 이 가 은 는 에 의 로 와 과 도 만
    """,
)
