"""Who is at the desktop: names, colours, presence, and what is withdrawn from whom."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktopd.rfb.viewers import control, people
from desktopd.rfb.viewers.control import ControlMode, ControlRefused
from desktopd.rfb.viewers.people import NAME_LIMIT, People, PersonHands, Via, Visitor, tidy
from desktopd.rfb.viewers.viewer import Role
from tests.unit.turns import until

ANA, BEN = Visitor("ana", Role.CONTROL, owner=True), Visitor("ben", Role.CONTROL)


def test_two_tabs_are_one_person() -> None:
    desk = People(ControlMode.ONE)
    with desk.here(ANA) as first, desk.here(ANA) as second:
        assert first is second
        assert len(desk) == 1
    assert len(desk) == 0


def test_everybody_has_a_colour_and_a_number_that_is_free() -> None:
    desk = People()
    with ExitStack() as stack:
        here = [stack.enter_context(desk.here(Visitor(str(n), Role.VIEW))) for n in range(10)]
        assert [person.number for person in here] == list(range(1, 11))
        assert len({person.colour for person in here[: people.COLOURS]}) == people.COLOURS
        assert {person.colour for person in here} <= set(range(people.COLOURS))
        assert len({person.id for person in here}) == 10


@given(st.text(st.characters(codec=None), max_size=200))
def test_a_name_is_a_line_that_can_be_seen(name: str) -> None:
    seen = tidy(name)
    assert len(seen) <= NAME_LIMIT
    assert seen == seen.strip()
    assert seen.isprintable()
    assert seen.encode().decode() == seen
    assert tidy(seen) == seen


def test_names_of_all_languages_stay_as_they_are() -> None:
    for name in ("Ana María", "李雷", "Zoë O'Neill <3", "علي"):
        assert tidy(name) == name
    assert tidy("\u202eevil\u202c\n\tname\0") == "evil name"
    assert tidy("\u200b \ud800") == ""


def test_what_is_told_and_to_whom() -> None:
    desk, changes, moves = People(), [], []
    desk.on_change(lambda: changes.append(len(desk)))
    desk.on_pointer(lambda: moves.append(1))
    with desk.here(ANA) as ana:
        desk.rename(ana, " Ana ")
        desk.rename(ana, "Ana")
        assert changes == [1, 1]
        PersonHands(desk, ana).point(1, 2)
        assert (moves, ana.pointer) == ([], None)
        with desk.here(BEN):
            for _ in range(2):
                PersonHands(desk, ana).point(3, 4)
            assert (moves, ana.pointer) == ([1], (3, 4))


async def test_who_may_not_act_any_more_lets_go() -> None:
    desk, withdrawn = People(ControlMode.ONE), []
    with desk.here(ANA) as ana, desk.here(BEN) as ben:
        ana.withdrawn.add(lambda: withdrawn.append("ana"))
        ben.withdrawn.add(lambda: withdrawn.append("ben"))
        hands = PersonHands(desk, ana), PersonHands(desk, ben)
        assert [hand.may_act() for hand in hands] == [True, True]
        assert hands[1].use()
        assert withdrawn == ["ana"]
        assert [hand.may_act() for hand in hands] == [False, True]
        assert hands[1].use()
        assert withdrawn == ["ana"]
        with desk.deciding() as decisions:
            decisions.take(ana.id)
        assert withdrawn == ["ana", "ben"]
        assert desk.named(ben.id) is ben
        with pytest.raises(ControlRefused, match="has left"):
            desk.named("nobody")


async def test_who_reloads_a_page_keeps_control_and_who_leaves_does_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(people, "GRACE_SECONDS", 0.02)
    desk = People(ControlMode.ONE)
    with desk.here(BEN) as ben:
        with desk.here(ANA) as ana:
            PersonHands(desk, ana).use()
        with desk.here(ANA) as again:
            assert again is ana
            await asyncio.sleep(0.05)
            assert desk.control.holder == ana.id
        assert not desk.control.may_act(ben.id)
        await until(lambda: desk.control.holder is None)
        assert list(desk) == [ben]


@pytest.mark.parametrize("gone", [False, True])
async def test_whose_right_is_over_keeps_control_for_nobody(gone: bool) -> None:
    desk = People(ControlMode.ONE)
    with desk.here(BEN) as ben:
        with desk.here(ANA) as ana, desk.here(ANA):
            PersonHands(desk, ana).use()
            if not gone:
                desk.depart(ANA.key)
                assert desk.control.holder == ana.id
        if gone:
            assert desk.control.holder == ana.id
            desk.depart(ANA.key)
        assert desk.control.holder is None
        assert list(desk) == [ben]


async def test_a_request_ends_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(control, "ASK_SECONDS", 0.02)
    desk = People(ControlMode.ONE)
    with desk.here(ANA) as ana, desk.here(BEN) as ben:
        with desk.deciding() as decisions:
            decisions.take(ana.id)
            decisions.ask(ben.id)
        assert desk.control.asking == (ben.id,)
        told = asyncio.Event()
        desk.on_change(told.set)
        await until(told.is_set)
        assert desk.control.asking == ()


def test_who_has_control_is_written_down(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "desktopd.audit")
    desk = People(ControlMode.ONE)
    with desk.here(Visitor("vnc", Role.CONTROL, via=Via.VNC)) as ana:
        desk.rename(ana, "Ana")
        assert PersonHands(desk, ana).use()
        assert PersonHands(desk, ana).use()
    told = [record.__dict__["facts"] for record in caplog.records]
    assert told == [{"person": ana.id, "name": "Ana"}, {"person": "nobody"}]
