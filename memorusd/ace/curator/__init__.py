"""Keeps the knowledge base consistent: merges duplicates, notices contradictions."""
