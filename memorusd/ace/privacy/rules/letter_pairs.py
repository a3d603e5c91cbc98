"""How letters follow each other in words: measured, so that random letters can be told from names."""

from __future__ import annotations

from . import word_list

__all__ = ["COMMON_PAIRS"]

_PAIRS = """
abacadagaialamanaparasatauaybabebiblbobucacechcickclcocrctcudadddedidldodrdseaecedeeefegelemenepeqer
esetevexfafefffifofugegigrgsguhahehihohriaibicidieifigiliminioipirisitivizkelaldlelilllolsltlulymame
mimompmsnancndnenfngninnnonsntnvoaobocodogoiokolomonoooporosotouovowpapepiplpoppprptpupyqurarcrdrerg
rirmrnrorrrsrtrurysascseshsisospssstsusytatctethtitotptrtstttutyuaubueulumunupurusutvaveviwawextypze
"""
COMMON_PAIRS = frozenset(line[i : i + 2] for line in word_list(_PAIRS) for i in range(0, len(line), 2))
"""The 200 most frequent pairs of letters in the words and identifiers of Python code (88 % of all there)."""
