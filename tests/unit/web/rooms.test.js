// @ts-check
// Which room may import which, and that nothing imports itself by a detour. Types count: to name a type is to know it.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const SOURCES = fileURLToPath(new URL('../../../web/src', import.meta.url));
const IMPORT = /(?:\bfrom|\bimport|\bimport\(|\bURL\()\s*['"](\.[^'"]+)['"]/g;

/** What each room may import, besides the files at the top (emitter, timer, geometry) and itself. */
const ARROWS = /** @type {Record<string, string[]>} */ ({
  page: ['connection', 'embedding', 'keyboard', 'novnc', 'picture', 'video'],
  embedding: ['connection'],
  connection: ['novnc'],
  keyboard: ['novnc'],
  novnc: ['picture', 'video'],
  video: ['picture'],
  picture: [],
});

const files = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' }).filter((name) => /\.[jt]s$/.test(name));

/**
 * The modules that a module imports, relative to web/src.
 *
 * @param {string} file
 */
function importsOf(file) {
  const text = readFileSync(join(SOURCES, file), 'utf8');
  return [...text.matchAll(IMPORT)].map(([, name = '']) => {
    const path = relative(SOURCES, resolve(SOURCES, dirname(file), name.replace(/\?url$/, '')));
    return files.includes(`${path}.d.ts`) ? `${path}.d.ts` : path;
  });
}

/** @param {string} file */
function roomOf(file) {
  return file.includes('/') ? (file.split('/')[0] ?? '') : '';
}

test('every import leads to a file', () => {
  const lost = files.flatMap((file) =>
    importsOf(file)
      .filter((name) => !name.startsWith('..') && !name.endsWith('.wat') && !files.includes(name))
      .map((name) => `${file} → ${name}`),
  );
  assert.deepEqual(lost, []);
  assert.ok(files.length > 50, 'the sources are found');
  assert.ok(importsOf('page/rfb-loader.js').includes('novnc/rfb-client.js'), 'dynamic imports are seen');
  assert.ok(importsOf('connection/desktop-connection.js').includes('novnc/rfb-client.js'), 'types are seen');
});

test('imports follow the arrows between the rooms', () => {
  const rooms = [...new Set(files.map(roomOf))].filter(Boolean).sort();
  assert.deepEqual(rooms, Object.keys(ARROWS).sort());
  const wrong = files.flatMap((file) => {
    const room = roomOf(file);
    const allowed = ['', room, ...(ARROWS[room] ?? [])];
    return importsOf(file)
      .filter((name) => !name.startsWith('..') && !allowed.includes(roomOf(name)))
      .map((name) => `${file} → ${name}`);
  });
  assert.deepEqual(wrong, []);
});

test('only the room novnc imports noVNC', () => {
  const importers = files.filter((file) => /(?:from|import\()\s*'[^']*novnc\/core|from '@novnc\/novnc'/.test(read(file)));
  assert.deepEqual([...new Set(importers.map(roomOf))], ['novnc']);
});

test('nothing imports itself by a detour', () => {
  /** @type {Set<string>} */
  const done = new Set();
  /**
   * @param {string} file
   * @param {string[]} path
   */
  const visit = (file, path) => {
    assert.ok(!path.includes(file), `${[...path, file].join(' → ')}`);
    if (done.has(file)) return;
    for (const name of importsOf(file)) if (files.includes(name)) visit(name, [...path, file]);
    done.add(file);
  };
  for (const file of files) visit(file, []);
});

test('every file begins with what belongs in it', () => {
  const silent = files.filter((file) => !/^(\/\/ @ts-check\n)?\/\/ \S/.test(read(file)));
  assert.deepEqual(silent, []);
});

/** @param {string} file */
function read(file) {
  return readFileSync(join(SOURCES, file), 'utf8');
}
