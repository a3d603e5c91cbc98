"""Which words carry meaning, and in one form each: `PRs are formatted` and `format the pull request` meet.

The stemmer only joins what belongs together in technical English (lint, linter, linting); it need not be
right, only the same for both texts. The synonyms are abbreviations, irregular verbs, and plain words that
mean the same to every developer.
"""

from __future__ import annotations

from functools import lru_cache

__all__ = ["ABOUT", "DOING", "EMPTY", "PLACING", "SAME", "forms", "split", "term"]


def split(words: str) -> frozenset[str]:
    """The words of a list written as a text."""
    return frozenset(words.split())


def forms(groups: str) -> dict[str, str]:
    """From `word: form form; word: form` to a word for each form."""
    pairs = (group.split(":") for group in groups.split(";"))
    return {form: word.strip() for word, forms in pairs for form in forms.split()}


_STOP = split(
    """
    a an the this that these those there here it its itself they them their he she his her him i me my
    mine we us our you your yours who whom whose which what is are was were be been being am do does did
    done doing has have had having will would shall should must can could might ought let lets s t re ve
    ll d m of in at to for from by as into onto within inside on upon with per via about and or nor than
    then so too also just very really quite please always ever each every all both any some such same
    own other another make makes sure making ensure ensures ensured remember note use uses used using
    usage user's instead rather wise one's someone somebody anyone anybody everyone everybody get gets
    got getting like likes liked want wants wanted prefer prefers preferred preferring preference favor
    favour favors favours need needs needed require requires required requirement supposed expected
    while thing things case cases if when whenever where because since but however yet though although
    otherwise therefore thus hence kindly currently now today simply basically actually simple good
    practice best recommended recommend recommends including include includes yes okay well along across
    behind
    during through between among de la le les el los un une ein eine der die das den dem und et
    y o oder ne des du sie wir nous vous
    """
)
PLACING = split("be belong contain go hold keep live locate place put reside sit store find")
"""Verbs that say where something is, and little else: one stands for another."""

DOING = split("do perform execute run")
"""Verbs that say that something is done: one stands for another."""

EMPTY = split("happen occur write set work switch adopt follow add")
"""Verbs that add little to what is done or is, but do not stand for each other."""

ABOUT = split(
    """
    app call code command correct explicit file folder key kind level mode name new process project
    proper server statement system thing tool type up value way
    """
)
"""Words that add little to the name beside them: `the API (server)`, `print (statements)`."""

SAME = forms(
    """
    enable: activate activated activates;
    pull request: pr prs; merge request: mr mrs; database: db dbs; configuration: config configs cfg;
    repository: repo repos; environment: env envs; development: dev; production: prod; documentation:
    docs doc; dependency: deps dep; authentication: auth; typescript: ts; javascript: js; python: py;
    kubernetes: k8s; postgresql: postgres psql; mongodb: mongo; go: golang went goes gone; argument:
    args arg; parameter: params param; folder: dir dirs directory directories; function: func fn; plain
    text: plaintext cleartext; file name: filename; code: codebase; direct: straight; message: msg msgs;
    information: info; app: apps application applications; temporary: temp tmp; maximum: max; minimum:
    min; under: beneath below fewer less; above: exceed over; before: prior; while: whilst; variable:
    vars var; virtual machine: vm; second: sec secs; millisecond: ms; minute: mins; hour: hr hrs h;
    kilobyte: kb; megabyte: mb; gigabyte: gb; terabyte: tb; kibibyte: kib; mebibyte: mib; gibibyte: gib;
    build: built; write: written wrote; run: ran running; send: sent; keep: kept; hold: held; find:
    found; take: taken took; break: broke broken; choose: chose chosen; store: stored saved save saves;
    locate: situated; live: lives; increase: raise raises bump grow; decrease: reduce lower lowers
    reduces shrink; delete: erase remove removes removed removing drop purge; start: begin begins launch
    boot; stop: end ends halt quit; short: concise brief terse succinct; long: verbose lengthy detailed;
    large: big huge; small: tiny little; fast: quick quickly rapid; fix: repair; change: modify modifies
    modified edit edits edited editing alter altered; check: verify verifies verified verification
    inspect; library: lib libs; package: pkg pkgs; credential: credentials creds; asynchronous: async;
    synchronous: sync; newest: latest; program: programme; color: colour; behavior: behaviour; woman:
    women; man: men; child: children; person: people persons; picture: photo image images photos; talk:
    speak speaks speaking; allow: may allowed allows permit permits permitted ok okay fine acceptable
    permission; minify: minified
    """
)
_IRREGULAR = forms(
    """
    drive: drove driven; draw: drew drawn; ride: rode ridden; give: gave given; fall: fell fallen;
    throw: threw thrown; know: knew known; see: saw seen; speak: spoke spoken; begin: began begun;
    drink: drank drunk; eat: ate eaten; grow: grew grown; hide: hid hidden; lose: lost; make: made;
    mean: meant; pay: paid; say: said; sell: sold; show: shown; sleep: slept; spend: spent; stand:
    stood; steal: stole stolen; teach: taught; tell: told; think: thought; understand: understood; wear:
    wore worn; win: won; bind: bound; catch: caught; come: came; feed: fed; forget: forgot forgotten;
    freeze: froze frozen; lead: led; deal: dealt; override: overrode overridden; rebuild: rebuilt;
    rewrite: rewrote rewritten; resend: resent; bring: brought; buy: bought; withdraw: withdrew
    withdrawn; fly: flew flown; sing: sang sung; swim: swam swum; sit: sat; run: ran; fight: fought;
    seek: sought; bear: bore borne; swear: swore sworn; tear: tore torn; shake: shook shaken; lend:
    lent; bend: bent; spin: spun; stick: stuck; hang: hung; hear: heard; feel: felt; meet: met; shoot:
    shot; strike: struck; sweep: swept; undo: undid undone; redo: redid redone
    """
)
_VOWELS = frozenset("aeiouy")
_ENDINGS = (
    ("ization", 3), ("isation", 3), ("ation", 4), ("ment", 4), ("ing", 3), ("ed", 3), ("ly", 4), ("er", 4)
)  # fmt: skip
"""Endings, and the letters that must remain before each."""


@lru_cache(maxsize=16384)
def term(word: str) -> str:
    """The one form of a lower-case word: "" if it carries no meaning; may be two words ("pull request")."""
    known = SAME.get(word)
    if known is not None:
        return " ".join(map(_stem, known.split()))
    if word in _STOP:
        return ""
    if not word.isascii():
        return word
    return _stem(_IRREGULAR.get(word) or SAME.get(_singular(word), word))


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def _stem(word: str) -> str:
    if len(word) < 4:
        return word
    if word.endswith("ies"):
        word = word[:-3] + "y"
    elif word.endswith(("sses", "xes", "ches", "shes", "zzes")):
        word = word[:-2]
    elif word.endswith("s") and not word.endswith(("ss", "us", "is")) and _VOWELS.intersection(word):
        word = word[:-1]  # but https is no plural
    if word.endswith("ically"):
        word = word[:-4]
    for ending, least in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= least:
            rest = word[: -len(ending)]
            if not _VOWELS.intersection(rest):
                break
            if len(rest) > 3 and rest[-1] == rest[-2] and rest[-1] not in "lsz":
                return rest[:-1]  # formatting, stopped
            if ending in ("ing", "ed", "ation"):
                return _tail(rest)
            return rest if ending != "er" else _tail(rest)
    return _tail(word)


def _tail(word: str) -> str:
    """Without the endings that come and go: generat(e), dependenc(y)."""
    if (word.endswith(("ie", "i")) and len(word) > 2) or (word.endswith("y") and word[-2] not in _VOWELS):
        return word.rstrip("ey").removesuffix("i") + "i"
    if word.endswith("e") and len(word) > 3:
        word = word[:-1]
        if word.endswith("at") and len(word) > 5:
            word = word[:-2]
    return word
