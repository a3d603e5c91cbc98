"""Distils an interaction into bullets: by rules, by a language model, or by both.

    Reflector(RuleReflector()).reflect([Message("user", "We use pnpm here, not npm.")], settings)

The rules need nothing but the text. A model is asked only if the settings name one. If it fails, the result
of the rules stands and says what failed.

`rules` is the engine without a model, `languages/` holds what depends on the language, and `llm/` what needs
a model.
"""

from __future__ import annotations

from .reflection import Candidate, Message, Reflection, Skipped
from .reflector import Reflector, describe
from .rules import RuleReflector

__all__ = ["Candidate", "Message", "Reflection", "Reflector", "RuleReflector", "Skipped", "describe"]
