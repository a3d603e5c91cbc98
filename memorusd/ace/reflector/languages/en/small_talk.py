"""English small talk: greetings, thanks, moods, jokes and acknowledgements."""

from __future__ import annotations

import re

from ...word_sets import words_of
from .lexicon import SMALL_TALK, STANDING, straight

__all__ = ["is_small_talk"]

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


def is_small_talk(text: str) -> bool:
    """Whether a text is only greetings, thanks, moods, jokes, acknowledgements or emoji."""
    if not _EMOJI_OR_SIGN.sub("", text):
        return True
    lowered = straight(text).strip()
    words = words_of(lowered)
    if len(words) <= 9 and all(word in SMALL_TALK for word in words):
        return True
    phrase = _PHRASES.match(lowered)
    behind = lowered.find(": ", 0, 60)
    if phrase and behind > 0 and lowered.count(" ", behind) > 2:
        return False  # "never mind, found it: Lena owns billing"
    if phrase and len(words) <= 28 and not STANDING.search(lowered, phrase.end()):
        return True
    return bool(_LAUGH.search(lowered)) and not STANDING.search(lowered)
