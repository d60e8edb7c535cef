// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { stageText } from '../../../../web/src/page/stage-text.js';
import { service, session } from './session.js';

test('each stage is told, with the name of the program', () => {
  assert.equal(stageText(session({ stage: 'display' })), 'Starting the display');
  assert.equal(stageText(session({ stage: 'first_frame' })), 'Waiting for the first picture of napari');
  assert.equal(stageText(session()), 'napari is ready');
  assert.equal(stageText(session({ stage: 'stopping' })), 'Stopping');
});

test('what has failed is named', () => {
  const services = [service('window_manager', 'failed', 'no such program'), service('application', 'waiting')];
  assert.equal(stageText(session({ stage: 'failed', services })), 'Window manager failed');
  const application = [service('application', 'failed', 'exit 3')];
  assert.equal(stageText(session({ stage: 'failed', services: application })), 'napari failed');
  assert.equal(stageText(session({ stage: 'failed', services: [] })), 'Desktop failed');
  assert.equal(stageText(session({ stage: 'failed', services: [service('rfb', 'failed')] })), 'rfb failed');
});
