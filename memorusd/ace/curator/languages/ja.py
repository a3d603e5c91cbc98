"""Japanese. Of its kana only these phrases carry anything; the rest is grammar."""

from __future__ import annotations

from .word_table import WordTable

__all__ = ["TABLE"]

TABLE = WordTable(
    code="ja",
    reasons="ので",
    contraries="並/直 并/直",
    phrases={
        "not": "ないでください なくてもよい なくていい ない ません ずに 不要です 避ける 避けて やめる やめて",
        "disable": "無効化 無効",
        "enable": "有効化 有効",
        "aside_before": "ではなく じゃなく の代わりに よりも かわりに",
        "write": "記述 書く 書き",
        "before": "前に",
        "after": "後 後に あとに た後",
        "split": "もし ため ので",
        "empty": """
            必須 時 為 於 從 そして です ます ください なければならない
            なければなりません ないといけない 必ず 常に かもしれない 使う 使って 使い
            使った すべき 使
        """,
        "word": "少ない 名前 後端 時間",
    },
)
