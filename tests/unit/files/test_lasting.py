"""Whether files outlive the container, told from tables of mounts as the kernel writes them."""

from pathlib import Path

import pytest

from desktopd.files.lasting import is_lasting

MACHINE = """\
22 27 0:21 / /proc rw,relatime - proc proc rw
27 1 254:0 / / rw,relatime - ext4 /dev/vda rw,discard
31 27 0:28 / /tmp rw,nosuid - tmpfs tmpfs rw
"""
DOCKER = r"""
521 407 0:54 / / rw,relatime master:183 - overlay overlay rw,lowerdir=/l/A:/l/B,upperdir=/o/diff
522 521 0:57 / /proc rw,nosuid,nodev,noexec,relatime - proc proc rw
523 521 0:58 / /dev rw,nosuid - tmpfs tmpfs rw,size=65536k,mode=755
531 521 254:1 /docker/containers/3/hosts /etc/hosts rw,relatime - ext4 /dev/vda1 rw
""".lstrip()
VOLUME = "532 521 254:1 /docker/volumes/x/_data {} rw,relatime master:1 - ext4 /dev/vda1 rw\n"
TMPFS = "533 521 0:70 / /data rw,nosuid,nodev,noexec,relatime - tmpfs tmpfs rw,size=1024k\n"
FUSE = "1 0 0:54 / / rw - fuse.fuse-overlayfs fuse-overlayfs rw,user_id=0\n"
BTRFS = "521 407 0:41 /@/docker/btrfs/subvolumes/4 / rw,relatime - btrfs /dev/sda2 rw\n"


def lasting(tmp_path: Path, mounts: str, path: str, mark: str = "") -> bool:
    (tmp_path / "proc/self").mkdir(parents=True)
    (tmp_path / "proc/self/mountinfo").write_text(mounts)
    if mark:
        (tmp_path / mark).parent.mkdir(exist_ok=True)
        (tmp_path / mark).touch()
    return is_lasting(Path(path), tmp_path)


@pytest.mark.parametrize("path", ["/data", "/tmp/work", "/"])
@pytest.mark.parametrize("mark", ["", ".dockerenv"], ids=["machine", "machine made of an image"])
def test_outside_of_a_container_all_is_lasting(tmp_path: Path, path: str, mark: str) -> None:
    assert lasting(tmp_path, MACHINE, path, mark)


@pytest.mark.parametrize(
    ("mounts", "mark"),
    [
        (DOCKER, ".dockerenv"),
        # containerd, as in Kubernetes, leaves no mark.
        (DOCKER, ""),
        (FUSE, "run/.containerenv"),
        (BTRFS, ".dockerenv"),
        (DOCKER + TMPFS, ""),
        (DOCKER + VOLUME.format("/database"), ""),
    ],
    ids=["docker", "containerd", "podman", "btrfs", "memory", "a volume elsewhere"],
)
def test_a_containers_own_layer_is_not(tmp_path: Path, mounts: str, mark: str) -> None:
    assert not lasting(tmp_path, mounts, "/data", mark)


@pytest.mark.parametrize(
    ("mounts", "path"),
    [
        (DOCKER + VOLUME.format("/data"), "/data"),
        (DOCKER + VOLUME.format("/data"), "/data/plates/1"),
        (DOCKER + VOLUME.format(r"/my\040data"), "/my data"),
        # A volume over memory.
        (DOCKER + TMPFS + VOLUME.format("/data"), "/data"),
        (BTRFS + VOLUME.format("/home/ada"), "/home/ada/work"),
    ],
)
def test_a_volume_is_lasting(tmp_path: Path, mounts: str, path: str) -> None:
    assert lasting(tmp_path, mounts, path, ".dockerenv")


def test_this_machine_can_be_asked(tmp_path: Path) -> None:
    assert isinstance(is_lasting(tmp_path.resolve()), bool)
