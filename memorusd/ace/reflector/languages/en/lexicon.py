"""English words that the rules know: verbs and their forms, small talk, and words of a standing rule."""

from __future__ import annotations

import re

from ...word_sets import word_set

__all__ = ["BASES", "SMALL_TALK", "STANDING", "VERBS", "VERB_FORMS", "base_of", "straight"]

_NO_APOSTROPHE = re.compile(
    r"\b(?:(can|don|doesn|didn|isn|aren|wasn|weren|couldn|shouldn|wouldn|won|haven|hasn|hadn)t"
    r"|(i|you|we|they)ve|(you|they)re|(i)m|(that|what|there|here)s)\b"
)
_ENDINGS = ("'t", "'ve", "'re", "'m", "'s")


def straight(text: str) -> str:
    """The text in lower case, with straight apostrophes, also where they were left out ("dont")."""
    return _NO_APOSTROPHE.sub(
        lambda match: match[match.lastindex or 0] + _ENDINGS[(match.lastindex or 1) - 1],
        text.lower().replace("’", "'"),
    )


VERBS = word_set(
    """
    accept access activate add default err lean adhere adjust adopt aim allow annotate answer append apply
    archive ask assert assign assume attach avoid await back backup base batch be begin bind
    block branch break bring build bump bundle bypass cache call capture catch change check
    choose cite clean clear clone close collapse collect combine comment commit communicate
    compare compile compose confirm configure connect consider consult contact contain continue
    convert copy cover create debug declare decorate default define delegate delete deploy
    derive describe design detect develop disable discuss dispatch display document download
    draft drop edit email embed emit enable encode encrypt end enforce ensure enter escape
    escalate establish evaluate execute expand expect explain export expose express extend
    extract fail fall fetch fill filter find finish fix flag focus follow force format forward
    gate generate get give go group guard handle hide hold honor identify ignore implement
    import include increase indicate inform inherit initialize inject insert inspect install
    integrate introduce invoke isolate join keep know label launch lazy leave let limit link
    lint list load localize lock log look lowercase maintain make manage map mark match measure
    memoize mention merge migrate minimize mirror mock model modify monitor mount move name nest
    never normalize note notify obtain omit open optimize order organize override own pass paste
    patch perform persist pick pin place plan post preallocate prefer prefix prepare present
    preserve press prevent print prioritize proceed process produce profile propagate propose
    protect provide publish pull purge push put query quote raise read rebase rebuild recommend
    record reduce refactor reference refer refresh regenerate register reinstall reject release
    reload rely remember remove rename render reopen replace report represent reproduce request
    require rerun reset resolve respect respond restart restore restrict retry return reuse
    revert review rewrite rotate round route run sanitize save scan schedule scope search see
    seed select send separate serve set ship show shut sign simplify skip sort specify split
    squash stage standardize start state stay stick stop store stream strip structure stub
    submit suffix supply support surface switch sync tag take target tell test think throw track
    translate treat trigger trim trust try tune turn type uninstall unify update upgrade upload
    use validate verify view visit wait walk want warn watch wire work wrap write
    """
)
"""Base forms of verbs that begin an order."""

_MORE = """
    pay scrape chat rent own teach heat cook bake travel commute train swim cycle sing dance paint
    affect defer cascade imply yield govern dictate prune tolerate consume cross mutate poll precede
    succeed encapsulate correspond coordinate extend tie win lag drift vary rotate abort share total count
    divide embed define accompany advance announce benefit boost bounce buffer cap charge claim clash
    complain     conform convey deliver deny deviate double duplicate drain echo elect enqueue equal exceed
    exclude exit explain fit flow flush fork fuse grant halt honour index influence interact interfere iterate
    land last lack lead lock loop matter meet mix mutate narrow notice occur offer outlive own park parse
    persist pertain police possess price promise prompt prove qualify quit rank react record recover recur
    register render repeat rest retain reveal ride rise roll rule satisfy scale score serve shape shift
    sign signal spawn spread stall strip struggle subscribe suffice suggest survive swallow tend
    terminate touch trail translate trigger unlock vanish warrant watch win zero
    pay scrape chat sue rent own teach heat cool cook bake travel commute train swim cycle sing dance paint
    appear become belong carry cause come comprise consist cost crash deal depend differ do eat enjoy exist
    expire feel grow happen hate have hear hang help host keep leak like listen live lose love mean meet need
    operate play point prefer reach receive remain replicate reside say seem sit sleep speak spend stand study
    talk take teach throttle understand work
"""
_IRREGULAR = """
    is are was were am has had does did been being can could will would must should shall may might cannot
    ran wrote built kept made took went came got gave found sent left held read chose chosen written taken
    known shown given broke broken bought brought sold began grew spoke told thought knew saw paid put set won
    isn't aren't wasn't weren't hasn't haven't doesn't don't didn't can't won't wouldn't mustn't shouldn't
    i'm you're we're they're it's that's there's he's she's i've we've they've i'll we'll i'd we'd let's
"""


def _forms(verb: str) -> tuple[str, ...]:
    """The verb in base form, third person and past; approximate."""
    if verb.endswith("y") and verb[-2:-1] not in "aeiou":
        return verb, verb[:-1] + "ies", verb[:-1] + "ied"
    if verb.endswith(("s", "sh", "ch", "x", "z", "o")):
        return verb, verb + "es", verb + "ed"
    if verb.endswith("e"):
        return verb, verb + "s", verb + "d"
    return verb, verb + "s", verb + "ed", verb + verb[-1] + "ed"


def _gerunds(verb: str) -> tuple[str, ...]:
    if verb.endswith("e"):
        return (verb[:-1] + "ing",)
    return verb + "ing", verb + verb[-1] + "ing"


BASES = (VERBS | word_set(_MORE)) - {"never"}
"""Base forms of all known verbs."""

_BASE_OF = {form: verb for verb in BASES for form in (*_forms(verb)[2:], *_gerunds(verb))} | {
    "ran": "run", "wrote": "write", "rewrote": "rewrite", "built": "build", "rebuilt": "rebuild",
    "kept": "keep", "made": "make", "took": "take", "gave": "give", "found": "find", "sent": "send",
    "left": "leave", "chose": "choose", "put": "put", "set": "set", "reset": "reset", "told": "tell",
    "split": "split",
}  # fmt: skip

VERB_FORMS = frozenset([form for verb in BASES for form in _forms(verb)] + _IRREGULAR.split())
"""Finite verb forms: a statement needs one."""


def base_of(form: str) -> str | None:
    """The base form of a verb in any form ("pinned" gives "pin"); None for other words."""
    return form if form in BASES else _BASE_OF.get(form)


SMALL_TALK = word_set(
    """
    hi hello hey heya hiya yo howdy greetings morning afternoon evening night good day everyone
    all there guys folks team thanks thank thx ty cheers you so much very a lot again for the
    help that this it's its it is ok okay k kk sure yes yeah yep yup no nope nah fine great nice
    cool awesome perfect excellent amazing wonderful brilliant fantastic lovely sweet neat wow
    whoa omg lol lmao rofl haha hahaha hehe heh ha ah oh uh um hmm hm huh well right alright
    gotcha understood noted agreed exactly indeed absolutely definitely totally sounds looks
    seems bye goodbye goodnight later see ya tomorrow soon cu please sorry apologies oops
    welcome no worries problem never mind nevermind np anytime congrats congratulations yay
    hooray hurray done i do did and but just really too me my friend mate dude bro man now then
    go ahead let's do going got love of course makes sense true maybe perhaps whatever works
    helpful talk chat catch soon bit sec back job work been to be was your awesome
    """
)
"""A text that has only these words says nothing."""

STANDING = re.compile(
    r"\b(?:always|never|next time|(?:each|every) (?:answer|reply|response)|from now on|going forward"
    r"|in (?:the )?future|every time|whenever|each time"
    r"|remember (?:to|that))\b"
)
"""Words of a standing rule, which outweigh the form of a question or a task."""
