// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { programName } from '../../../../web/src/page/program-name.js';

test('the name of a command is its program without its folder', () => {
  assert.equal(programName('/usr/bin/napari --reset'), 'napari');
  assert.equal(programName('  xterm\t-bg black'), 'xterm');
  assert.equal(programName('napari'), 'napari');
  assert.equal(programName('A=b LC_ALL=C.UTF-8 /opt/fiji X=y'), 'fiji');
});

test('no command has no name', () => {
  assert.equal(programName(''), '');
  assert.equal(programName('  '), '');
});
