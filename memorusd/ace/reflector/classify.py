"""What a candidate is (type), where it belongs (section), and what it names (tools, entities, tags)."""

from __future__ import annotations

import re

from ...knowledge.bullet import KnowledgeType, Section
from . import chinese, generic
from .lexicon import TOOLS, VERBS, Language, language_of, straight, word_set, words_of

__all__ = ["entities_of", "section_of", "tags_of", "tools_of", "type_of"]

_NEGATIVE = re.compile(
    r"^(?:(?:please|and|but|also|in \w+|on \w+|for \w+|when[^,]{1,60}|if[^,]{1,60}),? )*(?:never|don't"
    r"|do not|avoid|refrain|no|stay away|steer clear|not)\b"
    r"|\b(?:must not|mustn't|should never|must never|should not|shouldn't|may not|cannot be|can't be"
    r"|not allowed|forbidden|prohibited|off[- ]limits|is banned|are banned|never|don't|do not)\b"
)
_WE_NOT = re.compile(r"\b(?:we|i|they|he|she|it|you|that|who|which) (?:don't|do not|never)\b")
_STYLE = re.compile(
    r"\b(?:answers?|repl(?:y|ies)|respond|responses?|explanations?|explain|summar(?:y|ies|ize)|tone"
    r"|verbose|concise|emojis?|talk to me|address me|call me|your (?:answers?|messages?|code)|jokes"
    r"|bullet points|step by step|language)\b"
)
_CHOICE = re.compile(
    r"\buse (?!of)[\w@./+-]+(?: [\w@./+-]+){0,3}?,? (?:not|instead of|rather than|over|and not"
    r"|never)\b|\b(?:we|i|they|the team|the project|this (?:repo|project)) (?:only |always "
    r"|all )?(?:use|prefer|like|want|name|indent|write|format)s?\b.{0,40}(?:,? (?:not|instead|rather"
    r"|over|never|no)\b)|\b(?:prefer|prefers|preferred|favou?r)\b|\b(?:i|we) like\b"
)
_WANTS = re.compile(
    r"^(?:[A-Z][\w.'-]* ){1,3}(?:\w+ ){0,2}(?:prefers?|wants?|likes?|loves?|hates?|dislikes?"
    r"|insists on|enjoys?|can't stand)\b"
)
_PITFALL = re.compile(
    r"\b(?:watch out|careful|beware|gotcha|caveat|breaks|chokes|trips over|blows up|bites|crash(?:es)?"
    r"|fails|deadlocks?|leaks?|silently"
    r"|overwritten|corrupts?|runs twice|has no effect|pitfall|doesn't work|does not work|will break"
    r"|otherwise)\b"
)
_TRICK = re.compile(
    r"\b(?:workaround|the trick|fixed by|to fix|fixes (?:the|this|it)|solved|resolved|the fix|the solution"
    r"|work around"
    r"|helps when|speeds? up|faster)\b"
)
_SHORT_USE = re.compile(r"^(?:please )?use [^,;]{1,40}$")


def type_of(text: str, pattern: str) -> KnowledgeType:
    """The knowledge type of a candidate's text, by the pattern that found it and its own words."""
    if pattern in ("error_fix", "retry"):
        return "trick"
    if pattern == "preference":
        return "preference"
    if pattern == "personal":
        return "knowledge"
    language = language_of(text)
    if language != "english":
        return _foreign(text, pattern, language)
    lowered = straight(text)
    if pattern == "decision":
        return "knowledge"
    if _TRICK.search(lowered) and pattern != "fact":
        return "trick"
    if pattern == "pitfall":
        return "pitfall"
    if pattern in ("norm", "request", "correction", "statement", "tool"):
        if _WANTS.match(text):
            return "preference"
        if _is_order(lowered) and _STYLE.search(lowered) and pattern in ("norm", "request"):
            return "preference"
        if _CHOICE.search(lowered) and not lowered.startswith(("make sure", "ensure", "be sure", "prefer ")):
            return "preference"
        if pattern == "correction" and _SHORT_USE.match(lowered.split(". ")[-1]):
            return "preference"
        if pattern == "statement" and "please" in lowered and _STYLE.search(lowered):
            return "preference"
        if _NEGATIVE.search(lowered) and not _WE_NOT.search(lowered):
            return "pitfall"
        if _PITFALL.search(lowered) and not _is_order(lowered):
            return "pitfall"
        if (
            pattern in ("norm", "tool")
            or _is_order(lowered)
            or (pattern == "correction" and _AT_ALL_TIMES.search(lowered))
        ):
            return "knowledge" if _HOW_IT_IS.match(lowered) else "method"
    if (
        (_EVERY.match(lowered) and not _HOW_IT_IS.match(lowered))
        or _CONVENTION.match(lowered)
        or (pattern in ("statement", "fact") and _DUTY.search(lowered))
    ):
        return "method"
    return "knowledge"


_AT_ALL_TIMES = re.compile(r"\b(?:always|never)\b")
_HOW_IT_IS = re.compile(
    r"(?:all|every|each|most|both) (?:[\w-]+ ){1,5}?(?:is|are|has|have|sits?|lives?|runs?|talks?|shares?"
    r"|belongs?|comes?)\b"
    r"(?! (?:to|required|validated|tested|reviewed|named|written)\b)"
)
_DUTY = re.compile(
    r"\b(?:must|should|needs? (?:an? )?\w+ (?:text|test|tests|entry|docstring|review)|(?:is"
    r"|are) (?:required|mandatory))\b"
)
_CONVENTION = re.compile(
    r"we (?:always )?(?:name|write|format|indent|prefix|squash|rebase|follow|avoid|test|document"
    r"|review|pin|tag)\b"
)
_EVERY = re.compile(
    r"(?:every|each|no|any) (?!(?:day|week|month|year|night|morning|evening|hour|other|\w+day)\b)[a-z]"
)


def _foreign(text: str, pattern: str, language: Language) -> KnowledgeType:
    forbids = chinese.is_negative(text) if language == "chinese" else generic.is_negative(text)
    if pattern == "pitfall" or (forbids and pattern in ("norm", "request", "statement")):
        return "pitfall"
    if pattern == "norm" or (pattern == "request" and not re.search("[是由在]", text)):
        return "method"
    if pattern == "correction" and re.search("[用改]", text) and not re.search(r"\d", text):
        return "preference"
    return "knowledge"


def _is_order(lowered: str) -> bool:
    if lowered[:1] in "`/@$-":
        return False
    words = words_of(lowered[:120])
    while words and words[0] in ("please", "always", "only", "just", "also", "never", "no", "then", "first"):
        words = words[1:]
    if not words:
        return False
    if words[0] in VERBS or words[0] in ("don't", "avoid", "make", "do"):
        return True
    return bool(
        re.match(
            r"(?:when|if|before|after|whenever|once|for|in|on|unless)\b[^,]{1,120}, (?:\w+ )?(?:"
            + "|".join(_ORDERS)
            + r")\b",
            lowered,
        )
    )


_ORDERS = sorted(VERBS)

_SECTIONS: tuple[tuple[Section, re.Pattern[str]], ...] = (
    (
        "debugging",
        re.compile(
            r"\b(?:errors?|exceptions?|traceback|stack ?trace|crash\w*|debug\w*|breakpoint|fails? (?:with|if"
            r"|when)|bug|segfault|deadlock|leak\w*|oom\w*|workaround|timeouts?|e[a-z]{4,}refused)\b|报错|報錯"
            r"|错误"
            r"|錯誤|调试|調試|异常|異常",
            re.I,
        ),
    ),
    (
        "commands",
        re.compile(
            r"`(?:\$ )?[a-z][\w.-]*(?: [^`\n]+)`|(?:^|\s)--[a-z][\w-]+|\b(?:make|npm|pnpm|yarn|cargo|go|uv"
            r"|docker|git|kubectl|terraform|pip|poetry|pytest|npx|bun) (?:run|install|test|build|lint|format"
            r"|apply|sync|add|compose|exec|start|check|fmt|clippy|-)\S*|命令"
        ),
    ),
    (
        "workflow",
        re.compile(
            r"\b(?:commit\w*|branch\w*|merg\w+|rebas\w+|squash|pull requests?|prs?|reviews?|reviewers?"
            r"|deploy\w*|releas\w+|ci|changelog|main|master|push\w*|force-push|tickets?|sprints?|standups?"
            r"|rollback|feature flags?|hotfix\w*|pipeline|workflow|approv\w+|freeze|before (?:you )?(?:commit"
            r"|push|merge|deploy)\w*|tests? (?:pass|before))\b|提交|分支|合并|合併|发布|發布|部署|上线|上線"
            r"|评审|評審|版本",
            re.I,
        ),
    ),
    (
        "architecture",
        re.compile(
            r"\b(?:architectur\w+|database|postgres\w*|mysql|redis|kafka|rabbitmq|queue|micro-?services?"
            r"|services?|monolith|mono-?repo|modules?|layers?|schema|api|apis|graphql|rest|endpoints?|backend"
            r"|frontend|cluster|cache|storage|storing|stored|auth\w*|gateway|events?|generated|components?"
            r"|server|region|bucket|package structure|src/\S+|lib/\S+|packages/\S+)\b|架构|架構|数据库|數據庫"
            r"|資料庫|微服务"
            r"|微服務|接口|服务|服務|模块|模塊|缓存|緩存",
            re.I,
        ),
    ),
    (
        "patterns",
        re.compile(
            r"\b(?:naming|named?|snake_case|camelcase|pascalcase|kebab|type hints?|annotations?|docstrings?"
            r"|functions?|class(?:es)?|methods?|hooks?|interfaces?|imports?|constants?|variables?|enums?"
            r"|dataclass\w*|indent\w*|tabs|spaces|lint\w*|style|convention\w*|comments?|loggers?|logging"
            r"|console\.log|print|exceptions|async|types?|null|immutable|dependency injection|patterns?"
            r"|tests?|mock\w*|fixtures?|utc|timestamps?|iso 8601|css|strings?|code)\b"
            r"|命名|函数|函數|变量|變量|注释|註釋|缩进|縮進|代码|代碼|测试|測試|规范|規範",
            re.I,
        ),
    ),
    (
        "tools",
        re.compile(
            r"\b(?:package manager|editor|ide|plugin|extension|vpn|dashboard|tool\w*|cli)\b"
            r"|工具|编辑器|編輯器",
            re.I,
        ),
    ),
)


def section_of(text: str, kind: KnowledgeType, pattern: str, tools: tuple[str, ...]) -> Section:
    """The section that a candidate is filed under."""
    if pattern == "error_fix":
        return "debugging"
    if pattern == "retry":
        return "commands"
    if pattern == "personal":
        return "general"
    if pattern == "preference":
        return "preferences"
    if pattern == "tool":
        return "commands"
    if pattern == "decision":
        return "architecture"
    if kind == "preference" and (_STYLE.search(text.lower()) or not tools):
        return "preferences"
    if tools and (kind == "preference" or len(words_of(text)) <= 6):
        return "tools"
    for section, words in _SECTIONS:
        if words.search(text):
            return section
    return "tools" if tools else "general"


_NAME = re.compile(r"[A-Za-z][\w+-]*(?:\.[a-z]+)?")
_TICKED = re.compile(r"`([^`\n]{1,200})`")
_PROGRAM = re.compile(r"(?:\$ )?(?:sudo )?([a-z][\w.-]{1,30})(?= [^ ])")
_COMPOUND = re.compile(
    r"\b(docker compose|github actions|visual studio code|google cloud|circle ?ci|react native)\b", re.I
)
_AMBIGUOUS = word_set(
    """
    make fish black express spring buf sentry vault slack nx tilt turbo typer prisma express
    bash
    """
)


def tools_of(text: str) -> tuple[str, ...]:
    """Programs and libraries that it is about, as they are written, each once, at most eight."""
    found: dict[str, str] = {}
    for match in _COMPOUND.finditer(text):
        found.setdefault(match[1].lower(), match[1])
    ticked = _TICKED.findall(text)
    for code in ticked:
        program = _PROGRAM.match(code)
        if program and program[1] not in (
            "src",
            "the",
            "a",
            "from",
            "import",
            "def",
            "class",
            "const",
            "let",
            "return",
            "if",
        ):
            found.setdefault(program[1].lower(), program[1])
    coded = " ".join(ticked).lower()
    for match in _NAME.finditer(text):
        name = match[0].rstrip(".")
        low = name.lower()
        if low not in TOOLS:
            low, name = low.removesuffix(".js"), name.removesuffix(".js")
            if low not in TOOLS:
                continue
        if low in _AMBIGUOUS and low not in coded and not name[:1].isupper():
            continue
        if low in _AMBIGUOUS and match.start() == 0 and low not in coded:
            continue
        found.setdefault(low, name)
    return tuple(found.values())[:8]


_ENTITY = re.compile(
    r"https?://[^\s)\]>\"'`,]{3,200}|(?<![\w/])(?:~|\.{1,2})?/?(?:[\w.@-]{1,80}/){1,12}[\w.@*-]{0,80}"
    r"|\b[\w-]{1,80}\.(?:py|js|ts|tsx|jsx|go|rs|java|md|json|ya?ml|toml|env|sh|sql|txt|cfg|ini|lock"
    r"|css|html|rb|php)\b|\b[A-Z][A-Z0-9]{0,40}_[A-Z0-9_]{1,60}\b|\b[a-z]\w{0,40}_\w{1,60}\b"
    r"|\b[a-z]{1,40}[A-Z]\w{1,60}\b|\b[A-Z][a-z]{1,40}[A-Z]\w{0,60}\b"
)
_PROPER = re.compile(r"(?<=[a-z,0-9] )[A-Z][a-z]{2,30}(?: [A-Z][a-z]{2,30}){0,2}\b")
_CALENDAR = word_set(
    """
    monday tuesday wednesday thursday friday saturday sunday january february march april may
    june july august september october november december
    """
)


def entities_of(text: str, tools: tuple[str, ...]) -> tuple[str, ...]:
    """Other names in it: files, identifiers, addresses, people; each once, at most twelve."""
    found: dict[str, None] = {}
    for match in _TICKED.finditer(text):
        if " " not in match[1].strip() and len(match[1]) <= 80:
            found.setdefault(match[1].strip())
    for match in _ENTITY.finditer(text):
        name = match[0].rstrip(".,;:")
        if len(name) > 2 and "REDACTED" not in name:
            found.setdefault(name)
    for match in _PROPER.finditer(text):
        if match[0].lower() not in _CALENDAR:
            found.setdefault(match[0])
    first = re.match(
        r"([A-Z][a-z]{2,30}) (?:owns|wants|prefers|is|likes|has|lives|handles|maintains|works|holds|hates"
        r"|loves|needs)\b",
        text,
    )
    if (
        first
        and first[1].lower() not in VERBS
        and first[1].lower()
        not in ("this", "that", "there", "the", "everyone", "everything", "what", "debug", "each")
    ):
        found.setdefault(first[1])
    known = {tool.lower() for tool in tools}
    return tuple(name for name in found if name.lower() not in known)[:12]


def _any(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


_TOPICS: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "testing",
        _any(r"\b(?:tests?|testing|pytest|jest|vitest|specs?|coverage|fixtures?|mock\w*)\b|测试|測試"),
    ),
    (
        "git",
        _any(r"\b(?:git|commit\w*|branch\w*|rebas\w+|merge\w*|force-push|pull requests?|prs?)\b|提交|分支"),
    ),
    ("deployment", _any(r"\b(?:deploy\w*|releas\w+|rollback|staging|production)\b|部署|发布|發布|上线|上線")),
    (
        "database",
        _any(r"\b(?:database|postgres\w*|mysql|sqlite|redis|mongodb|migrations?|sql)\b|数据库|數據庫|資料庫"),
    ),
    (
        "security",
        _any(r"\b(?:secrets?|passwords?|tokens?|credentials?|security|vpn|auth\w*)\b|密码|密碼|安全|令牌"),
    ),
    (
        "dependencies",
        _any(r"\b(?:npm|pnpm|yarn|pip|uv|poetry|cargo|dependenc\w+|packages?|lockfile)\b|依赖|依賴"),
    ),
    ("documentation", _any(r"\b(?:docs?|documentation|docstrings?|readme|changelog)\b|文档|文檔")),
    (
        "style",
        _any(
            r"\b(?:naming|snake_case|camelcase|indent\w*|tabs|format\w*|lint\w*|style|type hints?)\b"
            r"|命名|缩进|縮進|格式"
        ),
    ),
    (
        "configuration",
        _any(r"\b(?:config\w*|settings?|environment|env|ports?|defaults?)\b|配置|端口|设置|設置"),
    ),
    (
        "people",
        _any(
            r"\b(?:owns|owner|responsible|my name|wife|husband|daughter|son|allergic|live in|birthday)\b"
            r"|负责|負責|我叫|住在|过敏"
        ),
    ),
)


def tags_of(text: str) -> tuple[str, ...]:
    """Topics, from a short fixed list."""
    return tuple(name for name, words in _TOPICS if words.search(text))
