"""The text layer: scripts, normal forms, tokens, stems, stop words, cues, sentences and dates.

All code that reads text uses it. It imports nothing else of Memorus.
"""
