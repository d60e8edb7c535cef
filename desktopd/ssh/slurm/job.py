"""A job as Slurm tells of it, and the sentence for what it does or how it has ended.

States and reasons are those of squeue(1). Tested by tests/unit/ssh/test_job.py.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_REASONS = {
    "None": "Slurm has not looked at it yet",
    "Resources": "until enough of the cluster is free",
    "Priority": "others are before it",
    "BeginTime": "until its begin, as after a requeue",
    "Dependency": "for another job",
    "JobHeldUser": "it is held: `scontrol release {id}` there lets it go",
    "JobHeldAdmin": "an administrator holds it",
    "Licenses": "for a licence",
    "Reservation": "for its reservation",
    "ReqNodeNotAvail": "the nodes it needs are down, drained or reserved",
    "PartitionDown": "its partition is down",
    "PartitionInactive": "its partition takes no jobs now",
    "PartitionTimeLimit": "it asks for more time than the partition allows and will not start",
    "PartitionNodeLimit": "it asks for more nodes than the partition allows and will not start",
    "PartitionConfig": "no node of its partition can give what it asks for and it will not start",
    "BadConstraints": "no node can give what it asks for and it will not start",
    "NodeDown": "the node it needs is down",
    "launch_failed_requeued_held": "its start has failed: `scontrol release {id}` tries again",
}
_LIMIT = re.compile(r"(QOS|Assoc|Max).*(Limit|Max|Grp|Per)")
_ENDS = {
    "TIMEOUT": "Its time limit has come: the job has ended.",
    "DEADLINE": "Its deadline has come: the job has ended.",
    "CANCELLED": "The job was cancelled (scancel).",
    "PREEMPTED": "A job of higher priority has taken the node: this one has ended.",
    "NODE_FAIL": "The node has failed, and the job with it.",
    "BOOT_FAIL": "The node has not started, and the job has ended.",
    "OUT_OF_MEMORY": "The job has ended: it used more memory than was asked for (--mem).",
    "FAILED": "The desktop did not start or has failed; the end of its log stands above.",
    "COMPLETED": "The desktop has ended.",
    "": "The job is over; Slurm no longer knows how it has ended.",
}
_UNDER_WAY = (
    *("PENDING", "CONFIGURING", "RUNNING", "SUSPENDED", "STOPPED", "REQUEUED", "COMPLETING"),
    "UNKNOWN",
)
_COUNT = r"[0-9]{1,9}"
"""What a host may tell of one; Python takes no number with thousands of digits."""
KEPT = "napari's layers come back with the next desktop of this name."


@dataclass(frozen=True, slots=True)
class Job:
    """What ``scontrol show job`` tells; `place` counts from 1 in the queue, 0 is not known.

    `run_time` and `time_limit` are seconds, the latter None without one.
    """

    id: str
    state: str
    reason: str = ""
    node: str = ""
    place: int = 0
    start: str = ""
    run_time: int = 0
    time_limit: int | None = None

    @property
    def is_under_way(self) -> bool:
        """Whether it waits, runs, or may do so again."""
        return self.state in _UNDER_WAY

    @property
    def has_ended_well(self) -> bool:
        """Whether nothing but its user has ended it."""
        return self.state == "COMPLETED" and not self._is_near_limit

    @property
    def _is_near_limit(self) -> bool:
        # job.sh is told a minute before, give or take half a one.
        return self.time_limit is not None and self.run_time >= self.time_limit - 100

    def __str__(self) -> str:
        match self.state:
            case "PENDING":
                return self._queued()
            case "RUNNING":
                return f"Job {self.id} runs on {self.node}."
            case "CONFIGURING":
                return f"Job {self.id}: {self.node or 'the node'} is being started."
            case "SUSPENDED" | "STOPPED":
                return f"Job {self.id} on {self.node} is suspended: the desktop stands still."
            case "UNKNOWN":
                return f"Slurm does not answer about job {self.id}; asking again."
            case "COMPLETING":
                return f"Job {self.id} is ending."
        return f"Job {self.id}: {self.end}"

    @property
    def end(self) -> str:
        """The sentence for how it has ended."""
        state = "TIMEOUT" if self.state == "COMPLETED" and self._is_near_limit else self.state
        text = _ENDS.get(state, f"The job has ended: {state}.")
        return text if state in ("COMPLETED", "FAILED", "") else f"{text} {KEPT}"

    def _queued(self) -> str:
        place = f", place {self.place}" if self.place else ""
        begin = f"; Slurm expects {self.start.replace('T', ' ')}" if self.start else ""
        return f"Job {self.id} waits in the queue{place}: {self._why()}{begin}"

    def _why(self) -> str:
        reason = self.reason.strip("()").partition(",")[0]
        if reason.startswith("Nodes_required_for_job"):
            reason = "ReqNodeNotAvail"
        if known := _REASONS.get(reason):
            return known.format(id=self.id)
        if _LIMIT.search(reason):
            return f"a limit of yours or of your account is reached ({reason})"
        return reason or "Slurm has not looked at it yet"


def parse(line: str) -> Job:
    """The job of a line of login.sh, in the words of ``scontrol -o show job``."""
    told: dict[str, str] = {}
    for name, value in re.findall(r"(\w+)=(\S*)", line):
        told.setdefault(name, "" if value in ("(null)", "Unknown", "N/A") else value)
    place = told.get("Place", "")
    return Job(
        id=told.get("JobId", ""),
        state=told.get("JobState", ""),
        reason=told.get("Reason", ""),
        node=told.get("BatchHost", "") or told.get("NodeList", ""),
        place=int(place) if re.fullmatch(_COUNT, place) else 0,
        start=told.get("StartTime", ""),
        run_time=_seconds(told.get("RunTime", "")) or 0,
        time_limit=_seconds(told.get("TimeLimit", "")),
    )


def _seconds(value: str) -> int | None:
    """The length of ``[DAYS-]HH:MM:SS``; None for ``UNLIMITED``."""
    match = re.fullmatch(rf"(?:({_COUNT})-)?({_COUNT}):({_COUNT}):({_COUNT})", value)
    if match is None:
        return None
    days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return ((days * 24 + hours) * 60 + minutes) * 60 + seconds
