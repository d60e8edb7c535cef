"""xfconf's channels; what Xfce makes of them is seen in tests/x11/test_xfce.py."""

from xml.etree import ElementTree

from desktopd.session.window_managers.xfconf import channel_xml


def test_values_stand_at_their_paths_with_their_types() -> None:
    text = channel_xml(
        "panel",
        {
            "/panels": (1, 2),
            "/panels/dark": True,
            "/panels/size": 30,
            "/panels/scale": 0.5,
            "/panels/name": "<&>",
        },
    )
    root = ElementTree.fromstring(text.encode())
    assert root.attrib == {"name": "panel", "version": "1.0"}
    (panels,) = root
    assert (panels.attrib["name"], panels.attrib["type"]) == ("panels", "array")
    assert [(v.attrib["type"], v.attrib["value"]) for v in panels.iter("value")] == [
        ("int", "1"),
        ("int", "2"),
    ]
    assert {
        p.attrib["name"]: (p.attrib["type"], p.attrib["value"])
        for p in panels.iter("property")
        if p is not panels
    } == {
        "dark": ("bool", "true"),
        "size": ("int", "30"),
        "scale": ("double", "0.5"),
        "name": ("string", "<&>"),
    }


def test_a_path_between_is_an_empty_property() -> None:
    root = ElementTree.fromstring(channel_xml("c", {"/a/b": 1}).encode())
    assert [(p.attrib["name"], p.attrib["type"]) for p in root.iter("property")] == [
        ("a", "empty"),
        ("b", "int"),
    ]
