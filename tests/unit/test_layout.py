"""The house rules: which package may import which, what a module shows, what a light client carries."""

from __future__ import annotations

import ast
import graphlib
import importlib
import inspect
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from memorus_client import AsyncMemory, Memory
from memorus_client.daemon import stop_daemon
from memorusd.text.scripts import CJK

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = {
    "memorus": ROOT / "memorus",
    "memorus_client": ROOT / "memorus_client",
    "memorusd": ROOT / "memorusd",
    "memorusctl": ROOT / "cli" / "memorusctl",
    "memorus_proto": ROOT / "proto" / "memorus_proto",
}


def modules() -> dict[str, Path]:
    """Every module of the wheel: dotted name to file."""
    found = {}
    for package, folder in PACKAGES.items():
        for file in sorted(folder.rglob("*.py")):
            parts = file.relative_to(folder).with_suffix("").parts
            found[".".join((package, *(p for p in parts if p != "__init__")))] = file
    return found


MODULES = modules()


class Import:
    """One imported module, and whether it is imported only when some function runs."""

    def __init__(self, name: str, *, lazy: bool, typing: bool) -> None:
        self.name = name
        self.lazy = lazy
        self.typing = typing


def imports(module: str) -> Iterator[Import]:
    """What `module` imports, relative names resolved, with those for the type checker marked."""
    file = MODULES[module]
    package = module if file.name == "__init__.py" else module.rpartition(".")[0]

    def visit(node: ast.AST, lazy: bool, typing: bool) -> Iterator[Import]:
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(alias.name, lazy=lazy, typing=typing)
        elif isinstance(node, ast.ImportFrom):
            if node.level:
                base = ".".join(package.split(".")[: len(package.split(".")) - node.level + 1])
                source = f"{base}.{node.module}" if node.module else base
            else:
                source = node.module or ""
            for alias in node.names:
                whole = f"{source}.{alias.name}"
                yield Import(whole if whole in MODULES else source, lazy=lazy, typing=typing)
        elif isinstance(node, ast.If) and ast.unparse(node.test) in ("TYPE_CHECKING", "typing.TYPE_CHECKING"):
            for statement in node.body:
                yield from visit(statement, lazy, True)
            for statement in node.orelse:
                yield from visit(statement, lazy, typing)
        else:
            inside = lazy or isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda))
            for child in ast.iter_child_nodes(node):
                yield from visit(child, inside, typing)

    yield from visit(ast.parse(file.read_text()), False, False)


def outside(module: str, allowed: set[str], *, typing: bool = True) -> list[str]:
    """What `module` imports that is neither the standard library nor in or below `allowed`."""
    return [
        found.name
        for found in imports(module)
        if (typing or not found.typing)
        and found.name.split(".")[0] not in sys.stdlib_module_names
        and not any(found.name == name or found.name.startswith(name + ".") for name in allowed)
    ]


def below(*prefixes: str) -> list[str]:
    names = [m for m in MODULES if any(m == p or m.startswith(p + ".") for p in prefixes)]
    assert names, f"nothing is called {prefixes}"
    return names


def test_the_analysis_sees_imports() -> None:
    # If these were missing, every test below would pass for nothing.
    seen = {found.name for found in imports("memorus_client._in_process")}
    assert {"memorus_client._sync_io", "memorus_proto.frames", "memorusd.service"} <= seen
    assert "memorusd.knowledge.store" in {found.name for found in imports("memorusd.ace.ingest")}
    assert [f.lazy for f in imports("memorus_client._in_process") if f.name == "memorusd.service"] == [True]
    assert [f.typing for f in imports("memorus_client._in_process") if f.name == "memorus_client._calls"] == [
        True
    ]


@pytest.mark.parametrize("module", below("memorus_proto"))
def test_the_protocol_needs_only_msgpack(module: str) -> None:
    assert outside(module, {"memorus_proto", "msgpack", "tomli", "tomllib"}) == []


@pytest.mark.parametrize("module", below("memorus_client"))
def test_the_client_needs_the_protocol_and_anyio_for_async(module: str) -> None:
    allowed = {"memorus_client", "memorus_proto"}
    if module in ("memorus_client._async_io", "memorus_client._multiplexed_connection"):
        allowed |= {"anyio"}
    if module == "memorus_client._in_process":
        allowed |= {"memorusd"}  # see below
    assert outside(module, allowed) == []


def test_the_one_import_of_the_daemon_by_the_client_is_lazy() -> None:
    found = {
        (module, found.lazy)
        for module in below("memorus_client")
        for found in imports(module)
        if found.name.startswith("memorusd")
    }
    assert found == {("memorus_client._in_process", True)}


@pytest.mark.parametrize("module", below("memorusd.text"))
def test_text_needs_only_small_libraries(module: str) -> None:
    slow = {"opencc"}
    assert outside(module, {"memorusd.text", "Stemmer"} | slow) == []
    # What is slow to import is loaded by the first text that needs it.
    assert all(f.lazy or f.typing for f in imports(module) if f.name.split(".")[0] in slow)


@pytest.mark.parametrize("module", below("memorusd.knowledge"))
def test_knowledge_knows_no_ace_and_no_server(module: str) -> None:
    ours = [f.name for f in imports(module) if f.name.split(".")[0] in PACKAGES]
    allowed = {"memorus_proto.errors"}
    if module == "memorusd.knowledge.store.sqlite.writer":
        allowed |= {"memorus_proto.frames"}  # a remembered answer is kept as it would go over the wire
    lower = ("memorusd.knowledge", "memorusd.text")
    assert [n for n in ours if not n.startswith(lower) and n not in allowed] == []
    assert not {f.name.split(".")[0] for f in imports(module)} & {"anyio", "asyncio", "socket", "pydantic"}


REQUESTS = "memorusd.requests"
"""The vocabulary of calls: what validation makes and the engine takes."""


def test_requests_know_only_what_is_kept() -> None:
    ours = {f.name for f in imports(REQUESTS) if f.name.split(".")[0] in PACKAGES}
    assert ours == {"memorusd.knowledge.bullet"}
    assert outside(REQUESTS, {"memorusd.knowledge.bullet"}) == []


@pytest.mark.parametrize("module", below("memorusd.ace"))
def test_ace_knows_no_socket(module: str) -> None:
    ours = [f.name for f in imports(module) if f.name.split(".")[0] in PACKAGES]
    allowed = ("memorusd.ace", "memorusd.knowledge", "memorusd.text")
    assert [
        n
        for n in ours
        if not n.startswith(allowed)
        and n not in ("memorus_proto.errors", "memorus_proto.model_access", REQUESTS)
    ] == []
    server = {"anyio", "asyncio", "select", "selectors", "signal", "socket", "socketserver"}
    assert not {f.name.split(".")[0] for f in imports(module)} & server


@pytest.mark.parametrize("module", below("memorusctl"))
def test_the_command_line_is_a_client(module: str) -> None:
    allowed = {"memorusctl", "memorus_client", "memorus_proto", "typer", "click", "rich"}
    if module in (
        "memorusctl.commands.backup",
        "memorusctl.commands.config",
        "memorusctl.commands.doctor",
        "memorusctl.commands.import_",
        "memorusctl.commands.store",
    ):
        # What has to work without a daemon, on a store that none can open: files and settings as they are.
        allowed |= {"memorusd"}
        assert all(f.lazy for f in imports(module) if f.name.startswith("memorusd"))
    assert outside(module, allowed) == []


MEM0S = {"memorus._mem0", "memorus._providers"}
"""What `memorus.Memory` is made of while ACE is off."""
PROVIDERS = {
    "memorus._collection",
    "memorus._onnx_embedding",
    "memorus._sqlite_vectors",
    "memorus._vector_file",
}
"""What mem0 loads when a config names it."""


@pytest.mark.parametrize("module", below("memorus"))
def test_the_public_face_is_a_client_too(module: str) -> None:
    allowed = {"memorus", "memorus_client", "memorus_proto"}
    if module in MEM0S:
        allowed |= {"mem0", "pydantic"}
    if module == "memorus._mem0":
        # `privacy.always_sanitize`: the Redactor before mem0. Nothing else of ACE, and only then.
        allowed |= {"memorusd"}
        assert all(f.lazy for f in imports(module) if f.name.startswith("memorusd"))
    if module in PROVIDERS:
        allowed |= {"memorusd", "mem0", "numpy"}
        assert all(
            f.name.startswith(("memorusd.knowledge", "memorusd.text"))
            for f in imports(module)
            if f.name.startswith("memorusd")
        )
    assert outside(module, allowed) == []
    # Neither mem0 nor what stands upon it is loaded with the client.
    heavy = {*MEM0S, *PROVIDERS}
    if module not in heavy:
        assert all(f.lazy for f in imports(module) if f.name in heavy)


@pytest.mark.parametrize("module", below("memorusd"))
def test_the_daemon_knows_no_client(module: str) -> None:
    ours = {f.name.split(".")[0] for f in imports(module)} & set(PACKAGES)
    assert ours <= {"memorusd", "memorus_proto"}


def test_no_circles_among_modules() -> None:
    """Imports for the type checker and inside functions count too: a circle hides in them just as well."""
    graph = {
        module: {found.name for found in imports(module) if found.name in MODULES and found.name != module}
        for module in MODULES
    }
    try:
        graphlib.TopologicalSorter(graph).prepare()
    except graphlib.CycleError as error:
        pytest.fail(" <- ".join(error.args[1]))


def is_counterpart(module: str) -> bool:
    """Whether another module stands for the same thing: the client's generated half, or a command's file."""
    return module.startswith(("memorus_client._sync.", "memorusctl.commands."))


def test_no_two_modules_have_one_name() -> None:
    modules_of: dict[str, list[str]] = {}
    for module, file in MODULES.items():
        if file.stem not in ("__init__", "__main__") and not is_counterpart(module):
            modules_of.setdefault(file.stem, []).append(module)
    assert {name: modules for name, modules in modules_of.items() if len(modules) > 1} == {}


def test_no_two_public_classes_have_one_name() -> None:
    modules_of: dict[str, list[str]] = {}
    for module, file in MODULES.items():
        # `memorus.Memory` and the classes that it chooses from are one thing to the user.
        if is_counterpart(module) or module in ("memorus._choose", "memorus._mem0"):
            continue
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                modules_of.setdefault(node.name, []).append(module)
    assert {name: modules for name, modules in modules_of.items() if len(modules) > 1} == {}


RETIRED = {
    *("door", "doors", "carry", "carries", "manner", "twins", "census", "tally", "stranger", "strangers"),
    *("heads", "wide", "face", "draft", "drafts", "edits", "settle", "told", "taken"),
}
"""Words that once named things here and that nobody else uses for them. In their places: transport, copy,
options, duplicates, counts, foreign rows, version vector, cjk, app, candidates, mutations, ack, resolve."""


def named(tree: ast.AST) -> Iterator[str]:
    """The names that a module gives: to functions, classes, parameters, variables and attributes."""
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case ast.Name(id=name, ctx=ast.Store()) | ast.arg(arg=name):
                yield name
            case ast.Attribute(attr=name, ctx=ast.Store()):
                yield name


@pytest.mark.parametrize("module", MODULES)
def test_names_are_those_of_the_field(module: str) -> None:
    names = set(named(ast.parse(MODULES[module].read_text()))) | {module.rpartition(".")[2]}
    assert sorted(name for name in names if RETIRED & set(name.lower().split("_"))) == []


CJK_LETTER = re.compile(f"[{CJK}]")


@pytest.mark.parametrize("module", below("memorusd", "memorus_client", "memorus", "memorusctl"))
def test_words_of_other_scripts_are_data_of_the_text_layer_and_of_languages(module: str) -> None:
    if module.startswith("memorusd.text.") or ".languages" in module:
        return
    tree = ast.parse(MODULES[module].read_text())
    docs = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    literals = [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs
    ]
    assert [text for text in literals if CJK_LETTER.search(text)] == []


@pytest.mark.parametrize("module", MODULES)
def test_a_module_says_what_it_is_for(module: str) -> None:
    text = ast.get_docstring(ast.parse(MODULES[module].read_text()))
    assert text, f"{module} has no docstring"
    assert len(text.splitlines()[0]) > 20, f"{module}: {text!r}"


@pytest.mark.parametrize("module", MODULES)
def test_all_names_what_is_there(module: str) -> None:
    if module == "memorusctl.__main__":
        return  # importing it runs the program
    loaded = importlib.import_module(module)
    listed = getattr(loaded, "__all__", [])
    assert len(listed) == len(set(listed)), f"{module}.__all__ names something twice"
    assert [name for name in listed if not hasattr(loaded, name)] == []
    assert [name for name in listed if name.startswith("_") and name != "__version__"] == []


def test_all_is_what_others_take() -> None:
    """What one module takes from another is in the other's `__all__`: those are its real exports."""
    bad = []
    for module, file in MODULES.items():
        package = module if file.name == "__init__.py" else module.rpartition(".")[0]
        for node in ast.walk(ast.parse(file.read_text())):
            if not isinstance(node, ast.ImportFrom):
                continue
            source = node.module or ""
            if node.level:
                base = package.split(".")[: len(package.split(".")) - node.level + 1]
                source = ".".join([*base, *([node.module] if node.module else [])])
            if source not in MODULES:
                continue
            loaded = importlib.import_module(source)
            shown = getattr(loaded, "__all__", ())
            bad += [
                f"{module} takes {alias.name} of {source}"
                for alias in node.names
                if alias.name not in shown
                and f"{source}.{alias.name}" not in MODULES
                and hasattr(loaded, alias.name)  # a name for the type checker alone cannot be shown
            ]
    assert bad == [], "\n".join(bad)


def test_sync_and_async_memory_are_the_same() -> None:
    def face(cls: type) -> dict[str, object]:
        return {n: v for n, v in vars(cls).items() if not n.startswith("_")}

    sync, awaited = face(Memory), face(AsyncMemory)
    assert list(sync) == list(awaited)
    for name, value in sync.items():
        other = awaited[name]
        if isinstance(value, property):
            assert isinstance(other, property), name
            continue
        if isinstance(value, classmethod):
            assert isinstance(other, classmethod), name
            continue
        assert inspect.iscoroutinefunction(other), f"AsyncMemory.{name} is not async"
        assert inspect.signature(value).parameters == inspect.signature(other).parameters, name  # type: ignore[arg-type]
        assert (
            inspect.signature(value).return_annotation == inspect.signature(other).return_annotation  # type: ignore[arg-type]
        ), name


LIGHT = """
import json, sys
from memorus_client import Memory

memory = Memory()
[added] = memory.add("The build runs on Tuesdays.", user_id="ada", infer=False)["results"]
memory.add([{"role": "user", "content": "Ada likes tea."}], user_id="ada", metadata={"k": 1}, infer=False)
assert memory.search("When does the build run?", user_id="ada")["results"][0]["id"] == added["id"]
assert memory.get(added["id"])["memory"] == "The build runs on Tuesdays."
assert len(memory.get_all(user_id="ada")["results"]) == 2
memory.update(added["id"], "The build runs on Fridays.")
memory.delete(added["id"])
assert [c["event"] for c in memory.history(added["id"])] == ["ADD", "UPDATE", "DELETE"]
assert memory.status()["in_process"] is False and memory.daemon_available
try:
    memory.get("")
except ValueError:
    pass
else:
    raise SystemExit("an empty id was taken")
print(json.dumps(sorted(sys.modules)))
"""

HEAVY = {
    "anyio",
    "asyncio",
    "ctypes",
    "http",
    "huggingface_hub",
    "litellm",
    "mem0",
    "memorusd",
    "multiprocessing",
    "numpy",
    "onnxruntime",
    "pathlib",
    "pydantic",
    "rich",
    "sqlite3",
    "ssl",
    "tokenizers",
    "typer",
    "typing",
    "urllib",
}
"""None of these is in a client that found a daemon."""


def test_a_client_stays_light(home: Path) -> None:
    try:
        Memory().add("so that a daemon runs", user_id="bob", infer=False)
        command = [sys.executable, "-c", LIGHT]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
        assert done.returncode == 0, done.stderr
        plain = subprocess.run(
            [sys.executable, "-c", "import sys, json; print(json.dumps(sorted(sys.modules)))"],
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        )
        # An editable installation imports things at the start; they are not the client's.
        own = set(json.loads(done.stdout)) - set(json.loads(plain.stdout))
        carried = {name.split(".")[0] for name in own}
        assert {"memorus_client", "memorus_proto", "msgpack"} <= carried
        assert sorted(carried & HEAVY) == []
    finally:
        stop_daemon()
