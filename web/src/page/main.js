// @ts-check

/** @import { SessionFacts } from '../types' */
/** @import { Desktop } from '../novnc/desktop.js' */

import { AboutPanel } from './about-panel.js';
import { socketAddress } from '../connection/socket-address.js';
import { Bar } from './bar.js';
import { Clipboard } from '../connection/clipboard.js';
import { ClipboardPanel } from './clipboard-panel.js';
import { Events } from '../connection/events-connection.js';
import { Link } from '../connection/desktop-connection.js';
import { Notice } from './notice.js';
import { element, shortName } from './element.js';
import { Panel } from './panel.js';
import { Params } from './parameters.js';
import { Refusal } from '../connection/http-error.js';
import { Session } from '../connection/session.js';
import { StartPage } from './start-page.js';
import { TouchKeyboard } from './touch-keyboard.js';

// The facts of a session change by themselves (milliseconds).
const ABOUT_TIME = 1000;
// A sign-in that fails again within this time (milliseconds) is not tried by another reload.
const RELOAD_GAP = 10_000;

/** The page: what one part says, another does. */
class Client {
  #params = new Params(new URL(location.href));
  #place = element('desktop', HTMLElement);
  #linkNotice = element('link-notice', HTMLParagraphElement);
  #restartButton = element('restart-confirm', HTMLButtonElement);
  /** @type {SessionFacts | null} */
  #facts = null;
  #rfbRuns = false;

  #session = new Session();
  #events = new Events(this.#session);
  #link = new Link(this.#place, this.#desktopAddress(), {
    reconnect: this.#params.reconnect,
    delay: this.#params.reconnectDelay,
  });
  #clipboard = new Clipboard(this.#place, this.#events, this.#link);
  #notice = new Notice();
  #start = new StartPage({ foreign: this.#params.foreign, waits: !this.#params.autoconnect });
  #bar = new Bar(this.#params, { touch: TouchKeyboard.wanted });
  #keyboard = new TouchKeyboard(element('touch-input', HTMLTextAreaElement), this.#link);
  #clipboardPanel = new ClipboardPanel(this.#clipboard, () => this.#focus());
  #about = new AboutPanel(() => this.#focus());
  #restart = new Panel('restart', () => this.#focus());

  /** Open both connections. */
  run() {
    this.#listenToServer();
    this.#listenToLink();
    this.#listenToUser();
    this.#bar.shown = this.#params.bar;
    if (!this.#params.autoconnect) document.documentElement.dataset.link = 'disconnected';
    if (this.#params.title) document.title = this.#params.title;
    setInterval(() => this.#drawAbout(), ABOUT_TIME);
    this.#events.start();
    if (this.#params.foreign && this.#params.autoconnect) this.#link.start();
    this.#session.read().then(
      (facts) => this.#learn(facts),
      (error) => this.#trouble(error),
    );
  }

  #desktopAddress() {
    try {
      return socketAddress(this.#params.path);
    } catch (error) {
      console.warn(`URL parameter path: ${error}`);
      return socketAddress('websockify');
    }
  }

  #listenToServer() {
    on(this.#events, 'session', (facts) => this.#learn(facts));
    on(this.#events, 'trouble', (error) => this.#trouble(error));
    on(this.#events, 'refusal', (text) => this.#notice.show(text));
    on(this.#events, 'open', () => this.#link.check());
    on(this.#clipboard, 'refusal', (text) => this.#notice.show(text));
    on(this.#clipboard, 'kept', () =>
      this.#notice.show('The browser keeps its clipboard: the desktop’s text is in the clipboard panel.'),
    );
  }

  #listenToLink() {
    on(this.#link, 'desktop', (desktop) => this.#configure(desktop));
    on(this.#link, 'silent', () => this.#events.restart());
    on(this.#link, 'state', () => {
      const { state } = this.#link;
      document.documentElement.dataset.link = state;
      this.#linkNotice.hidden = state !== 'reconnecting';
      this.#start.link = state;
      this.#focusIfLost();
    });
  }

  #listenToUser() {
    on(this.#start, 'retry', () => this.#restartApplication());
    on(this.#start, 'connect', () => this.#link.start());
    on(this.#bar, 'settings', () => this.#apply());
    on(this.#bar, 'drag', (dragging) => {
      if (this.#link.desktop) this.#link.desktop.dragViewport = dragging;
    });
    on(this.#bar, 'fit', () => this.#link.desktop?.fit());
    on(this.#bar, 'keyboard', () => this.#keyboard.show());
    on(this.#bar, 'clipboard', () => this.#clipboardPanel.show());
    on(this.#bar, 'reconnect', () => this.#link.restart());
    on(this.#bar, 'restart', () => this.#restart.open());
    on(this.#bar, 'about', () => {
      this.#about.open();
      this.#drawAbout();
    });
    on(this.#bar, 'leave', () => this.#focus());
    this.#restartButton.addEventListener('click', () => {
      this.#restart.close();
      this.#restartApplication();
    });
    this.#place.addEventListener('pointerdown', () => this.#bar.fold());
    this.#place.addEventListener('pointerup', () => this.#focus());
    this.#place.addEventListener('contextmenu', (event) => event.preventDefault());
  }

  /** @param {SessionFacts} facts */
  #learn(facts) {
    this.#facts = facts;
    document.documentElement.dataset.stage = facts.stage;
    this.#start.session = facts;
    this.#focusIfLost();
    const control = facts.role === 'control';
    this.#bar.restart = control && !this.#params.foreign;
    this.#clipboard.enabled = control && !this.#params.viewOnly && !this.#params.foreign;
    if (this.#link.desktop) this.#tellFacts(this.#link.desktop);
    if (!this.#params.title && !this.#params.foreign) document.title = shortName(facts.app.command);
    this.#drawAbout();
    const runs = facts.services.some(({ name, state }) => name === 'rfb' && state === 'running');
    if (runs && !this.#rfbRuns && !this.#params.foreign) this.#connectOwn();
    this.#rfbRuns = runs;
  }

  /** The desktop's server has come up, for the first time or once more. */
  #connectOwn() {
    if (this.#link.wanted) this.#link.check();
    else if (this.#params.autoconnect && this.#link.state === 'connecting') this.#link.start();
  }

  /** @param {unknown} error - of a request to the server */
  #trouble(error) {
    if (error instanceof Refusal && error.status === 401) {
      this.#signIn();
      return;
    }
    this.#start.trouble =
      error instanceof Refusal ? error.message : 'The server does not answer. Trying again…';
  }

  /** The server shows its sign-in page to a visitor whom it does not know. */
  #signIn() {
    const last = Number(sessionStorage.getItem('reloaded'));
    if (Date.now() - last < RELOAD_GAP) {
      this.#start.trouble = 'You are not signed in. Open the address with its token again.';
      return;
    }
    sessionStorage.setItem('reloaded', String(Date.now()));
    location.reload();
  }

  /** @param {Desktop} desktop */
  #configure(desktop) {
    this.#tellFacts(desktop);
    desktop.showDotCursor = this.#params.showDot;
    desktop.compressionLevel = this.#params.compression;
    this.#apply();
    on(desktop, 'layout', () => {
      const { width, height } = desktop.size;
      document.documentElement.dataset.size = `${width}x${height}`;
      document.documentElement.dataset.scale = String(desktop.scale);
      this.#bar.misfit = desktop.misfit;
      this.#drawAbout();
    });
    document.documentElement.dataset.exact = 'false';
    on(desktop, 'exact', () => {
      document.documentElement.dataset.exact = String(desktop.exact);
      this.#drawAbout();
    });
    on(desktop, 'clippingviewport', (clipping) => (this.#bar.clipping = clipping));
  }

  /** @param {Desktop} desktop */
  #tellFacts(desktop) {
    desktop.viewOnly = this.#viewOnly;
    const rfb = this.#params.foreign ? null : this.#facts?.rfb;
    desktop.refines = rfb?.path !== 'native';
    if (rfb?.baseline) desktop.takeBaseline();
  }

  #apply() {
    const { resize, hidpi, quality } = this.#bar.settings;
    const { desktop } = this.#link;
    if (!desktop) return;
    desktop.qualityLevel = quality;
    desktop.setLayout(resize, { clip: this.#params.clip, hidpi });
  }

  get #viewOnly() {
    return this.#params.viewOnly || this.#facts?.role === 'view';
  }

  async #restartApplication() {
    try {
      await this.#session.restartApplication();
    } catch (error) {
      const refused = error instanceof Refusal;
      this.#notice.show(refused ? error.message : 'The server does not answer. Try again in a moment.');
    }
  }

  #drawAbout() {
    if (this.#about.shown) this.#about.draw(this.#facts, this.#link.desktop);
  }

  /** Keys belong to the desktop when nothing else that is seen takes them. */
  #focusIfLost() {
    const active = document.activeElement;
    const lost = !active || active === document.body || active.getClientRects().length === 0;
    if (lost && !this.#start.shown) this.#focus();
  }

  #focus() {
    this.#link.desktop?.focus({ preventScroll: true });
  }
}

/**
 * @param {{addEventListener(type: string, listener: (event: any) => void): void}} source
 * @param {string} type
 * @param {(detail: any) => void} handle
 */
function on(source, type, handle) {
  source.addEventListener(type, (event) => handle(event.detail));
}

new Client().run();
