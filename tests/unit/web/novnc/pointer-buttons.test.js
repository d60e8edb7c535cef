// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { buttonsAfter } from '../../../../web/src/novnc/pointer-buttons.js';

/** @type {Record<string, [type: string, button: number, buttons: number, held: number][]>} */
const stories = {
  'a click': [
    ['pointermove', -1, 0, 0],
    ['pointerdown', 0, 1, 1],
    ['pointermove', -1, 1, 1],
    ['pointerup', 0, 0, 0],
    ['lostpointercapture', 0, 0, 0],
  ],
  'a right button while the left one is down': [
    ['pointerdown', 0, 1, 1],
    ['pointermove', 2, 3, 3],
    ['pointermove', 0, 2, 2],
    ['pointerup', 2, 0, 0],
  ],
  'back and forward': [
    ['pointerdown', 3, 8, 8],
    ['pointermove', 4, 24, 24],
    ['pointermove', 3, 16, 16],
    ['pointerup', 4, 0, 0],
  ],
  'a release that was lost': [
    ['pointerdown', 0, 1, 1],
    ['pointermove', -1, 0, 0],
  ],
  'a release that was lost, and another button': [
    ['pointerdown', 0, 1, 1],
    ['pointerdown', 2, 2, 2],
  ],
  'a button that was pressed elsewhere': [
    ['pointermove', -1, 1, 0],
    ['pointerdown', 2, 3, 2],
    ['pointerup', 0, 0, 0],
  ],
  'a pen that is taken away': [
    ['pointerdown', 0, 1, 1],
    ['pointercancel', -1, 0, 0],
  ],
  'the eraser of a pen': [
    ['pointerdown', 5, 32, 1],
    ['pointermove', -1, 32, 1],
    ['pointerup', 5, 0, 0],
  ],
  'a button that the browser names but does not hold (WebKit on Linux)': [['pointerdown', 0, 0, 0]],
};

for (const [story, events] of Object.entries(stories)) {
  test(`the buttons that are down: ${story}`, () => {
    let held = 0;
    for (const [type, button, buttons, wanted] of events) {
      held = buttonsAfter(held, { type, button, buttons });
      assert.equal(held, wanted, `${type} of ${button}`);
    }
  });
}
