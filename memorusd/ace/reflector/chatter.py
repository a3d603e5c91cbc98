"""What is not worth keeping, sentence by sentence: small talk, questions, one-off tasks, progress talk.

Each test gives a reason in plain words, which `add` hands on to the caller beside SKIP.
"""

from __future__ import annotations

import re

from .lexicon import SMALL_TALK, VERBS, straight, words_of

__all__ = ["is_commission", "is_momentary", "is_question", "is_small_talk", "is_task", "progress_or_report"]

_EMOJI_OR_SIGN = re.compile(r"[\W_]+")

_PHRASES = re.compile(
    r"""^(?:(?:oh|ah|well|so|and|but|yeah|yes|no|haha|wow|hey|hi|ok|okay)[ ,!.]{1,2}){0,3}(?:
      have\ (?:a|an)\ (?:\w+\ ){0,2}(?:day|weekend|evening|night|one|time|trip|holiday|vacation
        |afternoon|week|morning)\b
    | (?:how|what)(?:'s|\ is|\ are|\ was|\ have)\ (?:you|it\ going|things|everything|your|up|new|life)\b
    | (?:see|talk\ to|catch|speak\ to)\ (?:you|ya|u)\b | (?:happy|merry)\ (?:birthday|new|christmas
      |friday|monday|holidays|easter|anniversary)
    | good\ (?:morning|afternoon|evening|night|luck|job|work|question|point|idea|one|catch|to\ (?:see
      |hear|know|meet))\b
    | (?:i'm|i\ am|im|we're|feeling|i\ feel|i\ was)\ (?:so\ |really\ |very\ |pretty\ |just\ |a\ bit\
      |kinda\ |quite\ |too\ |also\ |still\ |doing\ |super\ )*
      (?:tired|bored|hungry|excited|happy|sad|sleepy|fine|good|well|great|ok|okay|exhausted|glad|sorry
        |sure|not\ sure|here|back|busy|
        stuck|confused|lost|late|ready|done|curious|impressed|amazed|thrilled|stressed|swamped|proud
          |thankful|grateful|off\ to|on\ my\ way|kidding|joking|
        looking\ forward|thirsty|cold|sick\ of)\b
    | (?:nice|lovely|beautiful|awful|terrible|bad|great|crazy)\ (?:weather|day|try|work|job|one
      |to\ (?:meet|see|hear)|evening|talking)\b
    | (?:the\ )?weather\ (?:is|was|looks|seems|today)\b | it(?:'s|\ is)\ (?:so\ |really\ |very\ )?(?:hot
      |cold|raining|sunny|late|early|nice|fun|funny|friday|monday|amazing)\b
    | what\ an?\ (?:\w+\ )?(?:day|week|night|mess|shame|relief|surprise|view|game|idea|joke|morning)\b
    | (?:you're|you\ are|ur)\ (?:\w+\ ){0,2}(?:best|welcome|right|awesome|amazing|genius|star|hero|great
      |kidding|funny|hilarious|lifesaver)\b
    | (?:i'm\ |so\ |really\ |very\ )*(?:glad|happy|pleased)\ (?:that|to|i|you|it|we)\b
    | (?:please\ )?let\ me\ know\ (?:if|when|what|how|whether)\b | feel\ free\ to\ (?:ask|reach|let)\b
      | (?:is\ there\ )?anything\ else\b
    | (?:that's|that\ is|that\ was|this\ is|this\ was|it's|it\ was)\ (?:\w+\ ){0,3}(?:funny|hilarious
      |great|awesome|cool|amazing|nice|perfect|good|weird|crazy|
        interesting|lovely|sweet|wonderful|fantastic|sad|true|fair|fun|wild|brilliant|neat|helpful
          |impressive|fine|ok|okay|odd|strange)(?:!|\.|,|$|\ (?:to\ hear|news|idea|work|!))
    | (?:can't|cannot)\ (?:wait|believe|complain)\b | (?:that|this|the)\ \w+\ (?:is|was)\ (?:so|really
      |very|pretty|just)\ \w+(?:!|\.|$)
    | (?:the\ |my\ )?\w+\ (?:is|was)\ (?:great|awesome|amazing|fun|delicious|nice|good|lovely|terrible
      |awful|fantastic)[.!]*$
    | [\w'’ ]{2,40}\ (?:is|are|was|were|looks?|tastes?|sounds?|feels?|smells?)
      \ (?:(?:just|so|really|very|pretty|absolutely|quite|such\ an?)\ ){0,3}
      (?:great|awesome|amazing|fun|funny|delicious|nice|lovely|terrible|awful|gorgeous|fantastic|incredible
        |wonderful|beautiful|hilarious|exhausting|boring|cute|adorable|crazy|insane|wild|disgusting|horrible
        |stunning|cool|sweet|tasty|yummy|annoying|brutal|freezing|boiling|fried|toast|mush|killing\ me
        |spinning)(?:\ (?:today|tonight|lately|here|outside|this\ \w+|right\ now|these\ days))?[.!]*$
    | (?:it's|it\ has|today's|it\ was|what)\ (?:been\ )?(?:such\ )?an?\ (?:\w+\ )?
      (?:day|week|morning|night|month|year)\b
    | just\ (?:got|came)\ (?:back|home|here|up)\b
    | brb\b | gtg\b | afk\b | ttyl\b | lol\b | lmao\b | rofl\b | haha | hehe | heh\b
    | (?:i|we)\ (?:just\ )?(?:had|ate|grabbed|made|got|have)\ (?:\w+\ ){0,4}(?:for\ (?:lunch|dinner
      |breakfast)|a\ (?:coffee|snack|nap|beer))\b
    | (?:just\ )?(?:grabbing|getting|having|making|taking)\ (?:a\ |some\ |my\ )?(?:quick\ )?(?:coffee
      |lunch|dinner|breakfast|tea|break|nap|snack|shower|beer)\b
    | (?:long\ time\ no\ see|same\ here|my\ bad|my\ pleasure|my\ apologies|it\ happens|not\ bad
      |fair\ enough|makes\ sense|sounds\ (?:good|great|like|fun|awesome|perfect)|
        no\ (?:worries|problem|way|idea|rush|need|thanks)|of\ course|will\ do|on\ it|got\ it
          |same\ to\ you|you\ too|take\ care|take\ your\ time|good\ for\ you|
        keep\ (?:it\ up|up\ the)|well\ done|nice\ one|nicely\ done|here\ you\ go|here\ we\ go|you\ bet
          |you\ got\ it|cheers|congrat\w+|welcome\ (?:back|to|aboard)|
        thank\ (?:you|god|goodness)|thanks|thx|you\ know\ what|guess\ what|long\ story|oh\ (?:no|my|man
          |well|wow|god)|omg|wow|ugh|phew|yay|oops|whoops|sorry)\b
    | i\ (?:think\ so|hope\ (?:so|you|this|that|it)|guess\ so|love\ (?:it|that|this|you|your)
      |like\ (?:it|that|this|your)|see|agree|know(?:,|\ right|!|$|\.|\ what)|understand|appreciate
      |don't\ (?:know|care|mind|think\ so|understand)|
        have\ no\ idea|can't\ (?:wait|believe|complain|remember)|(?:would\ )?apologi[sz]e
          |was\ (?:just\ )?(?:kidding|joking|wondering|thinking)|hear\ you|get\ it|bet|missed\ you|miss\ you
          |thought\ so|wish)\b(?!\ (?:when|how|more))
    | (?:yes|yeah|yep|yup|sure|nope|nah|ok|okay|right|true|exactly|absolutely
      |definitely)(?:[,!. ]+(?:i\ (?:think|guess|know|do|did|am|agree)|that|it|this|please|exactly|you|sure
      |thanks|go\ ahead|do\ (?:it|that))\b|$)
    | why\ did\ the\ \w+\ | (?:a|an|two|three)\ \w+(?:\ and\ an?\ \w+)?\ walks?\ into\ a\ bar
      | knock[ ,]+knock | i\ (?:told|asked)\ my\ | there\ are\ only\ 10\ (?:types|kinds)
    | why\ (?:do|don't|can't|are|was|were|did)\ \w+\ [^?]{1,80}\?\ because
      | to\ get\ to\ the\ other\ side | how\ many\ \w+\ does\ it\ take
    | (?:tell|give)\ me\ (?:a|another|some)\ (?:joke|story|fun|riddle) | you\ never\ know\b
      | never\ mind\b | nevermind\b | never\ (?:heard|thought|say\ never)\b
    | as\ always\b | don't\ (?:worry|mention|sweat|be\ (?:sorry|silly)|mind)\b | long\ day\b
      | (?:mondays|fridays)\b | (?:gotta|got\ to|have\ to)\ (?:go|run|love)\b
    | speak\ soon | hope\ (?:you|this|that|it|all)\b | enjoy\ (?:your|the|it)\b | (?:as\ an?\ (?:ai
      |language\ model)) | i\ don't\ have\ (?:feelings|weekends|a\ body|personal)
    | you\ (?:made\ my|saved\ (?:me|my)|rock\b|crack\ me|scared\ me)
    | appreciate\ (?:it|that|you)\b
    | wish\ me\ luck | fingers\ crossed | that\ (?:makes|sounds|works|helps|being\ said
      |explains)\b(?=[^,]{0,40}$) | (?:sure|great|good)\ thing\b
    )""",
    re.VERBOSE,
)
_LAUGH = re.compile(r"(?:\b(?:lol|lmao|rofl|ha(?:ha)+|he(?:he)+)\b|\b(?:way|far) too \w+[.!]*$|[😂🤣😆])")

_ASKS = re.compile(
    r"^(?:and |but |so |ok(?:ay)?,? |hey,? |hi,? |hmm?,? |well,? |btw,? |also,? |um+,? )?(?:"
    r"(?:what|which|who|whom|whose|where|how)(?:'s|'re)? (?!(?:matters|works|we need)\b)"
    r"|(?:does )?any(?:one|body) (?:know|here|have|else|seen|tried)\b|why\b(?! not only)|(?:is|are|was"
    r"|were|does|do|did|can|could|would|should|will|shall|has|have"
    r"|had|may|might|am"
    r"|isn't|aren't|doesn't|don't|didn't|can't|couldn't|wouldn't|shouldn't|won't) (?:i|you|we|they|it"
    r"|he|she|there|this|that|the|my|our|your|any|anyone|someone|these|those)\b"
    r"|(?:i wonder|i'm wondering|i was wondering|wondering|any (?:idea|chance|thoughts|suggestions)"
    r"|do you know|what about|how about|i'd like to know|i want to know|not sure (?:if|whether|how|why"
    r"|what)|when (?:is|are|do|does|did|will|was|were|can|should)\b))"
)
_HOW_TO = re.compile(r"^(?:how to|where to|what to|why|when to) ")
_TAG = re.compile(r"[,;] ?(?:ok|okay|alright|please|yes|yeah|thanks|got it|deal|understood)\?$")
_STANDING = re.compile(
    r"\b(?:always|never|next time|(?:each|every) (?:answer|reply|response)|from now on|going forward"
    r"|in (?:the )?future|every time|whenever|each time"
    r"|remember (?:to|that))\b"
)

_VERBS = (
    "fix|rename|refactor|write|create|generate|translate|summari[sz]e|review|debug|implement|explain|add|remove|delete|change|update|make|build"
    "|bump|push|commit|merge|rebase|deploy|run|rerun|check|show|find|look|list|move|replace|convert"
    "|optimi[sz]e|simplify"
    "|clean|split|extract"
    "|test|try|give|tell|help|read|open|search|investigate|figure|redo|undo|revert|continue|proceed"
    "|start|stop|set|put|draft|prepare|send"
    "|analy[sz]e|compare|design|format|improve|increase|decrease|reduce|insert|install|upgrade"
    "|downgrade|migrate|port|wire|hook|style|center"
    "|align|adjust|tweak|scaffold|finish|complete|drop|apply|copy|paste|compute|calculate|count|plot"
    "|draw|sort|filter|rewrite|rework|polish"
    "|proofread|shorten|expand|enable|disable|restart|kill|close|hide|swap|turn|use|do|go|let's|let us"
    "|handle|connect|configure|document"
    "|describe|suggest|propose|recommend|pick|choose|book|order|call|email|remind|print|export|import"
    "|log|take|get|bring|plan|organi[sz]e"
)
_TASK = re.compile(

r"^(?:(?:ok(?:ay)?|so|now|then|and|also|next|first|great|cool|perfect|hey|hi|yes|no|sure|alright"
r"|right|good|thanks|please|just|actually|finally|but)[,!.:]? )*"

r"(?:(?:can|could|would|will) (?:you|we) (?:please |also |just )*|i(?:'d| would) like (?:you )?to "
r"|i (?:want|need) (?:you )?to |i(?:'m| am) (?:trying|looking|going|about|planning) to |we (?:need"
r"|want|have) to |we should (?:probably )?"

r"|you (?:can|could|should) (?:now |also )?|help me (?:to )?|please (?:also |just )?|let's "
r"|try to |go ahead and )?"
    r"(?:also |just |now |then |please |quickly |maybe )*(?:" + _VERBS + r")\b"
)  # fmt: skip
_WISH = re.compile(
    r"^(?:(?:ok(?:ay)?|so|now|and|also|hey|hi|but|please)[,!.]? )*"
    r"(?:i (?:want|need|would like)|i'd (?:like|love)|we (?:need|want)|i(?:'m| am) (?:trying|looking"
    r"|planning|going|working|building|making|writing|getting|seeing|having|using it|about)"
    r"|(?:can|could|would|will) (?:you|we|i)\b|let's\b|let us\b|help\b|it would be (?:nice|great|good)"
    r"|would you|show me|give me|tell me|how about)"
)
_ONE_OFF = re.compile(
    r"^(?:please )?(?:(?:fix|rename|translate|summari[sz]e|explain|refactor|debug|review|reformat"
    r"|rewrite|proofread|optimi[sz]e|finish|help|show|tell|remind) "
    r"(?:me|us|him|her|the|this|that|these|those|my|it|them)\b"
    r"|(?:can|could|would|will) you\b|help me\b|(?:write|create|generate|make|build|implement|design"
    r"|draw|code) (?:me |us )?(?:a|an|some|the|this) (?:\w+ )?(?:function|script|program|class"
    r"|component|poem|story|essay|button|page|regex|query|app|game|website|email|letter|haiku|song"
    r"|list|joke)\b"
    r"(?![^.]{0,200}\b(?:every|each|all|always|never|any|when|before|after|whenever|for new|if|instead"
    r"|rather|per|to avoid|so that)\b))"
)

_POINTS = re.compile(
    r"\b(?:earlier|just now|from before|(?:i|you|we) (?:just )?(?:had|made|wrote|sent|gave|said|showed"
    r"|opened)"
    r"|the (?:last|first|second|other|previous) one|the (?:one|rest|same) (?:above|below|as))\b"
)
"""What only this conversation knows."""
_ADJUSTS = re.compile(
    r"^[a-z]+ (?:the|this|that|these|those|it|my) ?[^.,;]{0,60}\b(?:bigger"
    r"|smaller|larger"
    r"|darker|lighter|bolder|brighter|wider|narrower|taller|shorter|thinner|thicker|higher|lower|left"
    r"|right|up|down"
    r"|a bit|a little)[.!]*$"
)
"""One thing, made a little different."""
_COMMISSION = re.compile(
    r"(?:please )?(?:can you |could you )?(?:write|create|generate|draft|compose|tell|give|make"
    r"|sing) (?:me |us )?"
    r"(?:a|an|another|some) (?:[\w-]+ )?(?:post|article|poem|haiku|song|story|joke|essay|tweet|speech"
    r"|letter|limerick|rap)\b"
)

_PROGRESS = re.compile(
    r"^(?:(?:ok(?:ay)?|so|now|then|next|first|great|perfect|good|alright|right|sure|yes|done|excellent"
    r"|finally|and|also|but|hmm|wait|actually|got it|of course|certainly|absolutely|understood|thanks"
    r"|noted)[,!.:—-]* )*(?:"
    r"let me\b|let's\b|to (?:fix|solve|do|check|verify|test|confirm) (?:this|that|it),? (?:we|i|let)\b"
    r"|i'll\b|i will\b|i'm going to\b|i am going to\b|i'm (?:now |just )?\w+ing\b"
    r"|i've\b|i have (?:now |also |just |already |successfully )?\w+(?:ed|n|t|de|ne)\b|i (?:just |now "
    r"|also |then |already |first )?(?:need|want|can|see|found|added|updated|created|fixed|changed"
    r"|ran|read|checked|looked|moved|renamed|removed|wrote|made|put|used|opened|implemented|refactored"
    r"|started|noticed|think|believe|should|have|did|set|was|am|understand|replaced|pushed|committed"
    r"|tested|verified|installed|kept|left|tried|went|got|couldn't|could|would|may|might|don't|can't"
    r"|cannot|cleaned|extracted|converted|rewrote|deleted|merged|split|reviewed|skipped|applied|chose"
    r"|decided)\b"
    r"|we(?:'re| are) (?:now |almost )?\w+ing\b|we (?:can|now|still|need|have) (?:now|proceed|move|see"
    r"|to|a)\b|(?:looking|running|checking|reading|searching|updating|creating|starting|working|fixing"
    r"|adding|testing|installing|building|executing|retrying|trying|opening|moving|writing|applying"
    r"|verifying|analy[sz]ing|investigating|committing|pushing|generating|examining|exploring"
    r"|continuing|waiting|implementing|refactoring|cleaning|reviewing|removing|replacing|deploying"
    r"|debugging|fetching)\b"
    r"|(?:all|the) (?:\d+ )?(?:\w+ )?(?:tests?|checks?|builds?|types?|specs?|suite|pipeline|linter"
    r"|changes?|implementation|file|files|function|code|fix|refactor\w*|migration|output|deploy\w*"
    r"|script|page|server|app|pr)(?: \w+)? (?:now |still |all |also |has |have |is |are |looks? |was "
    r"|were )*(?:pass\w*|green|succe\w+|complete\w*|done|ready|good|clean|fine|fail\w*|work\w*|broken"
    r"|updated|added|created|running|finished|up|live|in place|red|pushed|deployed|not working|hang\w*"
    r"|crash\w*|timing out)\b"
    r"|(?:everything|all|that|this|it) (?:now |still |should |is |are |was |looks? |all "
    r"|seems? )*(?:pass\w*|green|succe\w+|complete|done|ready|good|clean|fine|work\w*|updated|finished"
    r"|up to date|set|in place|(?:not |un)\w*resolved|failing)\b"
    r"|(?:here's|here is|here are|below is|there you go|this is the)\b|good progress|step \d|task \d"
    r"|part \d|phase \d|(?:done|pushed|deployed|committed|merged|updated|fixed|added|created|renamed"
    r"|removed|installed|finished|completed|implemented|refactored|moved|replaced|applied|cleaned"
    r"|reverted|running)\b"
    r"|(?:two|three|four|five|\d+) of (?:the )?(?:two|three|four|five|six|\d+)\b|\d+ (?:tests?|files?"
    r"|errors?|warnings?|failures?) (?:pass|fail|chang|remain|left|found|were|are)\w*|no (?:errors"
    r"|failures|warnings|changes|issues)\b|would you like\b|do you want\b|if you(?:'d| would) like\b"
    r"|if you want,? i\b|want me to\b)"
)
_REPORT = re.compile(
    r"(?:\b(?:is|are|was|were|keeps?|still|it's|they're|just|now|starts?|started)(?: \w+)? (?:failing"
    r"|broken|not working|crash\w*|misaligned|stuck|hanging|throwing|down|red|missing|timing out|slow"
    r"|flaky|wrong|gone|empty|blank|weird)\b"
    r"|\b(?:doesn't|does not|didn't|won't|don't|isn't|aren't|not) (?:seem to |even )?(?:work|compile"
    r"|build|load|render|start|show|pass|run|fit|open|respond|help|match|happen|working|showing"
    r"|loading)\b(?! (?:with|on|in|for|when|if|unless|until|without|under|behind|inside)\b)"
    r"|\bi(?:'m| am| keep| just)? (?:getting|get|got|see|seeing|have|having|hit|hitting|noticed"
    r"|notice)\b.{0,60}\b(?:error|errors|exception|warning|crash|failure|issue|problem|bug|message"
    r"|timeout|404|500|blank|nothing)\b"
    r"|\b(?:right now|at the moment|this morning|earlier today|just now|for now|as we speak)\b)"
)


_STANDS = re.compile(
    r"^(?:(?:please|and|also|but|so|oh|no),? )*(?:don't|do not|never|always)\b|\bbecause\b.{3,160}, so\b"
)
"""An order, or a state with its cause and its consequence: it is not of the moment."""
_BARE_PROGRESS = re.compile(
    r"^(?:(?:ok(?:ay)?|so|now|then|next|great|good|alright|right|hmm|wait|sure"
    r"|perfect)[,!.:]* )*(?:let me (?!know)\w"
    r"|i(?:'ll| will) (?:now |just |go |also |first |then )*(?:check|look|take a|try|run|start|fix|add"
    r"|update|do|see"
    r"|create|make|write|read|open|investigate|implement|begin|continue|search|move|rename|remove|refactor"
    r"|test|push|commit|merge|deploy|install|be right|ping|let|get back)\b"
    r"|(?:i'm|i am|we're|we are) (?:now |just |still |currently |also |about to "
    r"|going to )*(?:(?:getting(?! married"
    r"| divorced| a (?:dog|cat|new))|seeing|hitting|trying|about to|going to (?:check|look|run|try|fix"
    r"|start|refactor|update|add|write|change|test|push|merge|deploy"
    r"|rename|remove|read|open|investigate|implement|search|create|make|do|move|see))\b"
    r"|(?!learning|living|taking|using|studying|training|planning|leaving|attending|managing|leading|teaching"
    r"|raising|caring|writing the)\w+ing (?:\w+ )?(?:the|this|it|that|these|those|all|tests?|your|through"
    r"|into"
    r"|another|a (?:fix|test|look|few|quick))\b)"
    r"|(?:i|we)(?:'ve| have)? (?:just |already |now |successfully )*(?:fixed|added|updated|created|removed"
    r"|pushed"
    r"|committed|ran|checked|renamed|refactored|implemented|deployed|installed|tested|reverted|finished)\b"
    r"|(?:just|already) \w+(?:ed|t) (?:the|a|an|my|it|that|this|all|some)\b"
    r"|(?:(?:all|the|\d+|your|my) (?:\w+ ){0,2})?(?:tests?|checks?|builds?|pipeline|suite|ci|specs"
    r"|deploy\w*) (?:now |still "
    r"|all |are |is |just |has |have )*(?:pass\w*|green|red|fail\w*|broken|done|finished|succeeded|running)"
    r"(?: now| again| already)?(?:[.!…]*$|[,;] )"
    r"|i (?:still |also )?(?:need|have|want) to (?:update|fix|check|look|run|add|write|refactor|test|read"
    r"|see|find|rename"
    r"|remove|create|figure)\b|(?:the|that|this) (?:\w+ ){1,3}now (?:returns|works|shows|handles|passes"
    r"|renders|loads)\b"
    r"|i(?:'ll| will) (?:\w+ )?\w+ (?:up |out |into |in |on |over )?(?:the|this|it|that|these|those|another) "
    r"|all (?:set|done)\b|let's (?!use|keep|avoid|stick|not|always|never|agree|name|call|prefer)\w"
    r"|(?:reverted|fixed|added|updated|removed|renamed|refactored|implemented|pushed|merged|committed"
    r"|cleaned|bumped"
    r"|changed|deleted|created|tested|checked|verified|finished|deployed|installed|rebased) (?:up )?(?:the"
    r"|a|an|my|your"
    r"|this|that|last|all|some|it)\b|(?:[a-z']+ ){1,5}(?:now|again)[.!…]*$"
    r"|(?:that|this|it) should (?:do|work|be)\b"
    r"|(?:it |this |that )?(?:looks like|seems like|seems to)\b|still (?:\w+ing|no|not|the same)\b"
    r"|(?:the )?(?:build|deploy|download|upload|install|migration|import|export|copy|sync|backup|scan)\w*"
    r"(?:'s| is| are)? (?:now |still )?(?:at|about|around) \d+ ?(?:%|percent)"
    r"|(?:one|two|three|four|five|six|\d+|half|most|some) (?:(?:out )?of (?:the |them|those|my )?)?(?:\w+ )?"
    r"(?:is|are|were) (?:done|finished|left|to go|in progress|pending|through|ready)\b"
    r"|(?:everything|all|it|that|this) (?:is |was |'s |now )*(?:works?|working|passes|green|done|merged|fixed"
    r"|pushed|deployed|good|set)\b(?: now| again)?[.!]*$)"
)
"""Talk of the moment in a text that is to be kept: only what can be nothing else."""


def is_small_talk(text: str) -> bool:
    """Greetings, thanks, moods, jokes, acknowledgements, emoji."""
    if not _EMOJI_OR_SIGN.sub("", text):
        return True
    lowered = _straight(text)
    words = words_of(lowered)
    if len(words) <= 9 and all(word in SMALL_TALK for word in words):
        return True
    phrase = _PHRASES.match(lowered)
    behind = lowered.find(": ", 0, 60)
    if phrase and behind > 0 and lowered.count(" ", behind) > 2:
        return False  # "never mind, found it: Lena owns billing"
    if phrase and len(words) <= 28 and not _STANDING.search(lowered, phrase.end()):
        return True
    return bool(_LAUGH.search(lowered)) and not _STANDING.search(lowered)


def is_question(text: str) -> bool:
    """A question, with or without its mark; not an order in a question's clothes ("could you always …?")."""
    lowered = _straight(text)
    if lowered.startswith(("can you", "could you", "would you", "will you")) and _STANDING.search(lowered):
        return False
    if lowered.endswith("?"):
        return not _TAG.search(lowered)
    if "? " in lowered[-12:]:
        return True
    return (bool(_ASKS.match(lowered)) and not lowered.endswith((".", ":", ";"))) or bool(
        _HOW_TO.match(lowered) and len(lowered) < 60 and "," not in lowered
    )


def is_commission(text: str) -> bool:
    """A piece of writing that is ordered; what its title says is no rule ("a post on why to always …")."""
    return bool(_COMMISSION.match(_straight(text)))


def is_task(text: str, bare: bool) -> bool:
    """Something to do once ("fix the failing test"). Of a bare text, only what can be nothing else."""
    lowered = _straight(text)
    if lowered.startswith(("let's ", "let us ")) and not bare:
        return True
    if is_commission(text):
        return True
    if _STANDING.search(lowered):
        return False
    if bare:
        if _ONE_OFF.match(lowered):
            return True
        order = any(word in VERBS for word in words_of(lowered)[:1])
        return order and bool(_ADJUSTS.match(lowered) or _POINTS.search(lowered))
    return bool(_TASK.match(lowered) or _WISH.match(lowered))


def progress_or_report(text: str, role: str | None) -> str | None:
    """Why a sentence that tells of the moment is not kept, or None: an agent's progress, a user's symptom."""
    lowered = _straight(text)
    if (_BARE_PROGRESS if role is None else _PROGRESS).match(lowered) and role != "user":
        return "progress talk"
    stands = _STANDS.search(lowered) and not _MOMENT.search(lowered)
    if role is not None and not stands and _REPORT.search(lowered):
        return "reports a state of the moment"
    return None


_MOMENT = re.compile(
    r"\b(?:today|tonight|right now|at the moment|just now|this (?:morning|afternoon|evening|time|once)"
    r"|for now|yesterday|currently|temporarily|in a (?:minute|sec\w*|bit))\b"
)


def is_momentary(text: str) -> bool:
    """Whether a sentence names a moment that will have passed."""
    return bool(_MOMENT.search(_straight(text)))


def _straight(text: str) -> str:
    return straight(text).strip()
