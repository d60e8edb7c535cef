// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { TileGrid } from '../../../../web/src/picture/tile-grid.js';

// 3 columns, the last 8 pixels wide, and 2 rows, the last 4 pixels high.
const grid = new TileGrid({ width: 40, height: 20 });

test('a picture that is no whole number of tiles has smaller ones at its edges', () => {
  assert.deepEqual([grid.columns, grid.rows], [3, 2]);
  assert.deepEqual([new TileGrid({ width: 32, height: 16 }).columns, new TileGrid({ width: 0, height: 0 }).rows], [2, 0]);
});

test('an area touches every tile that it has a pixel of', () => {
  assert.deepEqual(grid.touched({ x: 0, y: 0, width: 16, height: 16 }), { left: 0, top: 0, right: 1, bottom: 1 });
  assert.deepEqual(grid.touched({ x: 15, y: 15, width: 2, height: 2 }), { left: 0, top: 0, right: 2, bottom: 2 });
  assert.deepEqual(grid.touched({ x: 16, y: 0, width: 1, height: 1 }), { left: 1, top: 0, right: 2, bottom: 1 });
});

test('an area covers the tiles that lie in it as a whole', () => {
  assert.deepEqual(grid.covered({ x: 0, y: 0, width: 33, height: 16 }), { left: 0, top: 0, right: 2, bottom: 1 });
  assert.deepEqual(grid.covered({ x: 1, y: 0, width: 32, height: 16 }), { left: 1, top: 0, right: 2, bottom: 1 });
});

test('what ends with the picture covers the smaller tiles too', () => {
  assert.deepEqual(grid.covered({ x: 32, y: 16, width: 8, height: 4 }), { left: 2, top: 1, right: 3, bottom: 2 });
  assert.deepEqual(grid.covered({ x: 32, y: 16, width: 7, height: 4 }), { left: 2, top: 1, right: 2, bottom: 2 });
});

test('tiles end where the picture ends', () => {
  const all = { left: 0, top: 0, right: 3, bottom: 2 };
  assert.deepEqual(grid.touched({ x: -5, y: -5, width: 500, height: 500 }), all);
  assert.deepEqual(grid.covered({ x: -5, y: -5, width: 500, height: 500 }), all);
});
