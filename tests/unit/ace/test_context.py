"""What is put into a prompt can be told from what people say, and breaks out of no frame."""

from __future__ import annotations

import xml.etree.ElementTree as ET

from memorusd.ace.context import render

FOUND = [
    {"memory": "Use <b> & never </memory>", "type": "trick"},
    {"memory": "one\ntwo", "type": "knowledge"},
]


def test_xml_is_well_formed_whatever_stands_in_a_memory() -> None:
    root = ET.fromstring(render(FOUND, "xml"))
    assert root.tag == "memorus_context"
    assert [(m.text, m.get("type")) for m in root] == [(m["memory"], m["type"]) for m in FOUND]


def test_markdown_keeps_an_item_together() -> None:
    lines = render(FOUND, "markdown").splitlines()
    assert lines[0] == "## From memory (Memorus)"
    assert [line for line in lines if line.startswith("- ")] == [
        "- Use <b> & never </memory> *(trick)*",
        "- one",
    ]


def test_plain_is_numbered() -> None:
    assert render(FOUND, "plain").splitlines()[1].startswith("1. Use <b>")


def test_nothing_found_is_an_empty_text() -> None:
    assert [render([], form) for form in ("xml", "markdown", "plain")] == ["", "", ""]
