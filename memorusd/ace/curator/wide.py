"""Chinese, Japanese and Korean: no blanks between words, and a default embedding model that is nearly blind.

Known phrases are taken out with what they do (deny, put aside, order in time, nothing at all); of what is
left each character is a term. Of Japanese the kana between are grammar and carry nothing beside the phrases.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from .facts import VALUE
from .words import term

__all__ = ["WIDE", "pieces"]

WIDE = r"\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff々〆"
"""The letters, as the inside of a character class."""

_PHRASES = {
    "not": """
        不要 不能 不得 不准 不可以 不可 不许 不应该 不应 不该 不会 不再 不必 不需要 不是
        不用 不使用 永远不要 永远不 永不 从不 绝不 决不 千万别 请勿 切勿 勿 别 不 禁止
        严禁 避免 没有 没 无需 无须 无 非 未 拒绝 讨厌 ないでください なくてもよい
        なくていい ない ません ずに 不要です 避ける 避けて やめる やめて
    """,
    "disable": """
        禁用 停用 关闭 关掉 無効化 無効
    """,
    "enable": """
        启用 啟用 开启 打开 有効化 有効
    """,
    "aside": """
        而不是 而非 而不用 代替 替代 取代 而不要
    """,
    "aside_before": """
        ではなく じゃなく の代わりに よりも かわりに
    """,
    "light": """
        设置为 设置 设为 设成 写入 写在 写到 写 书写 記述 書く 書き
    """,
    "before": """
        之前 以前 前に 前
    """,
    "after": """
        之后 以后 後に あとに た後 后 後
    """,
    "split": """
        但是 但 如果 当 因为 因為 所以 否则 もし ため ので
    """,
    "": """
        使用 采用 选用 用于 用作 用 应该 应当 应 必须 必須 需要 需 务必 个 一定要 一定 要
        请 請 始终 总是 总 一律 永远 每次 每个 每 所有 全部 都 一下 我们 我們 我 用户
        你们 你 咱们 的 了 在 里 裡 中 上 下 目录 文件夹 位于 放在 放到 放 存放在 存放
        时 時 就 也 会 是 为 為 作为 进行 由 于 於 把 将 被 对 從 从 来 去 可以 能
        可 时候 到 给 和 与 及 以及 或 优先 推荐 建议 最好 喜欢 偏好 法 そして です ます
        ください なければならない なければなりません ないといけない 必ず 常に かもしれない 使う
        使って 使い 使った 使 すべき
    """,
    "word": """
        不同 不断 不断地 不变 不可变 不一致 不足 不错 不稳定 别名 特别 级别 区别 类别 识别
        分别 个别 无状态 无服务器 非常 非空 前端 后端 後端 前缀 后缀 后台 前台 之前端
        少ない 名前 前提 以后端 目前 当前 提前 后续 后者 前者 未来 没问题 重要 需求 主要
        要求 应用 总数 能力 功能 性能 用例 引用 调用 通用 费用 常用 可用 时间 时间戳 時間
        中文 中间件 中国 上传 下载 上线 下线 上下文 部署 内存
    """,
    "but": """
        不过 不仅 不但 不只 不论 不管
    """,
}
"""What a phrase does; "" is nothing; of a `word` the letters are terms, though one alone would act."""

_ACTION = {
    phrase: action
    for action, phrases in _PHRASES.items()
    for phrase in phrases.split()
}  # fmt: skip
_NUMERALS = {
    numeral: VALUE + str(number)
    for number, numerals in enumerate(("二两兩", "三", "四", "五", "六", "七", "八", "九", "十"), 2)
    for numeral in numerals
}
"""Without 一, which is as often a part of other words."""
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "sunday")
_WEEKDAYS = {letter: VALUE + day for letter, day in zip("一二三四五六日天", _DAYS, strict=True)}
_WRITE = term("write")
_PIECE = re.compile(
    "|".join(map(re.escape, sorted(_ACTION, key=len, reverse=True)))
    + r"|(?:周|星期|礼拜)[一二三四五六日天]|[\uac00-\ud7af]+|."
)
_PARTICLES = re.compile(
    r"(?:으로|에서|에게|까지|부터|하지|하세요|합니다|하십시오|해야|한다|하라|하고|하는|하기|할|을|를|이|가|은|는|에|의|로|와|과|도|만)$"
)
_KOREAN_NOT = re.compile(r"^안$|않|마세요|말아|마라|금지|없|못")


def pieces(run: str) -> Iterator[tuple[str, str]]:
    """(action, text) for each piece of a run of wide letters: a "term" is to be compared, "" carries nothing.

    The other actions: `not`, `enable`, `disable`, `aside`, `aside_before`, `before`, `after`, `split`.
    """
    for match in _PIECE.finditer(run):
        text = match[0]
        action = _ACTION.get(text)
        if action == "word":
            for letter in text:
                yield "term", letter
        elif action == "but":
            yield "split", text
        elif action == "light":
            yield "term", _WRITE
        elif action is not None:
            yield action, text
        elif len(text) > 1 and text[0] in "周星礼":
            yield "term", _WEEKDAYS[text[-1]]
        elif text in _NUMERALS:
            yield "term", _NUMERALS[text]
        elif "\uac00" <= text[0] <= "\ud7af":
            if text in ("대신", "말고", "보다") or text.endswith(("말고", "보다")):
                yield "aside_before", text
            elif _KOREAN_NOT.search(text):
                yield "not", text
            else:
                bare = _PARTICLES.sub("", text) or text
                if bare not in ("사용", "항상", "모든"):
                    yield "term", bare
        elif not "\u3040" <= text[0] <= "\u309f":
            yield "term", text
