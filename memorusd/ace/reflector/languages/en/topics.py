"""English words that tell a text's section and tags."""

from __future__ import annotations

from .....knowledge.bullet import Section

__all__ = ["SECTIONS", "TOPICS"]

SECTIONS: dict[Section, str] = {
    "debugging": (
        r"(?i)\b(?:errors?|exceptions?|traceback|stack ?trace|crash\w*|debug\w*|breakpoint"
        r"|fails? (?:with|if|when)|bug|segfault|deadlock|leak\w*|oom\w*|workaround"
        r"|timeouts?|e[a-z]{4,}refused)\b"
    ),
    "commands": (
        r"`(?:\$ )?[a-z][\w.-]*(?: [^`\n]+)`|(?:^|\s)--[a-z][\w-]+|\b(?:make|npm|pnpm|yarn"
        r"|cargo|go|uv|docker|git|kubectl|terraform|pip|poetry|pytest|npx|bun) (?:run"
        r"|install|test|build|lint|format|apply|sync|add|compose|exec|start|check|fmt"
        r"|clippy|-)\S*"
    ),
    "workflow": (
        r"(?i)\b(?:commit\w*|branch\w*|merg\w+|rebas\w+|squash|pull requests?|prs?"
        r"|reviews?|reviewers?|deploy\w*|releas\w+|ci|changelog|main|master|push\w*"
        r"|force-push|tickets?|sprints?|standups?|rollback|feature flags?|hotfix\w*"
        r"|pipeline|workflow|approv\w+|freeze|before (?:you )?(?:commit|push|merge"
        r"|deploy)\w*|tests? (?:pass|before))\b"
    ),
    "architecture": (
        r"(?i)\b(?:architectur\w+|database|postgres\w*|mysql|redis|kafka|rabbitmq|queue"
        r"|micro-?services?|services?|monolith|mono-?repo|modules?|layers?|schema|api|apis"
        r"|graphql|rest|endpoints?|backend|frontend|cluster|cache|storage|storing|stored"
        r"|auth\w*|gateway|events?|generated|components?|server|region|bucket"
        r"|package structure|src/\S+|lib/\S+|packages/\S+)\b"
    ),
    "patterns": (
        r"(?i)\b(?:naming|named?|snake_case|camelcase|pascalcase|kebab|type hints?"
        r"|annotations?|docstrings?|functions?|class(?:es)?|methods?|hooks?|interfaces?"
        r"|imports?|constants?|variables?|enums?|dataclass\w*|indent\w*|tabs|spaces"
        r"|lint\w*|style|convention\w*|comments?|loggers?|logging|console\.log|print"
        r"|exceptions|async|types?|null|immutable|dependency injection|patterns?|tests?"
        r"|mock\w*|fixtures?|utc|timestamps?|iso 8601|css|strings?|code)\b"
    ),
    "tools": (
        r"(?i)\b(?:package manager|editor|ide|plugin|extension|vpn|dashboard|tool\w*"
        r"|cli)\b"
    ),
}
"""Expressions of the words that place a text in a section, most specific section first."""

TOPICS: dict[str, str] = {
    "testing": (r"(?i)\b(?:tests?|testing|pytest|jest|vitest|specs?|coverage|fixtures?|mock\w*)\b"),
    "git": (
        r"(?i)\b(?:git|commit\w*|branch\w*|rebas\w+|merge\w*|force-push|pull requests?"
        r"|prs?)\b"
    ),
    "deployment": (r"(?i)\b(?:deploy\w*|releas\w+|rollback|staging|production)\b"),
    "database": (r"(?i)\b(?:database|postgres\w*|mysql|sqlite|redis|mongodb|migrations?|sql)\b"),
    "security": (r"(?i)\b(?:secrets?|passwords?|tokens?|credentials?|security|vpn|auth\w*)\b"),
    "dependencies": (r"(?i)\b(?:npm|pnpm|yarn|pip|uv|poetry|cargo|dependenc\w+|packages?|lockfile)\b"),
    "documentation": (r"(?i)\b(?:docs?|documentation|docstrings?|readme|changelog)\b"),
    "style": (
        r"(?i)\b(?:naming|snake_case|camelcase|indent\w*|tabs|format\w*|lint\w*|style"
        r"|type hints?)\b"
    ),
    "configuration": (r"(?i)\b(?:config\w*|settings?|environment|env|ports?|defaults?)\b"),
    "people": (
        r"(?i)\b(?:owns|owner|responsible|my name|wife|husband|daughter|son|allergic"
        r"|live in|birthday)\b"
    ),
}
"""Expressions of the words that give a text a tag."""
