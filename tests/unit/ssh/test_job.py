"""The sentence for what a job does: lines as ``scontrol -o show job`` gave them, cut short."""

from __future__ import annotations

import pytest

from desktopd.ssh.slurm.job import Job, parse

RUNNING = (
    "Place= JobId=7 JobName=desktopd-desktop UserId=ada(1000) JobState=RUNNING Reason=None "
    "Dependency=(null) RunTime=1-00:01:40 TimeLimit=1-04:00:00 StartTime=2026-11-29T10:00:00 "
    "NodeList=n[2-3] BatchHost=n2 NumNodes=2"
)


def pending(reason: str, place: str = "", start: str = "Unknown") -> str:
    return str(
        parse(f"Place={place} JobId=7 JobState=PENDING Reason={reason} StartTime={start} NodeList=")
    )


def ended(state: str, run_time: str = "00:10:00", limit: str = "04:00:00") -> Job:
    return parse(f"JobId=7 JobState={state} RunTime={run_time} TimeLimit={limit}")


def test_a_running_job_is_on_the_node_of_its_shell() -> None:
    job = parse(RUNNING)
    assert str(job) == "Job 7 runs on n2."
    assert (job.run_time, job.time_limit) == (86500, 100800)
    assert job.is_under_way


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        ("Resources", "until enough of the cluster is free"),
        ("Priority", "others are before it"),
        ("JobHeldUser", "`scontrol release 7`"),
        ("BeginTime", "until its begin"),
        ("PartitionTimeLimit", "more time than the partition allows and will not start"),
        ("PartitionConfig", "no node of its partition"),
        ("ReqNodeNotAvail,_UnavailableNodes:n3", "down, drained or reserved"),
        ("Nodes_required_for_job_are_DOWN,_DRAINED_or_reserved", "down, drained or reserved"),
        ("QOSMaxJobsPerUserLimit", "a limit of yours or of your account is reached (QOSMaxJobs"),
        ("AssocGrpCpuLimit", "a limit of yours"),
        ("None", "has not looked at it yet"),
        ("SomethingNew", "SomethingNew"),
    ],
)
def test_a_job_that_waits_says_why(reason: str, told: str) -> None:
    assert told in pending(reason)


def test_a_job_that_waits_says_where_and_until_when() -> None:
    told = pending("Priority", place="3", start="2026-11-29T10:00:00")
    assert told == (
        "Job 7 waits in the queue, place 3: others are before it; Slurm expects 2026-11-29 10:00:00"
    )


@pytest.mark.parametrize(
    ("state", "told"),
    [
        ("TIMEOUT", "Its time limit has come"),
        ("CANCELLED", "cancelled (scancel)"),
        ("PREEMPTED", "higher priority"),
        ("NODE_FAIL", "The node has failed"),
        ("OUT_OF_MEMORY", "more memory than was asked for (--mem)"),
        ("FAILED", "the end of its log stands above"),
        ("REVOKED", "The job has ended: REVOKED."),
        ("", "Slurm no longer knows"),
    ],
)
def test_each_end_has_a_sentence(state: str, told: str) -> None:
    job = ended(state)
    assert told in str(job)
    assert not job.has_ended_well
    assert not job.is_under_way


def test_an_end_by_its_user_is_another_than_one_by_the_time_limit() -> None:
    assert ended("COMPLETED").has_ended_well
    assert ended("COMPLETED", limit="UNLIMITED").has_ended_well
    limited = ended("COMPLETED", run_time="03:59:02")
    assert not limited.has_ended_well
    assert "Its time limit has come" in str(limited)


@pytest.mark.parametrize("number", ["²", "9" * 5000, "٣", "-1", ""])
def test_no_number_of_a_host_ends_us(number: str) -> None:
    line = (
        f"JobId=7 JobState=RUNNING Place={number} RunTime={number}:00:00 TimeLimit={number}-1:0:0"
    )
    job = parse(line)
    assert (job.place, job.run_time, job.time_limit) == (0, 0, None)
