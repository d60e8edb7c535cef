// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { LIMITS, contentOf, imageAmong, isEmpty, same, withinLimits } from '../../../../web/src/connection/clipboard-content.js';

const NOTHING = { text: '', html: '', image: null };

/** @param {string} bytes */
function png(bytes) {
  return new Blob([bytes], { type: 'image/png' });
}

test('a paste has its text, its HTML and the first image of a type that the server takes', () => {
  const webp = new File(['1'], 'a.webp', { type: 'image/avif' });
  const tiff = new File(['2'], 'b.tif', { type: 'image/tiff' });
  const data = { 'text/plain': 'a', 'text/html': '<b>a</b>' };
  const pasted = { getData: (/** @type {string} */ type) => Reflect.get(data, type) ?? '', files: [webp, tiff, png('3')] };
  const content = contentOf(/** @type {any} */ (pasted));
  assert.deepEqual(content, { text: 'a', html: '<b>a</b>', image: tiff });
  assert.equal(imageAmong([webp]), null);
  assert.deepEqual([isEmpty(content), isEmpty(NOTHING), isEmpty({ ...NOTHING, image: tiff })], [false, true, false]);
});

test('images are the same by their bytes', async () => {
  const one = { ...NOTHING, image: png('one') };
  assert.equal(await same(one, { ...NOTHING, image: png('one') }), true);
  assert.equal(await same(one, { ...NOTHING, image: png('two') }), false);
  assert.equal(await same(one, { ...NOTHING, image: png('three') }), false);
  assert.equal(await same(one, NOTHING), false);
  assert.equal(await same(one, { ...one, text: 'with text' }), false);
});

test('HTML counts only where there is nothing else', async () => {
  const bold = { text: 'a', html: '<b>a</b>', image: null };
  assert.equal(await same(bold, { ...bold, html: '<meta><b>a</b>' }), true);
  assert.equal(await same(bold, { ...bold, html: '' }), false);
  assert.equal(await same({ ...bold, text: '' }, { ...bold, text: '', html: '<i>a</i>' }), false);
});

test('what is too large is left out, and told', () => {
  const image = png('x'.repeat(LIMITS.image + 1));
  const text = 'ü'.repeat(LIMITS.text / 2);
  assert.deepEqual(withinLimits({ text, html: '<b>', image }), {
    fitting: { text, html: '<b>', image: null },
    excess: [{ form: 'image', bytes: LIMITS.image + 1, limit: LIMITS.image }],
  });
  const { fitting, excess } = withinLimits({ text: `${text}.`, html: '', image: null });
  assert.ok(isEmpty(fitting));
  assert.deepEqual(excess, [{ form: 'text', bytes: LIMITS.text + 1, limit: LIMITS.text }]);
});
