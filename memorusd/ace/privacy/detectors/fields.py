"""Secrets that a name gives away: fields, variables, parameters, flags, XML elements, and plain sentences.

It finds a name, matches what joins the name to its value (the joint), and lets `field_values` judge the
value by how telling the name is: a password may be any word, a token must look like one, a bare `key` must
look drawn.
"""

from __future__ import annotations

import heapq
import re
from collections.abc import Iterator

from ....text.scripts import CJK, CJK_PUNCTUATION, FULLWIDTH
from .. import field_names
from ..finding import MARKER, Finding, Source, positions
from ..placeholders import is_placeholder
from ..rules.languages import LANGUAGES
from .field_values import Field, is_secret

__all__ = ["find"]

_REACH = 200  # a longer value is followed to its end once its first 200 characters are judged to be secret


def _names(spaced: bool) -> str:
    """What names a secret, in languages that put blanks between words or in those that need none."""
    rows = [language for language in LANGUAGES if language.spaced is spaced]
    return "|".join(word.strip("^$") for row in rows for word in row.passwords + row.keys)


def _all(column: str) -> str:
    """The words of every language in one column of the table, the longest first, as the inside of a group."""
    words = {word for language in LANGUAGES for word in getattr(language, column)}
    return "|".join(sorted(words, key=lambda word: (-len(word), word)))


_SPACED = _names(True)
# Scripts without blanks between words: the value may follow at once, so these names have no tail.
_UNSPACED = _names(False)
_QUOTE = r"(?=[rbfu@]{0,2}\\?[\"'`])"
_B = r"[ \t]{0,3}"
_NOW = r"(?: (?:now|set to|still|just|simply|currently))?[ \t:=]{1,3}"
# How a name and its value are joined, tried in this order. Runs that could give back are atomic (a group
# looked ahead for, then repeated), so that a failure costs no more than the match.
_JOINTS = {
    # name="NAME" value="…"  - name: NAME\n value: …  <key>NAME</key><string>…  variable "NAME" {default="…"
    "pair": (
        r"(?:,\s{0,20}|\s{1,20})(?:\\?[\"']?(?:type|sensitive|category|hidden)\\?[\"']?\s?[:=][^\n,<>]{1,20}[,\s]\s{0,20})?"
        r"\\?[\"']?(?:value|val|default|content)\\?[\"']?\s{0,3}(?:=>|[:=])\s{0,3}"
        r"|</(?:key|name|string)>\s{0,20}<(?:string|value)>|<!\[cdata\["
        r"|\s?\{\s{1,20}(?:(?:type|description|sensitive|nullable)\s{0,9}=[^\n]{0,80}\s{1,20}){0,4}"
        r"default\s{0,9}=\s{0,3}"
        r"|[ \t]{1,3}(?:--body|--value|-b|-v|<<<)[ \t=]{0,2}"
    ),
    # NAME: str = "…"   NAME: Final[str] = "…"   const NAME string = "…"   let NAME: &str = "…"
    "typed": (
        rf"(?::{_B}(?:&(?:'static )?)?(?=(?P<sort>[a-z][\w.]{{0,24}}))(?P=sort)"
        r"(?:[\[<][^\]>\n]{0,24}[\]>])?(?: ?\| ?[a-z]{1,9})?"
        rf"|[ \t]{{1,3}}(?:string|str|\[\]byte)){_B}={_B}(?:[\w.]{{1,24}}\()?{_QUOTE}"
    ),
    # A literal beside the name that may also be something else: an argument, a fallback, a table's next cell.
    "beside": (
        rf"{_B}(?:,|[ \t]{{1,3}}|\|\||\?\?|\?:|!=|\bor\b){_B}{_QUOTE}"
        rf"|{_B}(?:[=:]{_B}(?:new )?(?=(?P<call>[\w.:]{{0,40}}))(?P=call))?\({_B}{_QUOTE}"
        rf"|\)?\.(?:fill|send_?keys|type|settext|setvalue|val)\({_QUOTE}"
    ),
    "cell": r"[ \t]{0,12}\|[ \t]{0,12}",
    "sign": (
        r"[ \t]{0,12}(?:=>|:=|:-|===?|[=:]|：|＝|->|<-|→|%3d)[*_]{0,2}[ \t]{0,12}"
        r"(?:[|>][+-]?[ \t]{0,3}\r?\n[ \t]{1,40}|\r?\n[ \t]{1,40}(?=[\"'])"
        r"|[\[{](?!redacted:)(?=[^\s\[\]{}]{6,200}[\]}]))?"
    ),
    "verb": (
        r"[ \t]{1,3}(?:(?:(?:has been|have been|was|is|got|will be) )?"
        r"(?:changed|rotated|updated|reset|set|switched) to"
        rf"|{_all('copulas')}|{_all('near_copulas')}){_NOW}"
        rf"|(?:[ \t]?(?:{_all('already')})?(?:{_all('changes')})|{_all('particles')})[ \t]?"
    ),
    # the password for the staging database is …
    "far": (
        rf" (?:{_all('prepositions')}) [^\n:;,\"'=|]{{1,48}}?"
        rf"(?: (?:{_all('copulas')})(?: (?:now|set to|still))?[ \t:]{{1,3}}|:[ \t]{{1,3}})"
    ),
    "blank": r"[ \t]{1,4}|(?<=>)|(?<=[\u0400-\uffff])",
}
_NAMED = re.compile(
    # The tail is atomic: a name is never taken apart again.
    rf"(?:(?:{_SPACED})(?=(?P<tail>[a-z0-9ñ_-]{{0,40}}))(?P=tail)|(?:{_UNSPACED}))"
    r"(?P<close>\\?[\"'`\])>*]{0,4})(?:"
    + "|".join(f"(?P<{joint}>{rule})" for joint, rule in _JOINTS.items())
    + ")"
)
_QUOTED = re.compile(
    r"(?:[rbfuRBFU@]{0,2})(?P<q>\\?[\"'`]|“|「|『)(?P<v>(?:(?!(?P=q))[^\n\r”」』]){1,400})(?:(?P=q)|”|」|』)"
)
# Scripts that no unquoted secret is written in.
_FOREIGN = CJK + CJK_PUNCTUATION + FULLWIDTH
_BARE = re.compile(rf"(?P<v>[^\s\"'`<>,;&“”「」{_FOREIGN}]{{1,200}})")
_REST = re.compile(rf"[^\s\"'`<>,;&“”「」{_FOREIGN}]*")
_AMPERSAND = re.compile(r"&[^\s\"'`<>&=]{1,64}(?=[\s\"'`]|$)")  # not the next parameter of a URL
_XML = re.compile(r"(?P<v>[^<>\n\]]{1,200})(?=</|\]\]>)")
_NAME_CHARS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.$"
_VERBAL = ("blank", "far", "verb", "beside", "cell")
_AFTER = ("", "\n", " ", "&", ";", ",", "]", ")", "}", "<", "\t", "\r", "|")


def find(source: Source) -> Iterator[Finding]:
    """The value of every field whose name says that it is secret."""
    text, low = source.text, source.low
    position = 0
    for at in heapq.merge(*(positions(low, word) for word in f"{_SPACED}|{_UNSPACED}".split("|"))):
        if at >= position and (match := _NAMED.match(low, at)):
            position = match.end()
            if finding := _value(text, low, match):
                yield finding
                position = max(position, finding.end)


def _value(text: str, low: str, match: re.Match[str]) -> Finding | None:
    if (marked := MARKER.match(text, match.end())) and text[marked.end() : marked.end() + 1] in _AFTER:
        return None
    joint = match.lastgroup or ""
    start = match.start()
    if joint == "blank" and not _may_be_value(text, match) and not text.endswith("--", 0, start):
        return None
    before = text[max(0, start - 40) : start]
    prefix = before[len(before.rstrip(_NAME_CHARS)) :]
    tail = match.end("tail")
    name = prefix + text[start : tail if tail >= 0 else match.start("close")]
    secret_name = field_names.classify(name)
    if secret_name is None or low.endswith(".svg?", 0, start):  # a badge in a README
        return None
    if joint == "far" and ". " in match.group():
        return None  # two sentences
    if joint == "blank" and (prefix.startswith("--") or match["close"].endswith(">")):
        joint = "sign"
    if (name.lower() == "pass" and joint in _VERBAL) or (name.lower() == "pw" and joint in ("blank", "far")):
        return None  # the verb; any two letters
    value = (
        (
            (match["close"].endswith(">") or match.group().endswith(("[", ">")))
            and _XML.match(text, match.end())
        )
        or _QUOTED.match(text, match.end())
        or _BARE.match(text, match.end())
    )
    if value is None or (joint == "cell" and not _in_table(text, start)):
        return None
    quoted = value.re is not _BARE
    first, last = value.span("v")
    body = value["v"]
    if "[REDACTED:" in body:
        body = MARKER.sub("", body)  # what somebody left beside a marker is judged alone
    elif not quoted:
        last = first + len(_trimmed(body, secret_name, match.group(), _in_url(before)))
        body = text[first:last]
        if secret_name.strength != "password" and "=" in body.rstrip("="):
            body = body[: body.index("=")]  # `a=b=c`: judged by its first part, taken as a whole
    if not body or (not quoted and text[last : last + 1] in ("<", "{")):
        return None
    around = low[max(0, start - len(prefix) - 24) : start - len(prefix)]
    field = Field(secret_name, name, match.group(), around, text, first, last, body, quoted)
    if not is_secret(field, joint) or is_placeholder(body):
        return None
    if not quoted and secret_name.strength == "password" and (more := _AMPERSAND.match(text, last)):
        last = more.end()
    if not quoted and last - first == _REACH:
        last = _REST.match(text, last).end()  # type: ignore[union-attr] # matches the empty string at least
    return Finding(secret_name.kind, first, last)


def _may_be_value(text: str, match: re.Match[str]) -> bool:
    """A first, cheap look at a word behind a name and a blank: prose is full of those."""
    if match["close"].endswith(">"):
        return True
    word = _BARE.match(text, match.end())
    return word is not None and (len(word["v"]) >= 14 or not word["v"].isalpha())


def _trimmed(body: str, secret_name: field_names.SecretName, joined: str, in_url: bool) -> str:
    """An unquoted value without the punctuation of the sentence or the structure that it stands in."""
    if "@" in body and in_url:
        body = body[: body.rindex("@")]
    if joined.endswith("%3d"):
        body = re.split("%26|%0a|%22|%20", body, maxsplit=1, flags=re.IGNORECASE)[0]
    if secret_name.strength != "password" and "#" in body:
        body = body[: body.index("#")] or body
    ends = ".,:|\\" if secret_name.strength == "password" else ".,:!?*|\\"
    shorter = body.rstrip(ends + ")]}" if body[-1:] in ")]}" else ends)
    return shorter[:-2] if shorter.endswith("**") else shorter


def _in_url(before: str) -> bool:
    """True when what stands directly before the name is a URL, up to its login (not its query)."""
    glued = before[before.rfind(" ") + 1 :]
    return "://" in glued and "?" not in glued


def _in_table(text: str, position: int) -> bool:
    """True when the line of `position` begins with a bar, as the rows of Markdown tables do."""
    line = text.rfind("\n", max(0, position - 200), position) + 1
    return text[line:position].lstrip()[:1] == "|"
