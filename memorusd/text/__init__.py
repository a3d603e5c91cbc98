"""The one text layer: scripts, normalisation, tokens, stems, stop words, sentences, dates.

Everything that reads text stands on it, and it imports nothing of ours.
"""
