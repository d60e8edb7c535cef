"""xfconf's channels as the files from which Xfce takes its defaults."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from xml.etree import ElementTree

Scalar = bool | int | float | str
Value = Scalar | Sequence[Scalar]

_TYPES = {bool: "bool", int: "int", float: "double", str: "string"}


def channel_xml(channel: str, properties: Mapping[str, Value]) -> str:
    """A channel in the format of xfconf's files, from values by their paths."""
    root = ElementTree.Element("channel", name=channel, version="1.0")
    nodes = {"": root}
    for path, value in properties.items():
        names = path.split("/")[1:]
        for depth in range(len(names)):
            parent, here = "/".join(names[:depth]), "/".join(names[: depth + 1])
            if here not in nodes:
                nodes[here] = ElementTree.SubElement(
                    nodes[parent], "property", name=names[depth], type="empty"
                )
        _set(nodes["/".join(names)], value)
    ElementTree.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ElementTree.tostring(root, "unicode")}\n'


def _set(node: ElementTree.Element, value: Value) -> None:
    if isinstance(value, Scalar):
        node.attrib |= _typed(value)
        return
    node.set("type", "array")
    for item in value:
        ElementTree.SubElement(node, "value", _typed(item))


def _typed(value: Scalar) -> dict[str, str]:
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return {"type": _TYPES[type(value)], "value": text}
