// @ts-check
// What the about panel tells, as lines of name and value.

/** @import { MotionFacts, SessionFacts } from '../connection/server' */
/** @import { RFBClient } from '../novnc/rfb-client.js' */

import { stageText } from './stage-text.js';
import { texts } from './texts.js';

/** @typedef {[name: string, value: string]} Line */
/** @typedef {Pick<RFBClient, 'size' | 'scale' | 'programScale' | 'codec' | 'fps' | 'exact'>} Picture what is told of a connection */
/** @typedef {{innerWidth: number, innerHeight: number, devicePixelRatio: number}} WindowSize in CSS pixels */

/**
 * Facts of the session, as the server and this browser see it.
 *
 * @param {SessionFacts | null} session - null before the server has answered
 * @param {Picture | null} picture - null without a connection
 * @param {WindowSize} view
 * @param {MotionFacts} [motion] - of an application whose companion draws what moves
 */
export function sessionFacts(session, picture, view, motion) {
  return [...serverLines(session), ...motionLines(motion), ...pictureLines(picture, view), windowLine(view)];
}

/**
 * @param {MotionFacts | undefined} motion
 * @returns {Line[]}
 */
function motionLines(motion) {
  const { about } = texts;
  if (!motion) return [];
  const { mode, exact, divisor, exact_seconds: seconds } = motion;
  const now = exact ? about.drawnExactly : about.drawnCoarser(divisor);
  return [[about.motion, mode === 'exact' ? about.alwaysExact : about.drawn(now, seconds)]];
}

/**
 * @param {SessionFacts | null} session
 * @returns {Line[]}
 */
function serverLines(session) {
  const { about } = texts;
  if (!session) return [[about.session, about.noAnswer]];
  const { app, display, gpu, role, viewers, version } = session;
  const paths = [...new Set(viewers.map(({ path }) => path))].join(', ');
  return [
    [about.application, about.applicationState(app.command, texts.states[app.state], app.restarts)],
    [about.state, stageText(session)],
    [about.display, display ? `${display.name}, ${display.backend}` : about.noneYet],
    [about.openGL, gpu.reason ? `${gpu.renderer}: ${gpu.reason}` : `${gpu.renderer}, ${gpu.name}`],
    [about.role, role === 'control' ? about.control : about.view],
    [about.viewers, String(viewers.length)],
    [about.path, paths || about.noneYet],
    [about.version, version],
  ];
}

/**
 * @param {Picture | null} picture
 * @param {WindowSize} view
 * @returns {Line[]}
 */
function pictureLines(picture, view) {
  const { about } = texts;
  if (!picture) return [[about.connection, about.noConnection]];
  const { width, height } = picture.size;
  const percent = Math.round(picture.scale * view.devicePixelRatio * 100);
  return [
    [about.size, `${width} × ${height}`],
    [about.scale, about.scalePercent(percent)],
    [about.programs, picture.programScale === null ? about.programsUnscaled : `${Math.round(picture.programScale * 100)} %`],
    [about.encoding, picture.codec ?? about.noneYet],
    [about.frames, about.framesPerSecond(picture.fps)],
    [about.picture, picture.exact ? about.exact : about.moving],
  ];
}

/**
 * @param {WindowSize} view
 * @returns {Line}
 */
function windowLine({ innerWidth, innerHeight, devicePixelRatio }) {
  return [texts.about.window, texts.about.windowSize(innerWidth, innerHeight, devicePixelRatio)];
}
