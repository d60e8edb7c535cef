"""The files of the CI systems, the systemd unit: checked by schema and tool, not run."""

from __future__ import annotations

import configparser
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.daemon import ROOT

GITHUB = ROOT / ".github/workflows/ci.yaml"
GITLAB = ROOT / ".gitlab-ci.yml"
# Of each what was let in before a hole was closed: CVE-2024-28179, CVE-2025-62727, CVE-2024-28233.
KNOWN_HOLES = {"jupyter-server-proxy": "4.1.0", "starlette": "0.48.0", "jupyterhub": "4.0.2"}
EXPRESSION = re.compile(r"\$\{\{.*?\}\}")


def load(path: Path) -> dict[str, Any]:
    return dict(yaml.safe_load(path.read_text()))


def scripts() -> Iterator[tuple[str, str]]:
    """Each script of the two files, and where it stands."""
    for name, job in load(GITHUB)["jobs"].items():
        for number, step in enumerate(job["steps"]):
            if "run" in step:
                yield f"github {name} {number}", EXPRESSION.sub("expression", step["run"])
    for name, job in load(GITLAB).items():
        if isinstance(job, dict) and "script" in job:
            yield f"gitlab {name}", "\n".join([*job.get("before_script", []), *job["script"]])


@pytest.mark.parametrize(
    ("path", "options"),
    [
        (GITHUB, ["--builtin-schema", "vendor.github-workflows"]),
        (
            GITLAB,
            ["--builtin-schema", "vendor.gitlab-ci", "--data-transform", "gitlab-ci"],
        ),
    ],
)
def test_the_file_is_valid(path: Path, options: list[str]) -> None:
    check = [sys.executable, "-m", "check_jsonschema", *options, str(path)]
    done = subprocess.run(check, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("script", [pytest.param(text, id=name) for name, text in scripts()])
def test_each_script_is_one_that_a_shell_reads(script: str) -> None:
    done = subprocess.run(["bash", "-n"], input=script, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_github_runs_every_group_of_tests() -> None:
    matrix = load(GITHUB)["jobs"]["test"]["strategy"]["matrix"]["group"]
    line = re.search(r"\|\| groups=\((.+)\)", (ROOT / "tests/run").read_text())
    assert line
    assert " ".join(matrix).split() == line[1].split()


def test_both_build_every_variant_for_both_architectures() -> None:
    dockerfile = (ROOT / "container/Dockerfile").read_text()
    variants = re.findall(r"^FROM desktop AS (\w+)$", dockerfile, re.MULTILINE)
    github = load(GITHUB)["jobs"]
    matrix = github["image"]["strategy"]["matrix"]
    assert matrix["variant"] == github["publish"]["strategy"]["matrix"]["variant"]
    assert sorted(matrix["variant"]) == sorted(variants)
    assert matrix["platform"] == [each["platform"] for each in matrix["include"]]
    assert set(matrix["platform"]) == {"linux/amd64", "linux/arm64"}
    gitlab = load(GITLAB)
    built = {"VARIANT": matrix["variant"], "ARCH": ["amd64", "arm64"]}
    assert gitlab["build"]["parallel"]["matrix"] == [built]
    assert gitlab["publish"]["parallel"]["matrix"] == [{"VARIANT": matrix["variant"]}]


def test_each_variant_is_known_to_its_scripts() -> None:
    for variant in load(GITHUB)["jobs"]["image"]["strategy"]["matrix"]["variant"]:
        script = [sys.executable, "container/requirements.py", variant]
        told = subprocess.run(script, cwd=ROOT, capture_output=True, text=True, check=True).stdout
        assert any(line.startswith("uvicorn") for line in told.splitlines())
        assert any(line.startswith("napari") for line in told.splitlines()) == (variant != "slim")
        install = (ROOT / "container/install").read_text()
        assert re.search(rf'^("" \|.*\b)?{variant}\b.*\)', install, re.MULTILINE)


def test_nothing_is_published_or_signed_for_a_pull_request() -> None:
    jobs = load(GITHUB)["jobs"]
    assert jobs["publish"]["if"] == "github.event_name != 'pull_request'"
    for step in jobs["image"]["steps"]:
        uploads = "push=true" in str(step) or "login-action" in str(step)
        assert not uploads or step["if"] == "github.event_name != 'pull_request'"
    never = {"if": '$CI_PIPELINE_SOURCE == "merge_request_event"', "when": "never"}
    assert never in load(GITLAB)["publish"]["rules"]


def test_systemd_takes_the_unit(folder: Path) -> None:
    program = folder / ".local/bin/desktopd"
    program.parent.mkdir(parents=True)
    program.symlink_to(Path(sys.executable).with_name("desktopd"))
    unit = ROOT / "container/systemd/desktopd.service"
    verify = ["systemd-analyze", "verify", "--user", "--man=no", str(unit)]
    home = {"HOME": str(folder), "XDG_RUNTIME_DIR": str(folder)}
    done = subprocess.run(verify, env=os.environ | home, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_systemd_starts_again_what_failed_unless_it_would_again() -> None:
    unit = configparser.ConfigParser(strict=False, delimiters="=")
    unit.read(ROOT / "container/systemd/desktopd.service")
    service = unit["Service"]
    assert service["Restart"] == "on-failure"
    assert (service["RestartPreventExitStatus"], service["RestartSec"]) == ("2", "2")
    assert unit["Unit"]["StartLimitIntervalSec"] == "0"
    wrong = [sys.executable, "-m", "desktopd", "--port", "wrong"]
    assert subprocess.run(wrong, capture_output=True, check=False).returncode == 2


def test_supply_chain_actions_are_named_by_commit_with_their_version() -> None:
    used = re.findall(r"uses: *(.*)", GITHUB.read_text())
    assert used
    for one in used:
        assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}  # v\d+\.\d+\.\d+", one), one


def test_supply_chain_every_stage_stands_on_the_base_that_a_build_names() -> None:
    text = (ROOT / "container/Dockerfile").read_text()
    stages = set(re.findall(r" AS (\w+)", text))
    assert "ARG BASE=debian:trixie-slim" in text
    others = set(re.findall(r"^FROM (\S+)", text, re.M)) - stages - {"${VARIANT}"}
    assert others == {"${BASE}"}


def test_supply_chain_no_dependency_is_let_in_with_a_known_hole() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    groups = [project["dependencies"], *project["optional-dependencies"].values()]
    wanted = [Requirement(one) for group in groups for one in group]
    for name, hole in KNOWN_HOLES.items():
        found = [one for one in wanted if one.name == name]
        assert found, name
        assert not [str(one) for one in found if one.specifier.contains(hole)]


@pytest.mark.parametrize("variant", ["napari", "slim", "tools", "jupyter", "cuda"])
def test_supply_chain_the_image_has_locked_packages_that_are_what_is_wanted(variant: str) -> None:
    assert (
        '--require-hashes -r "container/locked/$VARIANT.txt"'
        in (ROOT / "container/Dockerfile").read_text()
    )
    text = (ROOT / f"container/locked/{variant}.txt").read_text()
    assert "://" not in text
    hashes = r"(?:    --hash=sha256:[0-9a-f]{64}.*\n)+"
    entries = re.findall(rf"^([\w.-]+==.*?) \\\n({hashes})", text, re.M)
    assert len(entries) == len(re.findall(r"^\w", text, re.M))
    locked = [Requirement(line) for line, _ in entries]
    script = [sys.executable, "container/requirements.py", variant]
    told = subprocess.run(script, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for wanted in map(Requirement, told.splitlines()):
        found = [one for one in locked if canonicalize_name(one.name) == wanted.name.lower()]
        assert found, f"{wanted}: run container/lock"
        for one in found:
            (version,) = one.specifier
            assert wanted.specifier.contains(version.version), f"{wanted}: run container/lock"
