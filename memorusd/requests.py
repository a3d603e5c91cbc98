"""The calls of the protocol as typed values: validation makes them, and everything behind it takes them.

A field's annotation names its type on the wire (SPEC.md, "Types of parameters"), so these classes are the
one definition of what a method takes: validation.py checks by it, and tests hold SPEC.md's table and the
client's calls against it. A field without a default must be given; None stands for one that was not.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from types import NoneType
from typing import Annotated, Any, Literal, TypedDict, get_args, get_origin, get_type_hints

from .knowledge.bullet import KnowledgeType, Section

__all__ = [
    "REQUESTS",
    "AddRequest",
    "CallRequest",
    "ChangesRequest",
    "DeleteAllRequest",
    "DeleteRequest",
    "DetectConflictsRequest",
    "ExportRequest",
    "FilteringRequest",
    "GetAllRequest",
    "GetRequest",
    "HistoryRequest",
    "ImportRequest",
    "Json",
    "Keep",
    "MessageParam",
    "OwnedRequest",
    "Request",
    "ResetRequest",
    "ResolveRequest",
    "RestoreRequest",
    "SearchRequest",
    "SelectingRequest",
    "StatusRequest",
    "SweepRequest",
    "UpdateRequest",
    "parameters",
]


Json = dict[str, Any]
"""A map that can go over the wire: a result, or a value of the caller's own."""


class MessageParam(TypedDict):
    """One message of an interaction. A bare text has the role None."""

    role: str | None
    content: str
    name: str | None


Keep = Literal["a", "b", "both", "merge"]
"""What becomes of two memories that contradict each other."""

# One alias for each type of the wire.
Flag = Annotated[bool, "bool"]
Cursor = Annotated[str, "cursor"]
Entries = Annotated[list[object], "entries"]
Filters = Annotated[Json, "filters"]
MemoryId = Annotated[str, "id"]
KeepChoice = Annotated[Keep, "keep"]
Limit = Annotated[int, "limit"]
Messages = Annotated[list[MessageParam], "messages"]
Metadata = Annotated[Json, "metadata"]
Owner = Annotated[str, "owner"]
QueryText = Annotated[str, "query"]
RequestId = Annotated[str, "request_id"]
Scope = Annotated[str, "scope"]
Seconds = Annotated[float, "seconds"]
SectionName = Annotated[Section, "section"]
Seq = Annotated[int, "seq"]
CallerSettings = Annotated[Json, "settings"]
Tags = Annotated[tuple[str, ...], "tags"]
Text = Annotated[str, "text"]
Threshold = Annotated[float, "threshold"]
Time = Annotated[datetime, "time"]
TypeName = Annotated[KnowledgeType, "type"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """Any call. By itself, one without parameters: `daemon.status` and `daemon.shutdown`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRequest(Request):
    """Any `memory.*` call."""

    settings: CallerSettings | None = None
    """The caller's own settings, not yet validated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnedRequest(CallRequest):
    """A call that names owners and a scope."""

    user_id: Owner | None = None
    agent_id: Owner | None = None
    run_id: Owner | None = None
    scope: Scope | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SelectingRequest(OwnedRequest):
    """A call that selects memories by their type and section too."""

    type: TypeName | None = None
    section: SectionName | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FilteringRequest(SelectingRequest):
    """A call that selects by metadata too; mem0 2.x names the owners in `filters`."""

    filters: Filters | None = None
    shared: Flag | None = None
    """False: only what has exactly the owner and the scope that are named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AddRequest(OwnedRequest):
    """`memory.add`: an interaction, and what all that is kept of it is given."""

    messages: Messages
    type: TypeName | None = None
    section: SectionName | None = None
    tags: Tags | None = None
    metadata: Metadata | None = None
    infer: Flag | None = None
    """False: keep each message as it is."""
    wait: Flag | None = None
    """False: answer once the interaction is in the inbox."""
    request_id: RequestId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchRequest(FilteringRequest):
    """`memory.search`: a question."""

    query: QueryText
    limit: Limit | None = None
    threshold: Threshold | None = None
    asked_at: Time | None = None
    """What "yesterday" in the question counts from; now if None."""
    context: Flag | None = None
    explain: Flag | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GetRequest(CallRequest):
    """`memory.get`: one memory."""

    memory_id: MemoryId


@dataclass(frozen=True, slots=True, kw_only=True)
class GetAllRequest(FilteringRequest):
    """`memory.get_all`: a page of memories."""

    archived: Flag | None = None
    limit: Limit | None = None
    after: Cursor | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateRequest(CallRequest):
    """`memory.update`: a new text, metadata, or both."""

    memory_id: MemoryId
    text: Text | None = None
    metadata: Metadata | None = None
    request_id: RequestId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteRequest(CallRequest):
    """`memory.delete`: forget one memory."""

    memory_id: MemoryId
    request_id: RequestId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteAllRequest(OwnedRequest):
    """`memory.delete_all`: forget what owners and scope name."""

    request_id: RequestId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DetectConflictsRequest(OwnedRequest):
    """`memory.detect_conflicts`: pairs that contradict each other."""

    limit: Limit | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolveRequest(CallRequest):
    """`memory.resolve`: what becomes of two memories that contradict each other."""

    id_a: MemoryId
    id_b: MemoryId
    keep: KeepChoice
    request_id: RequestId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangesRequest(OwnedRequest):
    """`memory.changes`: what the journal has after `since`."""

    since: Seq | None = None
    wait: Seconds | None = None
    limit: Limit | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportRequest(SelectingRequest):
    """`memory.export`: a page of memories with every field."""

    limit: Limit | None = None
    after: Cursor | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportRequest(CallRequest):
    """`memory.import`: entries of an export, checked one by one (import_validation.py)."""

    entries: Entries
    first: Seq | None = None
    """The position of the first entry in the whole import."""
    since: Seq | None = None
    """The `seq` that the first call of the same import answered."""
    request_id: RequestId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryRequest(CallRequest):
    """`memory.history`: every change of one memory."""

    memory_id: MemoryId


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoreRequest(CallRequest):
    """`memory.restore`: bring an archived memory back."""

    memory_id: MemoryId
    request_id: RequestId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepRequest(CallRequest):
    """`memory.sweep`: archive what has faded."""

    dry_run: Flag | None = None
    request_id: RequestId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResetRequest(CallRequest):
    """`memory.reset`: remove everything for good."""

    request_id: RequestId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusRequest(OwnedRequest):
    """`memory.status`: facts for people, about the memories that owners and scope name."""


REQUESTS: dict[str, type[Request]] = {
    "daemon.status": Request,
    "daemon.shutdown": Request,
    "memory.add": AddRequest,
    "memory.search": SearchRequest,
    "memory.get": GetRequest,
    "memory.get_all": GetAllRequest,
    "memory.update": UpdateRequest,
    "memory.delete": DeleteRequest,
    "memory.delete_all": DeleteAllRequest,
    "memory.detect_conflicts": DetectConflictsRequest,
    "memory.export": ExportRequest,
    "memory.import": ImportRequest,
    "memory.history": HistoryRequest,
    "memory.changes": ChangesRequest,
    "memory.resolve": ResolveRequest,
    "memory.sweep": SweepRequest,
    "memory.restore": RestoreRequest,
    "memory.reset": ResetRequest,
    "memory.status": StatusRequest,
}
"""The request of each method of the protocol, by the method's name."""


def parameters(request: type[Request]) -> dict[str, str]:
    """Each parameter's type on the wire as SPEC.md writes it; a trailing `?` means that it may be missing."""
    kinds: dict[str, str] = {}
    for name, hint in get_type_hints(request, include_extras=True).items():
        options = get_args(hint) if get_origin(hint) is not Annotated else (hint,)
        (kind,) = (get_args(option)[1] for option in options if option is not NoneType)
        kinds[name] = f"{kind}?" if NoneType in options else kind
    return kinds
