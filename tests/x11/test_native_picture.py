"""The picture that viewers get from the native server, on a real X server."""

from __future__ import annotations

import numpy as np
import pytest

from desktopd.geometry import Size
from desktopd.rfb.protocol.encodings import Encoding
from tests.rfb_viewer import COMMON, LOSSLESS, PHOTOS, VIDEO, RfbViewer
from tests.unit.rfb.protocol.test_pixel_format import COLOUR_MAP, FORMATS
from tests.x11.native import MOVING, Painter, showing, shown_numbers

ZRLE = (Encoding.ZRLE, *COMMON)
RAW = (Encoding.RAW, *COMMON)
PLAIN = (Encoding.TIGHT, Encoding.DESKTOP_SIZE)
"""Without fences and continuous updates: a viewer that asks for each picture."""


@pytest.mark.parametrize("encodings", [VIDEO, PHOTOS, LOSSLESS, ZRLE, RAW, PLAIN])
async def test_the_first_picture_is_the_screens(shown, painter, eventually, encodings):
    await painter.paint()
    seen = await shown.view(encodings)
    await eventually(lambda: shown.is_exact(seen))
    assert seen.client.name == "a desktop"
    assert np.unique(seen.client.picture).size > 1000


@pytest.mark.parametrize("encodings", [VIDEO, LOSSLESS, PLAIN])
async def test_a_small_change_arrives_without_loss_at_once(shown, painter, eventually, encodings):
    seen = await shown.view(encodings)
    await eventually(lambda: shown.is_exact(seen))
    lossy = []
    seen.client.on_update = lambda client: lossy.append(client.lossy.any())
    before = seen.client.received
    await painter.fill(5, 5, 60, 12, 0x224466)
    await eventually(lambda: shown.is_exact(seen))
    assert lossy == [False]
    assert seen.client.received - before < 500


@pytest.mark.whole_machine
@pytest.mark.parametrize(
    ("encodings", "sent"), [(VIDEO, "h264"), (PHOTOS, "jpeg"), (LOSSLESS, None), (ZRLE, None)]
)
async def test_what_moves_is_sent_as_the_viewer_can_take_it(
    shown, painter, eventually, encodings, sent
):
    torn: list[tuple[int, int]] = []

    def look(client: RfbViewer) -> None:
        first, second = shown_numbers(client.picture, 48, 32, MOVING)
        if first != second:
            torn.append((first, second))

    seen = await shown.view(encodings)
    await eventually(lambda: shown.is_exact(seen))
    await painter.paint(0)
    await eventually(lambda: shown.is_exact(seen))
    seen.client.on_update = look
    async with painter.painting():
        if sent == "h264":
            await eventually(lambda: seen.client.seen[Encoding.H264] > 20)
        elif sent == "jpeg":
            await eventually(lambda: seen.client.means["jpeg"] > 20)
        else:
            start = seen.client.updates
            await eventually(lambda: seen.client.updates > start + 20)
            assert not seen.client.lossy.any()
    await eventually(lambda: shown.is_exact(seen))
    assert torn == []
    if sent != "h264":
        assert not seen.client.seen[Encoding.H264]
    if sent is None:
        assert not seen.client.means["jpeg"]


@pytest.mark.whole_machine
async def test_many_viewers_are_bit_identical_at_rest(shown, connect, eventually):
    painter = await Painter.open(await connect(shown.server), Size(160, 144), 48, 32)
    viewers = [await shown.view(kind) for kind in (VIDEO, PHOTOS, LOSSLESS, ZRLE, RAW, PLAIN)]
    for _ in range(3):
        async with painter.painting():
            start = viewers[0].client.seen[Encoding.H264]
            await eventually(lambda start=start: viewers[0].client.seen[Encoding.H264] > start + 9)
        for seen in viewers:
            await eventually(lambda seen=seen: shown.is_exact(seen))


async def test_what_scrolls_is_copied_by_the_viewer(shown, connect, eventually):
    painter = await Painter.open(await connect(shown.server), Size(400, 400), 40, 24)
    await painter.paint()
    copying = await shown.view((Encoding.COPYRECT, *LOSSLESS))
    plain = await shown.view(LOSSLESS)
    for seen in (copying, plain):
        await eventually(lambda seen=seen: shown.is_exact(seen))
    before = copying.client.received, plain.client.received
    for down in (3, 16, -5, 40, -64, 1):
        await painter.scroll(down)
        for seen in (copying, plain):
            await eventually(lambda seen=seen: shown.is_exact(seen))
    assert copying.client.seen[Encoding.COPYRECT] > 3
    assert not plain.client.seen[Encoding.COPYRECT]
    received = (seen.client.received for seen in (copying, plain))
    few, many = (now - then for now, then in zip(received, before, strict=True))
    assert few < many / 3


@pytest.mark.parametrize("kind", ["xdummy", "xvnc"])
async def test_other_x_servers(start, connect, eventually, kind):
    async with showing(start(kind, Size(640, 480))) as shown:
        painter = await Painter.open(await connect(shown.server), MOVING, 48, 32)
        seen = await shown.view()
        await eventually(lambda: shown.is_exact(seen))
        async with painter.painting():
            await eventually(lambda: seen.client.seen[Encoding.H264] > 10)
        await eventually(lambda: shown.is_exact(seen))


@pytest.mark.parametrize("encoding", [Encoding.RAW, Encoding.TIGHT, Encoding.ZRLE])
async def test_every_pixel_format(shown, painter, eventually, encoding):
    await painter.paint()
    for number, target in enumerate((*FORMATS, COLOUR_MAP)):
        seen = await shown.view((encoding, *COMMON), target)
        await eventually(lambda seen=seen: shown.is_exact(seen))
        await painter.fill(3, 3, 90, 20, 0xAA3311 + 0x70905 * number)
        await eventually(lambda seen=seen: shown.is_exact(seen))
        assert (seen.client.colours == 256) is (target == COLOUR_MAP)
        await seen.leave()
