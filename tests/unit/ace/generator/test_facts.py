"""Thirty things a developer wants remembered, asked for in other words, among many other lines."""

from __future__ import annotations

import ast
import sysconfig
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from memorusd.ace.generator import Generator, Query
from memorusd.ace.options import RetrievalSettings
from memorusd.knowledge.bullet import Bullet, new_id, utc_now
from memorusd.knowledge.embed.onnx import OnnxEmbedder
from memorusd.knowledge.index import Index
from memorusd.knowledge.selection import Selection
from memorusd.knowledge.store.sqlite import SqliteStore

OTHERS = 600

FACTS = (
    ("Use pnpm, never npm, in the web folder", "which package manager do we use for the web folder?"),
    (
        "The staging database listens on port 5433, because 5432 is taken by the developer's own Postgres",
        "what port is the Postgres of the staging environment on?",
    ),
    (
        "Run `make lint` before every commit; CI rejects unformatted code",
        "what do I have to run before committing?",
    ),
    (
        "Never call time.sleep in async handlers, use anyio.sleep instead",
        "how do I sleep inside an async handler?",
    ),
    (
        "Deployments to production are frozen from Friday noon until Monday morning",
        "can I deploy to production on a Saturday?",
    ),
    ("API tokens live in 1Password in the vault called Platform", "where are the API tokens kept?"),
    (
        "When the Docker build fails with exit code 137, raise the memory limit of Docker Desktop to 8 GB",
        "docker build dies with code 137",
    ),
    ("User ids are UUIDv7 so that they sort by time of creation", "what kind of ids do users have?"),
    (
        "The function get_user_by_id caches its results for five minutes",
        "how long is the result of get_user_by_id cached?",
    ),
    (
        "Feature branches are named feat/<ticket number>-<short description>",
        "naming convention for feature branches",
    ),
    (
        "Set PYTHONHASHSEED=0 to make the snapshot tests reproducible",
        "how do I get reproducible snapshot tests?",
    ),
    ("Money is stored as integer cents, never as floating point", "how are amounts of money represented?"),
    ("Kubernetes pods get evicted when they write more than 2 GB to /tmp", "why was my pod evicted?"),
    (
        "All timestamps in the event log are UTC; convert them to local time only in the user interface",
        "what time zone are event log timestamps in?",
    ),
    ("Anna reviews everything that touches billing", "who reviews billing changes?"),
    (
        "To regenerate the protobuf stubs run scripts/gen_proto.sh from the repository root",
        "how do I regenerate the protobuf code?",
    ),
    (
        "The search service falls back to SQLite full-text search when Elasticsearch is down",
        "what does search do if Elasticsearch is not available?",
    ),
    ("Prefer composition over inheritance in the plugin system", "inheritance or composition for plugins?"),
    (
        "git push --force is forbidden on main; use --force-with-lease on your own branches",
        "is force pushing to main allowed?",
    ),
    (
        "The mobile app supports iOS 16 and later; drop workarounds for older versions",
        "which iOS versions does the app have to support?",
    ),
    (
        "Log messages must not contain e-mail addresses or phone numbers",
        "are e-mail addresses allowed in the logs?",
    ),
    (
        "Retry failed webhooks with exponential backoff, at most six times",
        "how many times is a failed webhook retried?",
    ),
    (
        "pytest -n auto breaks the database tests; run them with -p no:xdist",
        "why do the database tests break with xdist?",
    ),
    (
        "The frontend talks to the backend over GraphQL, except for file uploads, which use REST",
        "does the frontend use REST or GraphQL?",
    ),
    (
        "Images are resized to at most 2048 pixels before they go to the CDN",
        "what is the maximum size of images on the CDN?",
    ),
    (
        "We chose Rust for the parser because the Python version was forty times slower",
        "why is the parser written in Rust?",
    ),
    (
        "On Windows, set core.autocrlf=false or the shell scripts get broken line endings",
        "line endings of shell scripts are broken on Windows",
    ),
    (
        "New dependencies need the approval of the security team and a licence check",
        "what must happen before a new dependency is added?",
    ),
    ("The cron job that deletes expired sessions runs at 03:15", "when are expired sessions deleted?"),
    ("Use the structured logger in pkg/log and never fmt.Println", "which logger should Go code use?"),
)


def other_lines() -> Iterator[str]:
    """Docstring lines of the standard library: what developers write, on every machine."""
    for path in sorted(Path(sysconfig.get_paths()["stdlib"]).glob("*.py")):
        for node in ast.walk(ast.parse(path.read_bytes())):
            if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
                line = (ast.get_docstring(node) or "").partition("\n")[0].strip()
                if 40 <= len(line) <= 160:
                    yield line


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    embedder = OnnxEmbedder(tmp_path_factory.mktemp("models"))
    store = SqliteStore.open(tmp_path_factory.mktemp("facts") / "home" / "memorus.db")
    store.set_model(embedder.model)
    others = list(dict.fromkeys(line for line, _ in zip(other_lines(), range(OTHERS), strict=False)))
    texts = [*others, *(fact for fact, _ in FACTS)]
    vectors, now = embedder.embed(texts), utc_now()

    def put(transaction: Any) -> None:
        for text, vector in zip(texts, vectors, strict=True):
            transaction.put(Bullet(new_id(), text, now, now), vector, "ADD")

    store.write(put)
    view = Index(store, embedder.model).view()

    def search(question: str) -> list[tuple[str, float]]:
        query = Query(question, 5, Selection(), embedder.embed_query)
        found = Generator(RetrievalSettings()).search(query, view)
        bullets = store.get_many(found.ids)
        return [(bullets[id].text, score) for id, score in zip(found.ids, found.scores, strict=True)]

    yield search
    store.close()
    embedder.close()


def test_facts_are_found_in_other_words(answers: Any) -> None:
    first, among = 0, 0
    for fact, question in FACTS:
        texts = [text for text, _ in answers(question)]
        first += texts[0] == fact
        among += fact in texts
    assert first >= 28
    assert among == len(FACTS)


def test_what_nothing_answers_scores_lower(answers: Any) -> None:
    answered = [answers(question)[0][1] for _, question in FACTS]
    unanswered = [
        answers(question)[0][1]
        for question in (
            "what is the wifi password of the guest network?",
            "who won the chess tournament in Oslo?",
            "which airline does the marketing team fly with?",
            "how long does the soup have to simmer?",
            "what is the name of our office dog?",
            "when is the landlord's birthday?",
        )
    ]
    above = sum(a > u for a in answered for u in unanswered)
    assert above / (len(answered) * len(unanswered)) >= 0.9
