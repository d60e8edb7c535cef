"""Names of files as clients send them, by the HTTP API of a folder with a secret beside it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote

from hypothesis import strategies as st

from tests.fuzz.asgi import asked
from tests.fuzz.target import Check, Target
from tests.unit.files.trees import SECRET
from tests.unit.http.api.shared import Shared

_ODD = ["..", ".", "in", "out", "file", "secret", "outside", "%2e%2e", "%252e", "%2F", "%00", "~"]
_PART = st.one_of(
    st.sampled_from(_ODD),
    st.text(max_size=4),
    st.text("./%\\\0\n:", max_size=6),
    st.just("x" * 300),
)
NAMES = st.one_of(
    st.lists(_PART, max_size=5).map("/".join).map(lambda text: text.encode(errors="surrogatepass")),
    st.binary(max_size=60),
)


@contextmanager
def _shared() -> Iterator[Check]:
    # In memory: a disk would take minutes.
    with TemporaryDirectory(dir="/dev/shm") as folder, asyncio.Runner() as runner:
        outside, inside = Path(folder, "outside"), Path(folder, "shared")
        outside.mkdir()
        inside.mkdir()
        (outside / "secret").write_bytes(SECRET)
        (inside / "in").mkdir()
        (inside / "out").symlink_to(outside)
        (inside / "file").symlink_to(outside / "secret")
        shared = Shared(inside)

        def check(data: bytes) -> None:
            runner.run(_attempt(shared, data))
            found = {path.name: path.read_bytes() for path in outside.iterdir()}
            assert found == {"secret": SECRET}
            assert sorted(path.name for path in Path(folder).iterdir()) == ["outside", "shared"]

        yield check


async def _attempt(shared: Shared, name: bytes) -> None:
    """Use the name in every way, quoted and as it is; nothing of it is a mistake of the server."""
    for target in {quote(name, safe=""), quote(name, safe="/%")}:
        for method in ("PUT", "GET", "DELETE"):
            status, answer = await asked(shared.app, method, f"/api/files/{target}", b"here")
            assert status < 500, (method, target, answer)
            assert SECRET not in answer, (method, target)


TARGETS = (Target("file-names", NAMES, _shared, 100_000),)
