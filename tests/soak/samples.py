"""What the processes of a desktop hold at one moment, and how it grows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from tests.daemon import Daemon

_HOUR = 3600.0


@dataclass(frozen=True, slots=True)
class Sample:
    """Resident memory in MB of the process alone, and counts of the daemon's.

    Without pages of files, which the kernel takes and gives as it likes, and what is shared.
    `application` is napari with the companion in it; `shm` counts segments of the daemon and of X.
    """

    seconds: float
    daemon: float
    x_server: float
    application: float
    descriptors: int
    threads: int
    shm: int


MEASURES = tuple(field.name for field in fields(Sample) if field.name != "seconds")


def take(desktop: Daemon, seconds: float) -> Sample:
    """Look at the processes of `desktop` now."""
    daemon = desktop.process.pid
    services = {service["name"]: service["pid"] for service in desktop.session()["services"]}
    return Sample(
        round(seconds, 1),
        _resident(daemon),
        _resident(services["display"]),
        _resident(services["application"]),
        len([*Path(f"/proc/{daemon}/fd").iterdir()]),
        len([*Path(f"/proc/{daemon}/task").iterdir()]),
        _segments({daemon, services["display"]}),
    )


def slope(samples: Sequence[Sample], measure: str) -> float:
    """How much a measure grows in an hour, by least squares; 0 for fewer than two samples."""
    times = [sample.seconds / _HOUR for sample in samples]
    values = [getattr(sample, measure) for sample in samples]
    if len(samples) < 2:
        return 0.0
    middle, mean = sum(times) / len(times), sum(values) / len(values)
    spread = sum((time - middle) ** 2 for time in times)
    pairs = zip(times, values, strict=True)
    return sum((time - middle) * (value - mean) for time, value in pairs) / spread


def table(samples: Sequence[Sample]) -> str:
    """CSV with a line for each sample."""
    lines = [",".join(("seconds", *MEASURES))]
    lines += [",".join(map(str, asdict(sample).values())) for sample in samples]
    return "\n".join(lines) + "\n"


def _resident(pid: int | None) -> float:
    """0 while there is no such process."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0.0
    held = next((int(line.split()[1]) for line in lines if line.startswith("RssAnon:")), 0)
    return round(held / 1024, 2)


def _segments(creators: set[int | None]) -> int:
    """System V segments that these processes have made, as proc(5) lists them."""
    lines = Path("/proc/sysvipc/shm").read_text().splitlines()[1:]
    return sum(int(line.split()[4]) in creators for line in lines)
