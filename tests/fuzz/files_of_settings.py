"""Files of settings: whatever they say, what is wrong is a ConfigError."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest import mock

from hypothesis import strategies as st

from desktopd.config import ConfigError, Settings, load
from tests.fuzz.target import Check, Target

_VALUES = (
    *(
        "true",
        "0",
        "-1",
        "1e999",
        "nan",
        '""',
        '"\\u0000"',
        '"x"',
        "[]",
        '["a", 1]',
        "{}",
        "'''\n'''",
    ),
    *("1979-05-27", '"1600x900"', '"/"', '"*"', '"http://[::1"', '"99999999999999999999GB"'),
)
_LINE = st.builds(
    "{} = {}".format,
    st.one_of(st.sampled_from([*Settings.model_fields]), st.text(max_size=8)),
    st.one_of(st.sampled_from(_VALUES), st.integers().map(str), st.text(max_size=20).map(repr)),
)
FILES = st.one_of(
    st.lists(_LINE, max_size=4).map("\n".join).map(lambda text: text.encode(errors="replace")),
    st.binary(max_size=80),
)


@contextmanager
def _opened() -> Iterator[Check]:
    ours = [name for name in os.environ if name.startswith("DESKTOPD_")]
    with TemporaryDirectory() as folder, mock.patch.dict(os.environ):
        for name in ours:
            del os.environ[name]
        file = Path(folder, "desktopd.toml")

        def check(data: bytes) -> None:
            file.write_bytes(data)
            with suppress(ConfigError):
                load(["--config", str(file)])

        yield check


TARGETS = (Target("settings", FILES, _opened, 10_000),)
