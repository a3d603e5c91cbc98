"""Words without content, by language: searches ignore them, and so does the search for duplicates."""

from __future__ import annotations

__all__ = ["STOP_WORDS"]

STOP_WORDS: dict[str, frozenset[str]] = {
    language: frozenset(words.split())
    for language, words in {
        "en": """
            a about above after again against all also am an and any are aren as at be
            because been before being below between both but by can could couldn d did
            didn do does doesn doing don down during each else ever few for from further
            get gets give go goes going gone got had hadn has hasn have haven having he
            her here hers herself him himself his how however i if in into is isn it its
            itself just let ll m many may me might more most much must mustn my myself
            no nor not now of off on once one only or other our ours ourselves out over
            own please re s same shall she should shouldn since so some such t tell than
            that the their theirs them themselves then there these they this those
            through to too under until up upon us ve very was wasn we were weren what
            when where which while who whom whose why will with without won would wouldn
            yes you your yours yourself yourselves
        """,
        "de": "das dem den der die ein eine oder sie und wir",
        "es": "de el la los o un y",
        "fr": "de des du et la le les ne nous un une vous",
    }.items()
}
"""Language code (ISO 639-1) to its stop words, lower case, contractions cut at the apostrophe."""
