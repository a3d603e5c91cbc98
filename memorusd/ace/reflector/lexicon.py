"""The words that the rules know: verbs, tools, small talk, and function words that tell languages apart."""

from __future__ import annotations

import re
from typing import Literal

__all__ = [
    "BASES",
    "FAMILIES",
    "SMALL_TALK",
    "TOOLS",
    "VERBS",
    "VERB_FORMS",
    "Language",
    "base_of",
    "language_of",
    "straight",
    "word_set",
    "words_of",
]

_HAN = re.compile(r"[\u3400-\u9fff]")
_LETTER = re.compile(r"[^\W\d_]")
_KANA_HANGUL = re.compile(r"[\u3040-\u30ff\uac00-\ud7af]")
_OTHER_SCRIPT = re.compile(r"[\u0370-\u1fff]")
_ACCENTED = re.compile(r"[¡¿À-ÖØ-öø-ÿĀ-ſ]")


def word_set(text: str) -> frozenset[str]:
    """The words of a list that is written as text."""
    return frozenset(text.split())


_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")


_NO_APOSTROPHE = re.compile(
    r"\b(?:(can|don|doesn|didn|isn|aren|wasn|weren|couldn|shouldn|wouldn|won|haven|hasn|hadn)t"
    r"|(i|you|we|they)ve|(you|they)re|(i)m|(that|what|there|here)s)\b"
)
_ENDINGS = ("'t", "'ve", "'re", "'m", "'s")


def straight(text: str) -> str:
    """The text in small letters, apostrophes straight, and put in where haste left them out ("dont")."""
    return _NO_APOSTROPHE.sub(
        lambda match: match[match.lastindex or 0] + _ENDINGS[(match.lastindex or 1) - 1],
        text.lower().replace("’", "'"),
    )


def words_of(text: str) -> list[str]:
    """The words of a text, in small letters, apostrophes straight."""
    return _WORD.findall(text.lower().replace("’", "'"))


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
"""Base forms, as they begin an order."""

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
    """The verb as third person and in the past, near enough."""
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
"""Base forms of every verb that is known here."""

_BASE_OF = {form: verb for verb in BASES for form in (*_forms(verb)[2:], *_gerunds(verb))} | {
    "ran": "run", "wrote": "write", "rewrote": "rewrite", "built": "build", "rebuilt": "rebuild",
    "kept": "keep", "made": "make", "took": "take", "gave": "give", "found": "find", "sent": "send",
    "left": "leave", "chose": "choose", "put": "put", "set": "set", "reset": "reset", "told": "tell",
    "split": "split",
}  # fmt: skip

VERB_FORMS = frozenset([form for verb in BASES for form in _forms(verb)] + _IRREGULAR.split())
"""Finite forms: what makes a statement of a row of words."""


def base_of(form: str) -> str | None:
    """The base form of a verb in the past, in -ing or in base form ("pinned": "pin"); None of other words."""
    return form if form in BASES else _BASE_OF.get(form)


FAMILIES: tuple[frozenset[str], ...] = tuple(
    frozenset(line.split())
    for line in """
    npm yarn pnpm bun
    pip uv poetry pipenv conda pdm
    jest vitest mocha jasmine ava
    pytest unittest nose
    black ruff yapf autopep8
    flake8 ruff pylint
    eslint biome oxlint tslint
    webpack vite rollup esbuild parcel turbopack
    docker podman
    mysql postgres postgresql sqlite mariadb mongodb
    redis memcached valkey
    kafka rabbitmq nats
    maven gradle bazel
    cypress playwright selenium
    rest graphql grpc
    tabs spaces
    axios fetch ky
    moment dayjs luxon
    flask django fastapi
    react vue svelte angular
    merge rebase squash
    log4j logback
    bash zsh fish
    vim neovim emacs vscode
    """.strip().splitlines()
)
"""Alternatives to each other: when one is put right, the other was meant."""

TOOLS = word_set(
    """
    airflow alembic ansible apt argocd aws awscli axios azure babel bash bazel biome black brew
    buf bun cargo celery clang clippy cmake composer conda confluence cypress datadog deno
    django docker dockerfile emacs eslint express fastapi figma fish flake8 flask flyway gcc
    gcloud gh git github gitlab gofmt golangci-lint gradle grafana grpc gunicorn hatch helm
    heroku homebrew husky istio jenkins jest jira journalctl jq jupyter kafka k8s kubectl
    kubernetes langchain lerna liquibase litellm lint-staged lldb make mariadb maven memcached
    mocha mongodb mypy mysql nats neovim nextjs nginx node npm npx numpy nuxt nx okta openssl
    orval pandas pdm pip pipenv pipx playwright pnpm podman poetry postgres postgresql postman
    pre-commit prettier prisma prometheus protoc psql pulumi pydantic pylint pyright pytest
    rabbitmq rails react redis rollup rsync ruff rustc rustfmt rustup sbt sccache selenium
    sentry slack snowflake spring sqlalchemy sqlite ssh storybook stripe supabase svelte swagger
    systemctl systemd tailwind tailwindcss terraform tilt tmux tox tsc turbo turborepo typer
    typescript unittest uv uvicorn valkey vault vercel vim vite vitest vscode vue webpack
    wrangler xcode yarn zod zsh
    """
)

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
"""Texts of nothing but these say nothing."""

_ENGLISH = word_set(
    """
    the a an is are to and of in for on with we you it this that use be not our my your i when
    if must should do don't never always all from by at as or has have run only new every before
    after into no it's i'm they he she his her its can will was were been their them any each
    but so than then there which who
    """
)
_FOREIGN = word_set(
    """
    der die das und ist nicht wird ein eine im mit für auf auch immer nie niemals bitte wir ich
    sie zu den dem des werden muss müssen sind schreib keine kein el la los las es en por para
    con una siempre nunca usa este esta que del se no le les est une dans pour toujours jamais
    avec sur pas nous vous je il elle ne du au aux não é com uma os as sempre em do da dos das o
    e di il lo gli che per non sempre mai sono è nel och att det inte alltid aldrig het een niet
    altijd nooit voor van nie zawsze nigdy jest w na
    """
)


Language = Literal["english", "chinese", "other"]


def language_of(text: str) -> Language:
    """Which patterns a sentence is read with. Chinese is Han without kana, and more than a word of it."""
    han = len(_HAN.findall(text))
    if han or not text.isascii():
        letters = len(_LETTER.findall(text))
        if _KANA_HANGUL.search(text):
            return "other"
        if han >= 2 and han * 6 >= letters:
            return "chinese"
        if len(_OTHER_SCRIPT.findall(text)) * 3 > letters:
            return "other"
    words = words_of(text[:600])
    english = sum(word in _ENGLISH for word in words)
    foreign = sum(word in _FOREIGN for word in words)
    if foreign > english and not (words[0] in VERBS and english):
        return "other"
    if not english and _ACCENTED.search(text):
        return "other"
    return "english"
