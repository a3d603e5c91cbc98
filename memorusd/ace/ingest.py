"""The way in, top to bottom: what an agent said becomes bullets on disk.

What comes in is redacted already. Distilling and merging will stand between the candidates and their
vectors; until then a text is kept as it was said, one bullet a message.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ..knowledge.bullet import GLOBAL, Bullet, new_id, utc_now
from ..knowledge.embed import Embedder, Vectors
from ..knowledge.store import Store, Transaction

__all__ = ["ingest"]


@dataclass(frozen=True, slots=True)
class _Skip:
    memory: str
    reason: str


def ingest(
    params: Mapping[str, Any],
    redactions: int,
    store: Store,
    embedder: Embedder,
    cancelled: Callable[[], bool],
) -> dict[str, Any]:
    """Keep an interaction; returns once it is on disk.

    `params` are those of `memory.add`, validated and redacted. Returns mem0's `results` (id, memory,
    event) and the `ace_ingest` envelope.
    """
    candidates = [_candidate(message, params) for message in params["messages"]]
    bullets = [c for c in candidates if isinstance(c, Bullet)]
    vectors: Vectors | list[Vectors] = embedder.embed([b.text for b in bullets]) if bullets else []

    def work(transaction: Transaction) -> dict[str, Any]:
        for bullet, vector in zip(bullets, vectors, strict=True):
            transaction.put(bullet, vector, "ADD")
        return _answer(candidates, redactions)

    answer: dict[str, Any] = store.write(work, request_id=params["request_id"], cancelled=cancelled)
    return answer


def _candidate(message: Mapping[str, Any], params: Mapping[str, Any]) -> Bullet | _Skip:
    if message["role"] == "system":
        return _Skip(message["content"], "a system message is an instruction to the model, not knowledge")
    now = utc_now()
    return Bullet(
        id=new_id(),
        text=message["content"].strip(),
        created_at=now,
        updated_at=now,
        user_id=params["user_id"],
        agent_id=params["agent_id"],
        run_id=params["run_id"],
        scope=params["scope"] or GLOBAL,
        type=params["type"] or "knowledge",
        section=params["section"] or "general",
        origin={"assistant": "agent", "tool": "tool"}.get(message["role"], "user"),  # type: ignore[arg-type]
        role=message["role"],
        actor_id=message["name"],
        tags=params["tags"] or (),
        metadata=params["metadata"] or {},
    )


def _answer(candidates: list[Bullet | _Skip], redactions: int) -> dict[str, Any]:
    results: list[dict[str, Any]] = []
    for candidate in candidates:
        if isinstance(candidate, _Skip):
            results.append(
                {"id": None, "memory": candidate.memory, "event": "SKIP", "reason": candidate.reason}
            )
            continue
        result: dict[str, Any] = {"id": candidate.id, "memory": candidate.text, "event": "ADD"}
        if candidate.role is not None:
            result |= {"role": candidate.role, "actor_id": candidate.actor_id}
        results.append(result)
    added = sum(result["event"] == "ADD" for result in results)
    return {
        "results": results,
        "ace_ingest": {
            "bullets_added": added,
            "bullets_merged": 0,
            "bullets_skipped": len(results) - added,
            "mode": "raw",
            "raw_fallback": False,
            "redactions": redactions,
            "errors": [],
        },
    }
