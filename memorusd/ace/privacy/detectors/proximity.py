"""Keys whose form alone says too little, beside a word that names them: AWS secrets, wallets' keys."""

from __future__ import annotations

import heapq
import re
from collections.abc import Iterator, Sequence

from ..finding import Finding, Source, anchored, positions
from ..randomness import count_digits, is_unspeakable

__all__ = ["find"]

_AWS_RUN = re.compile(r"(?<![A-Za-z0-9/+_-])[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=_-])")
_AWS_NEAR = ("aws", "amazon", "akia", "asia", *(f"secret{blank}access" for blank in ("", " ", "_", "-")))
# Keys of Ethereum and Bitcoin look like hashes; only what stands beside them tells. A seed phrase is words.
_WALLET_KEY = re.compile(
    r"(?<![0-9A-Za-z])(?:(?:0x)?[0-9a-fA-F]{64}|[5KL][1-9A-HJ-NP-Za-km-z]{50,51})(?![0-9A-Za-z])"
)
_WALLET_NEAR = ("private key", "private_key", "privatekey", "privkey", "bitcoin", "wallet import")
_PHRASES = ("seed phrase", "mnemonic", "recovery phrase", "secret phrase")
_PHRASE = re.compile(
    r"(?:seed phrase|mnemonic|recovery phrase|secret phrase)[^\n]{0,24}?[ :=\"'`]{1,4}"
    r"(?P<v>(?:[a-z]{3,8}[ ,]{1,2}){11,23}[a-z]{3,8})(?![a-z])"
)


def find(source: Source) -> Iterator[Finding]:
    """Every such key."""
    text, low = source.text, source.low
    for match in _beside(text, low, _AWS_NEAR, _AWS_RUN, 120, 170):
        if _drawn(match[0]):
            yield Finding("aws_secret_key", *match.span())
    for match in _beside(text, low, _WALLET_NEAR, _WALLET_KEY, 110, 75):
        yield Finding("private_key", *match.span())
    for match in anchored(low, _PHRASES, _PHRASE):
        yield Finding("seed_phrase", *match.span("v"))


_LONGEST = 80


def _beside(
    text: str, low: str, words: Sequence[str], form: re.Pattern[str], before: int, after: int
) -> Iterator[re.Match[str]]:
    """Matches of `form` that begin at most `before` characters before one of `words` or `after` behind."""
    done = 0
    for at in heapq.merge(*(positions(low, word) for word in words)):
        stop = at + after
        cut = stop + _LONGEST  # a run that ends here may go on
        for match in form.finditer(text, max(done, at - before), cut):
            if match.start() <= stop and (match.end() < cut or cut >= len(text)):
                done = match.end()
                yield match
        done = max(done, stop)


def _drawn(run: str) -> bool:
    """True when 40 characters mix capitals, small letters and digits, as paths and SHAs do not."""
    if sum(map(str.isupper, run)) < 4 or sum(map(str.islower, run)) < 4:
        return False
    return (count_digits(run) >= 2 and run.count("/") <= 4) or is_unspeakable(run)
