"""Long runs that no form gives away, judged by the words right before them.

"coinapi SECRET fa32…", "wandb 9f8e…", "codatoken-123e…", `acme_live_4eC3…`. The runs are found first, since
long ones are rare; then a few dozen characters before each are read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from .finding import Finding, Source
from .values import is_opaque, is_placeholder, is_stub, is_unspeakable

__all__ = ["find"]

_RUN = re.compile(r"[^A-Za-z0-9_.+/=%-][A-Za-z0-9_.+/=%-]{14,400}")
_BACK = 56
_WORD = r"(?:secret|token|key|access|private|password|credentials?|auth|code)"
# A word of secrecy, a few more of the same sort or a short filler, then the value.
_NEAR = re.compile(
    r"(?P<word>secret|private|token|access|key)(?P<more>(?:[ _.\n-]{0,2}" + _WORD + r"){0,3}[a-z]{0,10})"
    r"(?P<sep>[ \t]{0,3}[\n:=][ \t\n]{0,3}|[ \t.-]{1,3})"
    r"(?:(?!is[ \t])[a-z]{1,12}[ \t=:-]{1,3}){0,2}[\"'(]{0,2}"
    r"(?P<v>[a-z0-9][a-z0-9_.+/=%-]{13,400})"
)
_CALLED = re.compile(r"(?<![a-z])(?:ids?|arn|names?|uuid|urls?|version|hash|digest|count)[^a-z]{0,4}$")
_PLAIN_TEXT = """
the a an this that primary foreign public cache partition sort commit row hash sha by with for of and or
to in is no random direct next page api's
"""
_PLAIN = frozenset(_PLAIN_TEXT.split())
# Services whose key is often written right behind their name.
_VENDORS_TEXT = """
airtable algolia amplitude anthropic asana assemblyai atlassian auth0 aviationstack bitbucket braintree
bugsnag calendly chartmogul circleci clickup cloudflare cohere confluent contentful datadog deepgram
deepseek discord docker dropbox dynatrace elastic elevenlabs etsy fastforex fastly figma firebase fixer
flickr gemini gitlab gitter grafana groq helpscout heroku hubspot huggingface intercom ipinfo jenkins
jira launchdarkly linear linkedin looker mailchimp mailgun mailjet mandrill mapbox mistral mixpanel
monday netlify newrelic ngrok notion nylas okta onesignal openai openrouter openweather opsgenie owm
pagerduty paypal pinecone plaid plivo postman postmark posthog pusher pyowm quandl rapidapi readme
replicate rollbar salesforce segment sendgrid sendinblue sentry shodan shopify slack snyk sonarcloud
sparkpost splunk spotify square statuspage stripe supabase telegram telnyx tiingo todoist travis trello
tumblr twilio twitch twitter typeform vercel virustotal vultr wakatime wandb weatherbit wise zendesk
zoom
"""
_VENDORS = frozenset(_VENDORS_TEXT.split())
_VENDOR = re.compile(r"(?:^|[^a-z0-9./@])(?P<vendor>[a-z0-9]{3,14})[ \t]{0,2}(?:=>|[=: -])[ \t]{0,2}[\"']?$")
_UNNAMED = re.compile(
    r"(?:^|[^a-z0-9./@&?-])(?P<name>[a-z_-]{3,20})[ \t]{0,2}(?P<sign>[=:])[ \t]{0,2}[\"']?$"
)
# Any other vendor's: a short name, a mode (`_live_`, `_test_`) and a body, or a long body of all three sorts.
_PREFIXED = re.compile(
    r"(?<![\w.$#/-])(?P<name>[A-Za-z][A-Za-z0-9]{1,9})_(?:(?:live|test|prod|sandbox|secret|sk|pat|key|api|tkn|token|v\d)_[A-Za-z0-9]{16,}"
    r"|(?=[A-Z0-9]{0,60}[a-z])(?=[a-z0-9]{0,60}[A-Z])(?=[A-Za-z]{0,60}\d[A-Za-z]{0,60}\d)[A-Za-z0-9]{32,}"
    r"|(?=[a-z]{0,40}\d[a-z]{0,40}\d)(?=\d{0,40}[a-z])[a-z0-9]{32,})(?![\w.(/-])"
)
# Prefixes of ids that services print everywhere and that open nothing.
_IDS_TEXT = """
batch file msg run asst thread call chatcmpl resp req cus pi evt price prod sub in ch toolu container vs
img step ft cs seti acct txn py po re si tok card src pm ba bundle chunk sha test id user org proj ftjob
cmpl gen fc rs ci
sha1 sha256 sha512 md5 hash etag rev commit blob image layer digest asset tmp build job task trace span event
node tree object cache page doc row item user team snapshot backup index part upload session conv message
"""
_IDS = frozenset(_IDS_TEXT.split())


def find(source: Source, taken: Sequence[Finding] = ()) -> Iterator[Finding]:
    """Values that look drawn by a machine, close behind a word of secrecy or a service's name.

    `taken` are the findings of the other families, in order: what they cover is not looked at again.
    """
    text, low = source.text, source.low
    padded = " " + text
    done = covered = 0
    for run in _RUN.finditer(padded):
        start, end = run.start(), run.end() - 1
        while covered < len(taken) and taken[covered].end <= start:
            covered += 1
        if covered < len(taken) and taken[covered].start < end:
            continue
        body = text[start:end]
        if not _worth(body):
            continue
        assigned = body.find("=") + 1  # `name=value` is one run
        prefixed = _PREFIXED.match(text, start + assigned if assigned < len(body) else start)
        if prefixed and prefixed["name"].lower() not in _IDS and not is_stub(prefixed[0]):
            yield Finding("api_key", *prefixed.span())
            continue
        if body.count(".") >= 2 and _is_sealed(body):
            yield Finding("token", start, _end(text, end))
            continue
        if found := _told(text, low, max(done, start - _BACK), start, end) or _named(low, start, body):
            yield found
            done = found.end


def _told(text: str, low: str, floor: int, start: int, end: int) -> Finding | None:
    """A word of secrecy stands close before the run."""
    near = _NEAR.search(low, floor, end)
    if not near or near.end("v") <= start:
        return None
    first, last = near.span("v")
    if (assigned := text.find("=", first, last)) >= 0 and text[assigned + 1 : last].strip("="):
        first = assigned + 1  # `--from-literal=name=value` is one run
    while text[last - 1] in ".=" and last - 1 > first:
        last -= 1
    if _CALLED.search(low[near.end("word") : first]):
        return None  # `--verified-access-endpoint-id vae-0…`
    value = text[first:last]
    told = is_opaque(value, 14) or (near["word"] != "key" and value.isalnum() and is_unspeakable(value))
    if not told or is_placeholder(text[first:end]) or _idle(low, near) or text[end : end + 1] == "(":
        return None
    return Finding("secret", first, max(last, end) if end - start < 400 else _end(text, end))


def _named(low: str, start: int, body: str) -> Finding | None:
    """A service's name, or any name and a sign of assignment, stands before the run."""
    if len(body) < 20:
        return None
    end = start + len(body)
    if (assigned := body.find("=")) >= 3 and body[assigned + 1 :].strip("="):
        start += assigned + 1
        body = body[assigned + 1 :]
    behind = low[max(0, start - 28) : start]
    vendor = _VENDOR.search(behind)
    glued = body.partition("-")[0]
    if (vendor and vendor["vendor"] in _VENDORS) or glued.lower() in _VENDORS:
        if is_opaque(body, 20) and "/" not in body and "." not in body:
            return Finding("api_key", start + (0 if vendor else len(glued) + 1), end)
    elif len(body) >= 30 and (named := _UNNAMED.search(behind)) and _is_key(named, body):
        return Finding("api_key", start, end)
    return None


def _is_sealed(body: str) -> bool:
    """Three or more long random parts joined by dots, as encrypted and signed tokens are."""
    parts = body.split(".")
    return len(body) >= 80 and sum(len(p) >= 16 and is_opaque(p) for p in parts) >= 2 and "/" not in body


def _worth(body: str) -> bool:
    """A first, cheap look: machine-made values have digits, or are long without a break."""
    return any(map(str.isdigit, body)) or (len(body) >= 20 and "/" not in body)


_TAIL = re.compile(r"[A-Za-z0-9_.+/=%-]*")


def _end(text: str, position: int) -> int:
    match = _TAIL.match(text, position)
    return match.end() if match else position


def _is_key(named: re.Match[str], body: str) -> bool:
    """`anything = 30 random letters and digits`; a plain hash only when the name says "api"."""
    if named["name"].endswith("api"):
        return is_opaque(body, 30)
    if named["sign"] != "=" or _HASH.search(named["name"]) or not body.isalnum():
        return False
    return sum(c.isdigit() for c in body) >= 4 and sum(c.isalpha() and c.lower() > "f" for c in body) >= 6


_HASH = re.compile(
    r"id$|hash|sha|digest|etag|rev|commit|nonce|cursor|sum$|integrity|version|uuid|cid|addr|account|wallet|image|data|b64|base|icon|public|source|text|string|digits|alphabet|chars|letters|value|expected|result|seed|build|name|sig$"
)


_OPEN = re.compile(
    r"(?:public|next|page|starting|continuation|pagination|cursor|lock|csrf|sync|request)[ _-]?$"
)


def _idle(low: str, match: re.Match[str]) -> bool:
    """True for "key" and "access" that stand alone or behind an article: they mean much else."""
    if _OPEN.search(low, max(0, match.start() - 16), match.start()):
        return True  # .NET's publicKeyToken, `--starting-token`, `--lock-token`
    if match["word"] not in ("key", "access", "private") or match["more"].strip():
        return False
    before = low[max(0, match.start() - 24) : match.start()].rstrip(" _-\n")
    word = re.split(r"[^a-z0-9]", before)[-1]
    return not word or word in _PLAIN
