"""Distils an interaction into bullets: by rules, by a language model, or by both.

    Reflector(RuleReflector()).reflect([Message("user", "We use pnpm here, not npm.")], settings)

The rules need nothing but the text. A model is asked only where the settings name one; whatever goes
wrong with it, the rules' word stands, and the result says so.
"""

from __future__ import annotations

from .candidate import Candidate, Message, Reflection, Skipped
from .reflector import Reflector, describe
from .rules import RuleReflector

__all__ = ["Candidate", "Message", "Reflection", "Reflector", "RuleReflector", "Skipped", "describe"]
