// @ts-check
// What the server says of a session, for the tests.

/** @import { ServiceFacts, ServiceState, SessionFacts } from '../../../../web/src/connection/server' */

/**
 * @param {string} name
 * @param {ServiceState} state
 * @param {string | null} [error]
 * @returns {ServiceFacts}
 */
export function service(name, state, error = null) {
  return { name, state, error, pid: state === 'running' ? 17 : null, restarts: 0 };
}

/**
 * A session in which all is well, but for what is said otherwise.
 *
 * @param {Partial<SessionFacts>} [facts]
 * @returns {SessionFacts}
 */
export function session(facts = {}) {
  return {
    stage: 'ready',
    message: 'napari is ready',
    role: 'control',
    version: '1.2.3',
    services: ['display', 'window_manager', 'application', 'rfb'].map((name) => service(name, 'running')),
    display: { name: ':7', backend: 'xvfb', width: 1280, height: 720 },
    viewers: [],
    app: { name: 'napari', command: '/usr/bin/napari --reset', state: 'running', restarts: 0, error: null },
    gpu: { renderer: 'software', name: '', reason: 'no GPU' },
    ...facts,
  };
}
