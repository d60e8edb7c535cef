"""container/kubernetes, checked with the schemas of Kubernetes: no cluster runs here."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from typing import Any

import kubernetes_validate
import pytest
import yaml
from jupyterhub.proxy import ConfigurableHTTPProxy
from traitlets.config import Config

from tests.daemon import ROOT, Daemon

FOLDER = ROOT / "container" / "kubernetes"
VERSIONS = ["1.28", "1.31", kubernetes_validate.latest_version()]


def objects() -> dict[str, dict[str, Any]]:
    """The objects of desktopd.yaml by kind."""
    found = yaml.safe_load_all((FOLDER / "desktopd.yaml").read_text())
    return {each["kind"]: each for each in found}


def container() -> dict[str, Any]:
    pod = objects()["Deployment"]["spec"]["template"]["spec"]
    assert len(pod["containers"]) == 1
    return dict(pod["containers"][0])


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("kind", sorted(objects()))
def test_each_object_is_valid(kind: str, version: str) -> None:
    kubernetes_validate.validate(objects()[kind], version, strict=True)


def test_a_wrong_field_is_found() -> None:
    service = objects()["Service"]
    service["spec"]["selectors"] = service["spec"].pop("selector")
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(service, VERSIONS[-1], strict=True)


def test_the_objects_belong_together() -> None:
    found = objects()
    deployment, service = found["Deployment"]["spec"], found["Service"]["spec"]
    labels = deployment["template"]["metadata"]["labels"]
    policy = found["NetworkPolicy"]["spec"]
    assert deployment["selector"]["matchLabels"] == labels
    assert service["selector"] == labels
    assert policy["podSelector"]["matchLabels"] == labels
    port = container()["ports"][0]
    assert port["containerPort"] == 8888
    assert service["ports"][0]["targetPort"] == port["name"]
    assert policy["ingress"][0]["ports"] == [{"port": port["name"]}]
    backend = found["Ingress"]["spec"]["rules"][0]["http"]["paths"][0]["backend"]["service"]
    assert backend["name"] == found["Service"]["metadata"]["name"]
    assert backend["port"]["name"] == service["ports"][0]["name"]
    volumes = {each["name"]: each for each in deployment["template"]["spec"]["volumes"]}
    assert {mount["name"] for mount in container()["volumeMounts"]} == set(volumes)
    claim = volumes["data"]["persistentVolumeClaim"]["claimName"]
    assert claim == found["PersistentVolumeClaim"]["metadata"]["name"]


def test_the_pod_has_no_more_rights_than_the_hardened_container() -> None:
    pod = objects()["Deployment"]["spec"]["template"]["spec"]
    assert pod["automountServiceAccountToken"] is False
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert container()["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }


def test_the_probes_ask_what_desktopd_answers(daemon: Any) -> None:
    desktop: Daemon = daemon(app="xterm", display="xvfb")
    desktop.ready()
    probes = [container()[f"{name}Probe"] for name in ("startup", "liveness", "readiness")]
    paths = [probe["httpGet"]["path"] for probe in probes]
    assert paths == ["/healthz", "/healthz", "/readyz"]
    for path in paths:
        assert desktop.request("GET", path, headers={"Authorization": ""}).status_code == 200


def test_the_hub_has_the_proxy_that_leaves_activity_to_the_servers() -> None:
    """The chart runs extraConfig with the hub's configuration as `c`, after its own."""
    [script] = values()["hub"]["extraConfig"].values()
    config = Config()
    # As the chart sets it; a class of ours inherits that.
    config.ConfigurableHTTPProxy.should_start = False
    exec(compile(script, "extraConfig", "exec"), {"c": config})
    proxy = config.JupyterHub.proxy_class
    assert issubclass(proxy, ConfigurableHTTPProxy)
    assert proxy(config=config, auth_token="x").should_start is False
    recipe = ast.parse((ROOT / "container/jupyter/jupyterhub_config.py").read_text())
    classes = [
        [ast.dump(node) for node in tree.body if isinstance(node, ast.ClassDef)]
        for tree in (recipe, ast.parse(script))
    ]
    assert classes[0] == classes[1] != []


def values() -> dict[str, Any]:
    return dict(yaml.safe_load((FOLDER / "zero-to-jupyterhub.yaml").read_text()))


def test_jupyterhubs_arguments_are_desktopds() -> None:
    singleuser = values()["singleuser"]
    # As KubeSpawner sets it.
    environment = {**os.environ, "JUPYTERHUB_SERVICE_URL": "http://0.0.0.0:8888/user/ada/"}
    run = [sys.executable, "-m", "desktopd", *singleuser["cmd"], "config"]
    done = subprocess.run(
        run, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=True
    )
    settings = {line.split()[0]: line.split()[1] for line in done.stdout.splitlines()}
    assert settings["auth"] == "jupyterhub"
    assert (settings["host"], settings["port"]) == ("0.0.0.0", "8888")
    assert settings["base_url"] == "/user/ada/"
