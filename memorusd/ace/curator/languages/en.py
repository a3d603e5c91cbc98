"""English: the grammar that the clause parser follows is its own, and the words are those of developers."""

from __future__ import annotations

from .word_table import WordTable

__all__ = ["TABLE"]

TABLE = WordTable(
    code="en",
    roles={
        "preposition": """
            on off in into out from to up down over at by for with of as about onto all every each some
            always must required
        """,
        "conjunction": "and or but",
        "opener": "but because if when whenever unless while whereas until otherwise then",
        "negation": """
            not never no none nobody nothing neither cannot cant dont doesnt isnt arent wont shouldnt
            mustnt
        """,
        "denial": """
            avoid avoids avoided avoiding forbid forbids forbidden prohibit prohibited prohibits ban
            banned disallow disallowed refrain deny denied illegal unacceptable discouraged discourage
            dislike dislikes hate hates refuse refuses unnecessary needless skip skips forget omit nor
            deprecated lack lacks
        """,
        "contrast": "without except excluding minus versus vs",
        "replacing": "instead rather",
        "time": "before after prior",
        "choice": "prefer prefers preferred favor favors favour chosen choose pick",
        "departure": "switch switched migrate migrated move moved",
        "replacement": "replace replaces replaced replacing",
        "stop": "stop quit",
        "direction": "from to into use uses than for as",
        "over": "over",
        "article": "a",
        "auxiliary": """
            do does did is are was were be been being am should must can could would will may might need
            needs has have had shall ought please if or and but when to why it that this they we you i
            also just
        """,
    },
    reasons="because so",
    extra_stop_words="""
        across actually along although always among another anybody anyone basically behind best case
        cases currently done ensure ensured ensures every everybody everyone expected favor favors favour
        favours getting good hence include includes including inside instead kindly lets like liked likes
        make makes making mine need needed needs note okay one's onto otherwise ought per practice prefer
        preference preferred preferring prefers quite rather really recommend recommended recommends
        remember require required requirement requires simple simply somebody someone supposed sure
        therefore thing things though thus today usage use used user's uses using via want wanted wants
        well whenever wise within yet
    """,
    meaningful="""
        above again against else few further give go going how many more most much only tell under why
    """,
    positives={
        "disable": "enable",
        "disabled": "enable",
        "disables": "enable",
        "disabling": "enable",
        "deactivate": "enable",
        "deactivated": "enable",
        "uninstall": "install",
        "uninstalled": "install",
        "unsupported": "support",
    },
    contraries="""
        increase/decrease allow/deny manual/automatic manual/auto singular/plural single/double tab/space
        minimum/maximum oldest/newest older/newer synchronous/asynchronous true/false fast/slow
        large/small high/low bright/dark optional/mandatory optional/required optional/must some/all
        some/every some/each sometimes/always rarely/always usually/always safe/dangerous safe/risky
        success/failure succeed/fail pass/fail above/under more/under least/most long/short early/late
        asleep/awake empty/full hot/cold wet/dry strict/loose strict/lenient strong/weak mutable/frozen
        eager/lazy ascending/descending asc/desc few/many rarely/often lowercase/uppercase static/dynamic
        explicit/implicit stable/unstable clean/dirty noisy/quiet serial/parallel sequential/parallel
        second/minute second/hour minute/hour hour/day day/week week/month month/year millisecond/second
        kilobyte/megabyte megabyte/gigabyte gigabyte/terabyte happy/sad near/far sit/stand
        permanent/temporary mutable/immutable
    """,
    sides="""
        old/new first/last public/private upper/lower left/right internal/external local/remote
        input/output import/export client/server front/back inside/outside foreground/background
        horizontal/vertical light/dark young/old on/off in/out into/out up/down to/from
    """,
    actions="""
        start/stop open/close add/delete accept/reject push/pull encrypt/decrypt lock/unlock show/hide
        connect/disconnect load/unload enter/leave merge/rebase send/receive create/delete read/write
    """,
    unstemmed="all every each some always must required",
    synonyms="""
        enable: activate activated activates; pull request: pr prs; merge request: mr mrs; database: db
        dbs; configuration: config configs cfg; repository: repo repos; environment: env envs;
        development: dev; production: prod; documentation: docs doc; dependency: deps dep; authentication:
        auth; typescript: ts; javascript: js; python: py; kubernetes: k8s; postgresql: postgres psql;
        mongodb: mongo; go: golang went goes gone; argument: args arg; parameter: params param; folder:
        dir dirs directory directories; function: func fn; plain text: plaintext cleartext; file name:
        filename; code: codebase; direct: straight; message: msg msgs; information: info; app: apps
        application applications; temporary: temp tmp; maximum: max; minimum: min; under: beneath below
        fewer less; above: exceed over; before: prior; while: whilst; variable: vars var; virtual machine:
        vm; second: sec secs; millisecond: ms; minute: mins; hour: hr hrs h; kilobyte: kb; megabyte: mb;
        gigabyte: gb; terabyte: tb; kibibyte: kib; mebibyte: mib; gibibyte: gib; build: built; write:
        written wrote; run: ran running; send: sent; keep: kept; hold: held; find: found; take: taken
        took; break: broke broken; choose: chose chosen; store: stored saved save saves; locate: situated;
        live: lives; increase: raise raises bump grow; decrease: reduce lower lowers reduces shrink;
        delete: erase remove removes removed removing drop purge; start: begin begins launch boot; stop:
        end ends halt quit; short: concise brief terse succinct; long: verbose lengthy detailed; large:
        big huge; small: tiny little; fast: quick quickly rapid; fix: repair; change: modify modifies
        modified edit edits edited editing alter altered; check: verify verifies verified verification
        inspect; library: lib libs; package: pkg pkgs; credential: credentials creds; asynchronous: async;
        synchronous: sync; newest: latest; program: programme; color: colour; behavior: behaviour; woman:
        women; man: men; child: children; person: people persons; picture: photo image images photos;
        talk: speak speaks speaking; allow: may allowed allows permit permits permitted ok okay fine
        acceptable permission; minify: minified
    """,
    irregular="""
        drive: drove driven; draw: drew drawn; ride: rode ridden; give: gave given; fall: fell fallen;
        throw: threw thrown; know: knew known; see: saw seen; speak: spoke spoken; begin: began begun;
        drink: drank drunk; eat: ate eaten; grow: grew grown; hide: hid hidden; lose: lost; make: made;
        mean: meant; pay: paid; say: said; sell: sold; show: shown; sleep: slept; spend: spent; stand:
        stood; steal: stole stolen; teach: taught; tell: told; think: thought; understand: understood;
        wear: wore worn; win: won; bind: bound; catch: caught; come: came; feed: fed; forget: forgot
        forgotten; freeze: froze frozen; lead: led; deal: dealt; override: overrode overridden; rebuild:
        rebuilt; rewrite: rewrote rewritten; resend: resent; bring: brought; buy: bought; withdraw:
        withdrew withdrawn; fly: flew flown; sing: sang sung; swim: swam swum; sit: sat; run: ran; fight:
        fought; seek: sought; bear: bore borne; swear: swore sworn; tear: tore torn; shake: shook shaken;
        lend: lent; bend: bent; spin: spun; stick: stuck; hang: hung; hear: heard; feel: felt; meet: met;
        shoot: shot; strike: struck; sweep: swept; undo: undid undone; redo: redid redone
    """,
    literals="""
        #0: zero; #1: one once; #2: two twice; #3: three thrice; #4: four; #5: five; #6: six; #7: seven;
        #8: eight; #9: nine; #10: ten; #11: eleven; #12: twelve; #monday: monday mondays mon; #tuesday:
        tuesday tuesdays tue; #wednesday: wednesday wednesdays wed; #thursday: thursday thursdays thu;
        #friday: friday fridays fri; #saturday: saturday saturdays; #sunday: sunday sundays; #weekend:
        weekend weekends; #weekday: weekday weekdays; #january: january jan; #february: february feb;
        #april: april apr; #june: june jun; #july: july jul; #august: august aug; #september: september
        sep sept; #october: october oct; #november: november nov; #december: december dec
    """,
    units="second: s; hour: h; minute: m; day: d; thousand: k",
    rates="second sec minute min hour day week month",
    joined_prefixes="no non re un pre multi",
    contrary_prefixes="un in im non dis a ir anti de",
    short_prefixes="un im non",
    contrary_suffixes="less ful",
    placing_verbs="be belong contain go hold keep live locate place put reside sit store find",
    doing_verbs="do perform execute run",
    empty_verbs="happen occur write set work switch adopt follow add",
    empty_nouns="""
        app call code command correct explicit file folder key kind level mode name new process project
        proper server statement system thing tool type up value way
    """,
    numbered="""
        step issue ticket adr rfc phase chapter section table figure item rule part bug sprint milestone
        story task http status line
    """,
)
