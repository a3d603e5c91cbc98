"""What depends on the language: patterns and word lists, one package or module per language.

Every language has `noise` (why a sentence is not worth keeping), `detect` (the pattern of a sentence),
`is_statement` and, for rules, `is_negative`. `other` serves all languages that have no module of their own.
"""
