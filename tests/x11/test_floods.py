"""The measurement of floods of watchers, with a real daemon: what it prints, not how much."""

import re

import pytest

from tests.bench.floods import main

KINDS = ("none", "small frames", "formats", "screenshots")
LINE = r"\| ([a-z ]+) \| \d+, \d+ \| \d+, \d+ \| \d+ \|"


def test_each_flood_has_its_line(capsys: pytest.CaptureFixture[str]) -> None:
    main(["--seconds", "1", "--watchers", "2", "--floods", ",".join(KINDS)])
    assert tuple(re.findall(LINE, capsys.readouterr().out)) == KINDS
