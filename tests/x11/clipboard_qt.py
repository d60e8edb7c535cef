"""A Qt program that copies and pastes as it is told on its standard input, one JSON object a line.

{"copy": {"text", "html", "image": a file, "files": [paths]}} copies what is named; {"paste": FILE}
writes the pasted image to FILE as PNG and prints the rest as JSON.
"""

import json
import os
import sys
from typing import Any

from PyQt6.QtCore import QMimeData, QSocketNotifier, QUrl
from PyQt6.QtGui import QGuiApplication, QImage

application = QGuiApplication(sys.argv)
clipboard = application.clipboard()
assert clipboard is not None


def copy(parts: dict[str, Any]) -> None:
    data = QMimeData()
    if "text" in parts:
        data.setText(parts["text"])
    if "html" in parts:
        data.setHtml(parts["html"])
    if "image" in parts:
        data.setImageData(QImage(parts["image"]))
    if "files" in parts:
        data.setUrls([QUrl.fromLocalFile(path) for path in parts["files"]])
    clipboard.setMimeData(data)


def paste(path: str) -> None:
    data = clipboard.mimeData()
    assert data is not None
    facts = {
        "image": clipboard.image().save(path, "PNG"),
        "text": data.text(),
        "html": data.html(),
        "files": [url.toLocalFile() for url in data.urls()],
        "formats": data.formats(),
    }
    print(json.dumps(facts), flush=True)


def obey() -> None:
    line = b""
    while not line.endswith(b"\n"):
        line += os.read(0, 1) or sys.exit()
    order = json.loads(line)
    if "copy" in order:
        copy(order["copy"])
        print("{}", flush=True)
    else:
        paste(order["paste"])


orders = QSocketNotifier(0, QSocketNotifier.Type.Read)
orders.activated.connect(obey)
application.exec()
