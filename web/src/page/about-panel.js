// @ts-check

/** @import { SessionFacts } from '../types' */
/** @import { Desktop } from '../novnc/desktop.js' */

import licence from '../../node_modules/@novnc/novnc/LICENSE.txt?url';
import licenceH264 from '../../node_modules/tinyh264/LICENSE?url';

import { element } from './element.js';
import { Panel } from './panel.js';

const SECURE = 'This address is secure: the browser gives the page its clipboard and video decoder.';
const INSECURE =
  'This address is not secure for the browser. At an https address (or localhost) it would give the page its clipboard ' +
  'and video decoder.';

/** Facts of the session, as the server and this browser see it. */
export class AboutPanel extends Panel {
  #list = element('about-facts', HTMLDListElement);

  /** @param {() => void} leave - called when it has been closed */
  constructor(leave) {
    super('about', leave);
    element('about-licence', HTMLAnchorElement).href = licence;
    element('about-licence-h264', HTMLAnchorElement).href = licenceH264;
    element('about-secure', HTMLParagraphElement).textContent = window.isSecureContext ? SECURE : INSECURE;
  }

  /**
   * @param {SessionFacts | null} session
   * @param {Desktop | null} desktop
   */
  draw(session, desktop) {
    const facts = [...sessionFacts(session), ...desktopFacts(desktop), ...windowFacts()];
    this.#list.replaceChildren(
      ...facts.flatMap(([name, value]) => {
        const term = document.createElement('dt');
        const description = document.createElement('dd');
        term.textContent = name;
        description.textContent = value;
        return [term, description];
      }),
    );
  }
}

/**
 * @param {SessionFacts | null} session
 * @returns {[name: string, value: string][]}
 */
function sessionFacts(session) {
  if (!session) return [['Session', 'The server has not answered yet']];
  const { app, display, gpu, role, viewers, version, message } = session;
  const paths = [...new Set(viewers.map(({ path }) => path))].join(', ');
  const restarts = app.restarts > 0 ? `, restarted ${app.restarts} times` : '';
  return [
    ['Application', `${app.command} (${app.state}${restarts})`],
    ['State', message],
    ['Display', display ? `${display.name}, ${display.backend}` : 'none yet'],
    ['OpenGL by', gpu.reason ? `${gpu.renderer}: ${gpu.reason}` : `${gpu.renderer}, ${gpu.name}`],
    ['Your role', role === 'control' ? 'full control' : 'view only'],
    ['Viewers', String(viewers.length)],
    ['Pixel path', paths || 'none yet'],
    ['Version', version],
  ];
}

/**
 * @param {Desktop | null} desktop
 * @returns {[name: string, value: string][]}
 */
function desktopFacts(desktop) {
  if (!desktop) return [['Connection', 'none']];
  const { width, height } = desktop.size;
  const percent = Math.round(desktop.scale * window.devicePixelRatio * 100);
  return [
    ['Desktop size', `${width} × ${height}`],
    ['Drawn at', `${percent} % of the screen’s pixels`],
    ['Last encoding', desktop.codec ?? 'none yet'],
    ['Frames', `${desktop.fps} per second`],
    ['Picture', desktop.exact ? 'exact to the pixel' : 'in motion'],
  ];
}

/** @returns {[name: string, value: string][]} */
function windowFacts() {
  return [['Window', `${window.innerWidth} × ${window.innerHeight}, pixel ratio ${window.devicePixelRatio}`]];
}
