// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { crashReport, withoutSecrets } from '../../../../web/src/page/crash-report.js';
import { companion, end, lastWords } from './end.js';
import { session } from './session.js';

const missing = [{ name: 'sum', reason: 'in no file' }];
const killed = {
  ...session().app,
  restarts: 2,
  exit: end({
    out_of_memory: true,
    memory_limit: 1000,
  }),
  restored: { layers: ['cells'], unsaved: [], camera: true, missing },
};
const words = lastWords({
  traceback: 'Traceback: here\n',
  last_error: { time: 0, message: 'KeyError', traceback: 'KeyError: there' },
  log: 'GET https://ada:secret@example.org/?token=abcdef12345\n',
});

test('the report has versions, end, renderer, traceback and output', () => {
  assert.equal(
    crashReport(session({ app: killed }), companion(), words, 'Firefox'),
    `desktopd: 1.2.3
napari: 0.9.2
OpenGL: llvmpipe (LLVM 19)
display: xvfb, 1280x720
command: /usr/bin/napari --reset
end: SIGKILL, 2026-11-28T10:17:32.100Z
out of memory: limit 1000 bytes
restarts: 2
restored: cells
not restored: sum: in no file
browser: Firefox

Traceback:
Traceback: here

Last error before it, 1970-01-01T00:00:00.000Z:
KeyError: there

Last lines of its output:
GET https://…@example.org/?token=…
`,
  );
});

test('where nothing has ended there is nothing to report', () => {
  assert.equal(crashReport(session(), null, null, 'Firefox'), '');
});

test('without a companion the report names what the server knows', () => {
  const app = { ...session().app, exit: end() };
  assert.match(crashReport(session({ app }), null, null, 'x'), /^OpenGL: software$/m);
});

for (const secret of [
  'https://h/?token=S3CR3T&x=1',
  'https://h/?next=%2F%3Ftoken%3DS3CR3T',
  'Authorization: Bearer S3CR3T',
  "{'Authorization': 'Basic S3CR3T='}",
  'DESKTOPD_VNC_PASSWORD=S3CR3T',
  'aws_secret_access_key = "S3CR3T"',
  'X-Amz-Signature=S3CR3T&a=b',
  'Cookie: S3CR3T; a=b',
  'ftp://ada:S3CR3T@host/file',
  '--api-key=S3CR3T',
  "ticket: 'S3CR3T'",
]) {
  test(`no secret stands in a report: ${secret}`, () => {
    assert.ok(!withoutSecrets(secret).includes('S3CR3T'), withoutSecrets(secret));
  });
}

test('a traceback stays as it is', () => {
  const text = '  File "/opt/napari/layers/labels.py", line 12, in paint\n    self.data[key] = value\nKeyError: \'area\'';
  assert.equal(withoutSecrets(text), text);
});
