"""A process with a companion's socket and no napari: the real server, with answers of its own.

``python companion_process.py SOCKET`` goes on until it is killed. Method ``echo`` answers its
params, ``refuse`` refuses them, ``wait`` never answers, ``become`` tells them as an event.
"""

import os
import sys
import threading
from pathlib import Path
from typing import Any

from desktopd.integrations.napari.protocol import (
    VERSION,
    CompanionRequest,
    Failure,
    FailureKind,
    event,
    failure,
    result,
)
from desktopd.integrations.napari.server import Answer, Server

LAYER = {
    "name": "cells",
    "type": "image",
    "shape": [3, 256, 256],
    "dtype": "uint8",
    "scale": [1.0, 1.0, 1.0],
    "visible": True,
    "opacity": 1.0,
    "contrast_limits": [0.0, 255.0],
    "colormap": "gray",
    "path": "/data/cells.tif",
    "active": True,
}


def state(**changes: Any) -> dict[str, Any]:
    return {
        "version": VERSION,
        "napari": "0.9.2",
        "pid": os.getpid(),
        "ready": True,
        "methods": ["echo", "layers", "refuse", "save", "wait"],
        "renderer": "llvmpipe",
        "errors": [],
        "restored": None,
        "saved": None,
        **changes,
    }


def main(path: Path) -> None:
    now = state()

    def asked(request: CompanionRequest, answer: Answer) -> None:
        match request.method:
            case "save" if now["saved"] and now["saved"]["pending"]:
                pass
            case "save":
                answer(result(request.id, {"restored": None, "saved": now["saved"]}))
            case "refuse":
                answer(failure(request.id, Failure(FailureKind.READER, "cannot be read")))
            case "become":
                if request.params["event"] == "state":
                    now.update(request.params["data"])
                server.tell(event(request.params["event"], request.params["data"]))
                answer(result(request.id, None))
            case "layers":
                answer(result(request.id, [LAYER]))
            case "status":
                answer(result(request.id, state(frame_rate=12.0)))
            case "wait":
                pass
            case _:
                answer(result(request.id, request.params))

    server = Server(path, asked, lambda: event("state", state()) + event("layers", [LAYER]))
    server.start()
    threading.Event().wait()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
