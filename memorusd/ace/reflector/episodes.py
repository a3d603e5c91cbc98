"""What several turns tell together: an error and its fix, a command that failed and the one that worked."""

from __future__ import annotations

import re
from collections.abc import Sequence

from . import english
from .chatter import is_question, is_small_talk, is_task
from .distil import as_order, capitalised
from .english.verbs import is_order
from .lexicon import VERB_FORMS, VERBS, words_of
from .retries import FAULT, fault_in, recoveries, retries
from .sentences import Part
from .turns import Episode, Turn

__all__ = ["find"]


_ERROR = re.compile(
    r"\b(?:isn't|aren't|doesn't|is not|does not|errors?|exception|fail(?:s|ed|ing|ure)?|crash(?:es|ed"
    r"|ing)?|traceback|can't|cannot|couldn't"
    r"|doesn't work|not working|won't|not found|denied|refused|timed? ?out|undefined|broken|hangs?"
    r"|freezes|oom\w*|segfault|panic|dies|killed|unable|missing|stuck|conflict|rejected|invalid"
    r"|econn\w+|enoent|eacces|eresolve|404|500|502|503|403|401|throws?|\w+error|\w+exception|warning"
    r"|deadlock|leak\w*|slow|complain(?:s|ed|ing)?|keeps? \w+ing|randomly|logged out|los(?:t|es|ing)"
    r"|nothing happens|does nothing|flickers?|disappears?|vanish(?:es)?|unreachable"
    r"|unresponsive|black screen|stopped \w+ing|(?:is|are|stays?|comes out|come out"
    r"|shows up) (?:\w+ )?(?:blank|empty"
    r"|garbled|wrong|gone|twice))\b"
    r"|报错|報錯|错误|錯誤|失败|失敗|崩溃|崩潰|异常|異常|不工作|打不开|打不開|卡住|无法|無法|超时|超時"
    r"|找不到|起不来",
    re.I,
)
_CAUSE = re.compile(
    r"\b(?:because|caused by|root cause|(?:issue|problem|cause|reason|culprit|bug|trouble) (?:is|was"
    r"|here is)|happens (?:when|because|if)|due to|comes (?:from|with)|turns? out|turned out|expects?"
    r"|needs?|requires?|incompatible|was missing|is missing|were missing|isn't set|wasn't|is not"
    r"|was not|aren't|doesn't|means that|conflicts? with|no longer|stale|outdated|before, )\b|原因|因为|因為"
    r"|由于|由於|导致|導致|问题(?:是|在于)|問題(?:是|在於)",
    re.I,
)
_FIX = re.compile(
    r"\b(?:fix(?:ed|es|ing)? (?:it|this|that|the|by)|resolved|resolves|solved|solves|solution"
    r"|workaround|you (?:need|have|should|can|must)|to (?:fix|solve|resolve|avoid)|instead"
    r"|now (?:works?|pass\w*)|setting|adding|removing|upgrading|downgrading|pinning|switching"
    r"|increasing|i (?:now )?(?:added|set|changed|pinned|removed|replaced|upgraded|downgraded|moved"
    r"|switched|increased|read|wrapped|use|used|made|installed|updated|configured|disabled|enabled"
    r"|renamed|cleared|deleted))\b|; (?:set|use|run|add|change|install|upgrade|pin|remove|enable"
    r"|disable)\b|解决|解決|修复|修復|改成|改为|改為|执行|執行|运行|運行|安装|安裝"
    r"|设置|設置|重启|重啟|升级|升級|降级|清除|删除"
    r"|添加|换成|換成|换用|改用|加上|配置|关掉|關掉|开启|開啟|禁用|启用|啟用|(?:就|即)(?:可以?|行|好)|试试"
    r"|試試|先",
    re.I,
)
_STRONG = re.compile(
    r"\b(?:found it|root cause|(?:issue|problem|culprit|cause|bug) (?:was|turned out)|fixed (?:it|the"
    r"|by|this)|resolved|solved|the fix (?:is|was)|fix(?:es|ed) (?:it|the))\b|原因(?:是|在于)|问题出在"
    r"|問題出在"
    r"|已(?:经)?(?:修复|解决)",
    re.I,
)
_CONFIRMED = re.compile(
    r"\b(?:that|it|this|which|\w+ing|\w+) (?:worked|works|fixed|solved|did (?:it|the trick)|helped"
    r"|does the trick|resolved)\b|\b(?:works? (?:now|fine|again|like a charm|great|perfectly)"
    r"|working now|fixed it|solved|resolved|all (?:good|green)|passes now|no more errors?|problem gone"
    r"|got rid of|went away|did it|confirmed|no more"
    r"|it's gone|you're right|that was it)\b|可以了|好了|解决了|解決了|搞定|成功了|没问题了|沒問題了"
    r"|\b(?:there we go|bingo|magic|back to normal|(?<!not )as (?:it should|expected)"
    r"|good as new|that's better|much (?:better|faster)|way (?:better|faster))\b"
    r"|\b(?:loads?|runs?|builds?|starts?|opens?|reloads?|connects?|shows? up|shows?|appears?|responds?"
    r"|comes? up"
    r"|prints?|plays?|syncs?|renders?|boots?|is up|are up|goes through|see it|flies)"
    r"(?: \w+){0,3} (?:now|again|instantly|at once|right away)\b"
    r"|有效|管用|修好了|正常了|^(?:\w+[,!] )?(?:works|worked|fixed|solved)\b",
    re.I,
)
_PLEASED = re.compile(
    r"^(?:yep|yup|yeah|ah|great|perfect|awesome|excellent|thanks|thank you|nice|amazing|yes|cool|谢谢|謝謝"
    r"|太好了|太棒了)\b",
    re.I,
)
_PLEASED_END = re.compile(
    r"(?:^|[,.!] ?|\s)(?:brilliant|cheers|thanks|thank you|thx|ty|nice|perfect|great|awesome|amazing"
    r"|lovely|sweet"
    r"|excellent|yay|woo+|phew|hooray|fantastic|wonderful|legend|magic)[\s!.:)]*$|[👍🎉🙏🥳]\s*$",
    re.I,
)
_SHOWS = re.compile(
    r"\b(?:now|finally|again|(?:is|are|it's) \w+ing|can see|i see|i can|comes?|shows?|gone)\b", re.I
)
_DENIED = re.compile(
    r"\b(?:didn't|did not|doesn't|does not|still (?:the same|fail\w*|get\w*|see\w*|broken|not|no|happen\w*"
    r"|doesn't|error\w*|crash\w*|there|hang\w*|nothing)|no luck|same (?:error|problem|issue)|nope|not working"
    r"|another error|worse)\b|还是|還是|没用|沒用|不行",
    re.I,
)
_GETTING = re.compile(
    r"^(?:(?:hi|hey|hello|ok|so|help|hmm|now|and|but|also)[,! ]+)*(?:i(?:'m| am)? (?:keep |always "
    r"|still |just |now )?(?:getting|get|got|see|seeing|have|having|hit|hitting)|we(?:'re"
    r"| are)? (?:keep |still )?(?:getting|get|see|seeing|have|hit)|there(?:'s| is)|getting|why (?:do i"
    r"|am i) (?:get|getting)) (?:this |the following |an? |the |some )?(?=\S)",
    re.I,
)
_LED_IN = re.compile(
    r"^(?:either|simply|just|found it|got it|i found (?:it|the (?:issue|problem|cause))|ah|ok|okay|i see"
    r"|right|good catch"
    r"|done|the good news|good news|sure)(?:[.!,:—-]+ ?|(?<=either|simply) |(?<=just) )",
    re.I,
)
_DECOR = re.compile(
    r"(?:^|[,;] )(?:any ideas?|how (?:do|can) i fix (?:it|this)|please help|help|what(?:'s| is) wrong"
    r"|can you (?:fix|help|look|check)[^.?!]*)[?.! ]*$",
    re.I,
)

_SECOND = re.compile(
    r"(?:; |, so |: | — | - |, )(?:just |please |you can |try to )?([a-z]+) (?:the|a|an|your|it|to)\b"
)
"""Where an order may follow its reason: "it is off by default; serve the tiles over https"."""
_REACH = 8  # turns from an error to its fix


def find(turns: Sequence[Turn]) -> list[Episode]:
    """Every error that found its fix and every command that worked after another; no turn twice."""
    found = _fixes(turns) + retries(turns)
    used = {i for episode in found for i in episode.used}
    return found + [episode for episode in recoveries(turns) if used.isdisjoint(episode.used)]


def _fixes(turns: Sequence[Turn]) -> list[Episode]:
    found: list[Episode] = []
    position = 0
    while position < len(turns):
        turn = turns[position]
        problem = _problem(turn) if turn.role == "user" else None
        plain = problem is None and turn.role == "user"
        if plain:
            problem = _complaint(turn)
        if problem is None:
            position += 1
            continue
        fix: tuple[int, str, str, str] | None = None
        strong = confirmed = False
        end = position
        for i in range(position + 1, min(len(turns), position + 1 + _REACH)):
            answer = turns[i]
            if answer.role == "assistant":
                if made := _fix(answer):
                    cause, action, both = made
                    fix, end = (i, cause, action, both), i
                    strong = bool(_STRONG.search(both)) and bool(action) and not plain
            elif answer.role == "user":
                head = answer.content[:400]
                if _DENIED.search(head) and not _CONFIRMED.search(head):
                    fix, strong = None, False
                elif fix and _confirms(head, plain):
                    confirmed, end = True, i
                    break
                elif fix or _CONFIRMED.search(head):
                    break
        if fix and (confirmed or strong) and (not plain or (fix[2] and _about_work(f"{problem} {fix[3]}"))):
            index, cause, action, both = fix
            text = (
                f"{problem.rstrip('.!:; ')}. Fix: {both}"
                if not re.search(r"[\u4e00-\u9fff]", problem + both)
                else f"{problem.rstrip('。，：')}。解决办法：{both}"
            )
            found.append(
                Episode(
                    text,
                    "error_fix",
                    index,
                    tuple(range(position, end + 1)),
                    _as_rule(problem, cause, action),
                )
            )
            position = end + 1
        else:
            position += 1
    return found


def _confirms(reply: str, plain: bool) -> bool:
    """Whether a user says that the remedy worked; behind a `plain` complaint, thanks alone are not enough."""
    if _CONFIRMED.search(reply):
        return True
    pleased = bool(_PLEASED.match(reply.strip())) or (
        bool(_PLEASED_END.search(reply)) and reply.count(" ") < 14 and "?" not in reply
    )
    return pleased and (not plain or bool(_SHOWS.search(reply)))


def _about_work(text: str) -> bool:
    """Whether it names something: a path, a tool, a part of software, an abbreviation in capitals."""
    named = english.has_specifics(text) or english.is_technical(text, words_of(text))
    return named or bool(re.search(r"\b[A-Z]{2,}\b", text))


def _problem(turn: Turn) -> str | None:
    """The user's sentence that tells what goes wrong, with what the console said where it did."""
    for number, part in enumerate(turn.parts):
        if part.kind != "sentence" or not _ERROR.search(part.text[:600]) or len(part.text) > 600:
            continue
        if is_small_talk(part.text) or len(part.text) < 10:
            continue
        text = _DECOR.sub("", _GETTING.sub("", part.text)).strip(" .")
        if text.endswith("?") or (is_question(text) and not FAULT.search(text)):
            continue
        following = turn.parts[number + 1] if number + 1 < len(turn.parts) else None
        if following and following.kind in ("code", "log") and len(text) < 120:
            line = fault_in(following.text)
            if line and line not in text:
                text = f"{text.rstrip(':')}: {line[:160]}"
        return capitalised(text) if len(text) >= 8 else None
    return None


def _complaint(turn: Turn) -> str | None:
    """A user's one plain sentence about how something is, without a word of error: a problem only if the
    answer's remedy is confirmed by the user ("that did it").
    """
    if len(turn.parts) != 1 or turn.parts[0].kind != "sentence":
        return None
    text = english.cleaned(turn.parts[0].text).rstrip(" .!")
    words = words_of(text)
    if (
        not 4 <= len(words) <= 30
        or words[0] in ("i", "i'm", "i'll", "we", "you", "let's")
        or not text.isascii()
    ):
        return None
    if is_question(text) or is_small_talk(text) or is_task(text, bare=False) or words[0] in VERBS:
        return None
    says = any(word in VERB_FORMS for word in words[1:])
    return capitalised(text) if says and english.detect(text, "user") is None else None


def _fix(turn: Turn) -> tuple[str, str, str] | None:
    """The cause, the remedy, and both as they were said, of an agent's answer."""
    causes: list[str] = []
    actions: list[str] = []
    said: list[str] = []
    for number, part in enumerate(turn.parts):
        if part.kind == "code" and said and said[-1].rstrip().endswith(":") and part.text.count("\n") < 3:
            command = " && ".join(x.strip() for x in part.text.strip().split("\n") if x.strip())
            said[-1] = f"{said[-1]} `{command}`" if command and "`" not in command else said[-1]
            continue
        if part.kind != "sentence" or len(part.text) > 400:
            continue
        text = _LED_IN.sub("", part.text).strip()
        lowered = text.lower()
        if (
            len(text) < 8
            or text.endswith(("?", "？"))
            or is_small_talk(text)
            or re.match(r"^(?:let me|i'll|i will|let's|looking|checking|我来|让我|我先)\b", lowered)
        ):
            continue
        words = words_of(lowered[:80])
        order = bool(words) and (words[0] in VERBS or (len(words) > 1 and is_order(words)))
        second = _SECOND.search(lowered)
        action = order or bool(_FIX.search(text)) or (second is not None and second[1] in VERBS)
        # What comes right before a remedy explains it, whatever its words.
        cause = bool(_CAUSE.search(text)) or (not action and _remedy_follows(turn.parts, number))
        if not (cause or action):
            continue
        text = as_order(text) if action and not order else text
        (actions if action else causes).append(text)
        said.append(capitalised(text))
        if len(said) == 3:
            break
    if not said:
        return None
    return (causes[0] if causes else ""), (actions[0] if actions else ""), " ".join(said)


def _remedy_follows(parts: Sequence[Part], number: int) -> bool:
    """Whether the next sentence is a remedy."""
    if number + 1 >= len(parts) or parts[number + 1].kind != "sentence":
        return False
    text = parts[number + 1].text
    words = words_of(text[:80])
    return bool(words) and (words[0] in VERBS or bool(_FIX.search(text)))


def _as_rule(problem: str, cause: str, action: str) -> str | None:
    """The rule "When <problem>, <remedy>, because <cause>"; None without a cause or an order."""
    match = re.search(r"\bbecause (.{5,200})", cause) or re.match(
        r"(?:the )?(?:tests?|service|script|app|code|library|server) .{5,200}", cause, re.I
    )
    words = words_of(action[:80])
    if not match or not words or words[0] not in VERBS or re.match(r"^(?:error|\w+Error)\b", problem):
        return None
    reason = (match[1] if match.re.groups and match.lastindex else match[0]).rstrip(". ")
    first = problem[0].lower() + problem[1:] if problem[1:2].islower() else problem
    order = action.rstrip(". ")
    order, reason = order[0].lower() + order[1:], reason[0].lower() + reason[1:]
    return f"When {first.rstrip('. ')}, {order}, because {reason}."
