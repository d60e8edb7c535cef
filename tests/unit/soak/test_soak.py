"""The parts of the soak that compute."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from tests.soak.__main__ import parser
from tests.soak.plot import plot
from tests.soak.samples import MEASURES, Sample, slope, table

SAMPLES = [Sample(60.0 * m, 100 + m / 60, 50, 400, 40, 12, 2) for m in range(30)]


def test_a_slope_is_that_of_an_hour() -> None:
    assert slope(SAMPLES, "daemon") == pytest.approx(1)
    assert slope(SAMPLES, "threads") == slope(SAMPLES[:1], "daemon") == 0


def test_the_table_has_a_line_for_each_sample() -> None:
    header, *lines = table(SAMPLES).splitlines()
    assert header.split(",") == ["seconds", *MEASURES]
    assert len(lines) == len(SAMPLES)
    assert lines[1] == "60.0,100.01666666666667,50,400,40,12,2"


def test_the_picture_has_a_panel_for_each_measure() -> None:
    picture = ElementTree.fromstring(plot(SAMPLES))
    lines = picture.findall(".//{http://www.w3.org/2000/svg}polyline")
    assert [len(line.attrib["points"].split()) for line in lines] == [len(SAMPLES)] * len(MEASURES)


def test_it_takes_an_hour_unless_told() -> None:
    assert parser().parse_args(["--out", "results"]).minutes == 60
