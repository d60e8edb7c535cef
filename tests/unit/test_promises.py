"""Each line of docs/promises.md names its tests, and they are there."""

import re

import pytest

from tests.documents import ROOT

ROWS = [
    line.strip("|").split(" | ")
    for line in (ROOT / "docs/promises.md").read_text("utf-8").splitlines()
    if line.startswith("| ") and " --- " not in line and "proof" not in line
]
REFERENCE = re.compile(r"`([\w/.]*)::(test_\w+)`")


@pytest.mark.parametrize(("what", "proof"), ROWS, ids=[row[0].strip() for row in ROWS])
def test_the_proof_is_there(what: str, proof: str) -> None:
    named = REFERENCE.findall(proof)
    assert named
    file = ""
    for path, test in named:
        file = path or file
        source = (ROOT / "tests" / file).read_text("utf-8")
        assert re.search(rf"\bdef {test}\(", source), f"{what}: {file} has no {test}"
