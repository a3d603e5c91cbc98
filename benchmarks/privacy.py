"""Redaction: megabytes a second, and the ratio to one plain pass over the text (a `str.find` in vain)."""

from __future__ import annotations

import random
import string

from benchmarks.report import heading, interleave, row
from memorusd.ace.privacy import Redactor

SIZE = 5_000_000
PROSE = (
    "We keep the session token in a cookie, so restart the worker after the key was rotated on the host.\n"
)
CONFIG = "  retries: 3\n  path: /var/lib/app\n  password: ${DB_PASSWORD}\n  url: https://example.com/a?b=c\n"


def texts() -> dict[str, str]:
    """What is measured: prose, configuration, 5 MB without a blank, the worst repetition, a secret a line."""
    rng = random.Random(1)
    noise = "".join(rng.choices(string.ascii_letters + string.digits + "+/", k=SIZE))
    secrets = "".join(f"API_KEY={noise[i : i + 32]}\n" for i in range(0, SIZE // 2, 32))
    return {
        "an ordinary turn (400 characters)": (PROSE * 4)[:400],
        "5 MB without spaces": noise,
        "5 MB of one letter": "a" * SIZE,
        "5 MB of prose": (PROSE * (SIZE // len(PROSE) + 1))[:SIZE],
        "5 MB of configuration": (CONFIG * (SIZE // len(CONFIG) + 1))[:SIZE],
        "a secret on every line": secrets,
        "the worst repetition known, 0.5 MB (key=key=…)": "key=" * (SIZE // 40),
    }


def main() -> None:
    redactor = Redactor()
    heading("redact against one str.find over the same text")
    for what, text in texts().items():
        runs = 200 if len(text) < 1000 else 3
        ours, floor = interleave(
            [lambda t=text: redactor.redact(t), lambda t=text: t.find("-----BEGIN")], runs, 1
        )  # type: ignore[misc]
        row(f"{what}: {len(text) / ours / 1e3:.1f} MB/s", ours, max(floor, 1e-6), "")


if __name__ == "__main__":
    main()
