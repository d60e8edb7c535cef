// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Losses } from '../../../../web/src/picture/losses.js';

/**
 * @param {number} x
 * @param {number} y
 * @param {number} width
 * @param {number} height
 */
function area(x, y, width, height) {
  return { x, y, width, height };
}

const ALL = area(0, 0, 160, 96);

function picture() {
  const losses = new Losses();
  losses.reset({ width: 160, height: 96 });
  return losses;
}

/**
 * The lossy tiles, each as "column,row".
 *
 * @param {Losses} losses
 */
function tiles(losses) {
  return [...losses.areas(16)].map(({ x, y }) => `${x / 16},${y / 16}`);
}

test('a new picture has no losses', () => {
  const losses = picture();
  assert.equal(losses.any, false);
  assert.equal(losses.touches(ALL), false);
  assert.deepEqual([...losses.areas(64)], []);
});

test('one lossy pixel makes its tile lossy, and no other', () => {
  const losses = picture();
  losses.mark(area(31, 17, 1, 1));
  assert.deepEqual(tiles(losses), ['1,1']);
  assert.equal(losses.any, true);
  assert.equal(losses.touches(area(16, 16, 1, 1)), true);
  assert.equal(losses.touches(area(0, 0, 16, 96)), false);
  assert.equal(losses.touches(area(32, 16, 128, 16)), false);
});

test('a tile is exact again when all of it has come without losses', () => {
  const losses = picture();
  losses.mark(area(0, 0, 48, 16));
  assert.equal(losses.clear(area(1, 0, 32, 16)), true);
  assert.deepEqual(tiles(losses), ['0,0', '2,0']);
  assert.equal(losses.clear(area(0, 0, 48, 15)), true, 'touches lossy tiles, but covers none');
  assert.deepEqual(tiles(losses), ['0,0', '2,0']);
});

test('to clear what is exact says so', () => {
  const losses = picture();
  losses.mark(area(0, 0, 16, 16));
  assert.equal(losses.clear(area(64, 64, 32, 32)), false);
  assert.equal(losses.any, true);
});

test('tiles that end with the picture are covered by what ends there', () => {
  const losses = new Losses();
  losses.reset({ width: 20, height: 20 });
  losses.mark(area(0, 0, 20, 20));
  losses.clear(area(16, 0, 4, 20));
  assert.deepEqual(tiles(losses), ['0,0', '0,1']);
  losses.clear(area(0, 0, 20, 20));
  assert.equal(losses.any, false);
});

test('a copy takes its losses along and leaves them where they were', () => {
  const losses = picture();
  losses.mark(area(0, 0, 16, 16));
  losses.copy({ x: 0, y: 0 }, area(64, 32, 16, 16));
  assert.deepEqual(tiles(losses), ['0,0', '4,2']);
});

test('a copy that is not at whole tiles makes each tile lossy that got a lossy pixel', () => {
  const losses = picture();
  losses.mark(area(0, 0, 16, 16));
  losses.copy({ x: 0, y: 0 }, area(72, 0, 32, 16));
  assert.deepEqual(tiles(losses), ['0,0', '4,0', '5,0']);
});

test('an exact copy repairs the tiles that it covers', () => {
  const losses = picture();
  losses.mark(area(64, 0, 48, 16));
  losses.copy({ x: 0, y: 0 }, area(60, 0, 36, 16));
  assert.deepEqual(tiles(losses), ['6,0']);
});

test('a copy of exact and lossy tiles repairs some and spoils others', () => {
  const losses = picture();
  losses.mark(area(16, 0, 16, 16));
  losses.mark(area(64, 0, 32, 16));
  losses.copy({ x: 0, y: 0 }, area(64, 0, 32, 16));
  assert.deepEqual(tiles(losses), ['1,0', '5,0']);
});

test('a copy onto itself, such as of scrolling, reads what was there before', () => {
  const losses = picture();
  losses.mark(area(0, 0, 16, 16));
  losses.copy({ x: 0, y: 0 }, area(0, 16, 16, 80));
  assert.deepEqual(tiles(losses), ['0,0', '0,1']);
});

test('a lossy tile that a copy covers in part stays lossy', () => {
  const losses = picture();
  losses.mark(area(0, 32, 16, 16));
  losses.mark(area(64, 0, 16, 16));
  losses.copy({ x: 0, y: 0 }, area(64, 8, 16, 40));
  assert.deepEqual(tiles(losses), ['4,0', '0,2', '4,2']);
});

test('areas hold all losses, are in order, and end with the picture', () => {
  const losses = picture();
  losses.mark(area(150, 90, 1, 1));
  losses.mark(area(5, 5, 1, 1));
  assert.deepEqual([...losses.areas(64)], [area(0, 0, 64, 64), area(128, 64, 32, 32)]);
});

test('a new size forgets all losses', () => {
  const losses = picture();
  losses.mark(ALL);
  losses.reset({ width: 320, height: 96 });
  assert.equal(losses.any, false);
  losses.mark(area(300, 0, 1, 1));
  assert.deepEqual(tiles(losses), ['18,0']);
});

test('before it has a size nothing is lossy', () => {
  const losses = new Losses();
  losses.mark(area(0, 0, 16, 16));
  assert.equal(losses.any, false);
});
