"""The scope of rows on a server: of older mirrors, of plain mem0, and of today."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any

import pytest

from memorusd.knowledge.bullet import Bullet
from memorusd.knowledge.store.mirror.payload import MEMORUS_FIELD, from_payload, pack, to_payload, unpack
from memorusd.knowledge.store.sqlite.raw_transaction import EmbeddedBullet

NOW = datetime(2026, 1, 1, tzinfo=timezone.utc)


def written(**fields: Any) -> tuple[str, dict[str, Any]]:
    bullet = Bullet(str(uuid.uuid4()), "Deploys are blue-green.", NOW, NOW, **fields)
    return bullet.id, to_payload(EmbeddedBullet(bullet), lambda value: True)


def scope_of(row: str, payload: Mapping[str, Any]) -> str:
    read = from_payload(row, payload, lambda value: True)
    assert read is not None
    return read.bullet.scope


@pytest.mark.parametrize(
    ("fields", "before", "now"),
    [
        ({"user_id": "ann", "scope": "global"}, "private", "global"),
        ({"agent_id": "ci", "scope": "global"}, "private", "global"),
        ({"scope": "global"}, "global", "global"),
        ({"user_id": "ann", "scope": "project:x"}, "project:x", "project:x"),
        ({"user_id": "ann"}, "private", "private"),
    ],
)
def test_what_had_no_scope_is_private_in_rows_from_before_private(
    fields: dict[str, str], before: str, now: str
) -> None:
    row, payload = written(**fields)
    assert scope_of(row, payload) == now
    own = unpack(payload[MEMORUS_FIELD])
    image = json.loads(own["bullet"])
    del image["v"]
    older = {**payload, MEMORUS_FIELD: pack({**own, "bullet": json.dumps(image)})}
    assert scope_of(row, older) == before


def test_a_row_of_plain_mem0_is_its_owners() -> None:
    row = str(uuid.uuid4())
    assert scope_of(row, {"data": "Deploys are blue-green.", "user_id": "ann"}) == "private"
    assert scope_of(row, {"data": "Deploys are blue-green."}) == "global"
