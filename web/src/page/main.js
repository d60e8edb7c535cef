// @ts-check
// The page: builds its parts, and says what one does when another tells of something. Nothing else is done here.

/** @import { SessionFacts } from '../connection/server' */

import { Application } from '../connection/application.js';
import { Clipboard } from '../connection/clipboard.js';
import { DesktopConnection } from '../connection/desktop-connection.js';
import { Diagnosis } from '../connection/diagnosis.js';
import { EventsConnection } from '../connection/events-connection.js';
import { Files } from '../connection/files.js';
import { Heartbeat } from '../connection/heartbeat.js';
import { HttpError } from '../connection/http-error.js';
import { keepPerson, pageKey } from '../connection/page-key.js';
import { PasteKey } from '../connection/paste-key.js';
import { Session } from '../connection/session.js';
import { UploadBatch } from '../connection/upload-batch.js';
import { WakeUp } from '../connection/wake-up.js';
import { Windows } from '../connection/windows.js';
import { Embedding } from '../embedding/embedding.js';
import { ParentWindow } from '../embedding/parent-window.js';
import { Keyboard } from '../keyboard/keyboard.js';
import { platformOf } from '../keyboard/platform.js';
import { TextField } from '../keyboard/text-field.js';
import { Codecs } from '../video/codecs.js';
import { AboutPanel } from './about-panel.js';
import { Bar } from './bar.js';
import { BrowserMemory } from './browser-memory.js';
import { refuseBrowserGestures } from './browser-gestures.js';
import { showClipboardNotices } from './clipboard-notices.js';
import { ClipboardPanel } from './clipboard-panel.js';
import { Cards } from './cards.js';
import { ConnectionNotice } from './connection-notice.js';
import { DeepLink } from './deep-link.js';
import { desktopAddress } from './desktop-address.js';
import { DesktopView } from './desktop-view.js';
import { takeOverDownloads } from './download-links.js';
import { DownloadOffer } from './download-offer.js';
import { DropArea } from './drop-area.js';
import { Drops } from './drops.js';
import { element } from './element.js';
import { errorText, faultText } from './error-text.js';
import { fillTexts } from './fill-texts.js';
import { FilesPanel } from './files-panel.js';
import { HistoryButtons } from './history-buttons.js';
import { LinkDialog } from './link-dialog.js';
import { MenuKey } from './menu-key.js';
import { MotionSwitch } from './motion-switch.js';
import { Notice } from './notice.js';
import { Operator } from './operator.js';
import { PageTitle } from './page-title.js';
import { Parameters } from './parameters.js';
import { PeopleView } from './people-view.js';
import { RFBLoader } from './rfb-loader.js';
import { RestartPanel } from './restart-panel.js';
import { SavingNotice } from './saving-notice.js';
import { ResultsList } from './results-list.js';
import { forgetTicket, signIn } from './sign-in.js';
import { StartPage } from './start-page.js';
import { texts } from './texts.js';
import { Transfers } from './transfers.js';
import { WindowsList } from './windows-list.js';

// The facts of a session change by themselves (milliseconds).
const ABOUT_TIME = 1000;

/** The parts of the page. */
class Page {
  #parameters = new Parameters(new URL(location.href));
  #address = desktopAddress(this.#parameters.path);
  #place = element('desktop', HTMLElement);
  /** @type {SessionFacts | null} */
  #facts = null;
  #rfbRuns = false;

  #notice = new Notice();
  #loader = new RFBLoader(this.#place, this.#address, new Codecs(), {
    trace: this.#parameters.trace,
    fail: (error) => this.#notice.show(errorText(error)),
  });
  #wakeUp = new WakeUp();
  #session = new Session();
  #events = new EventsConnection(this.#session, this.#wakeUp);
  #connection = new DesktopConnection(this.#place, {
    load: () => this.#loader.load(),
    wakeUp: this.#wakeUp,
    reconnect: this.#parameters.reconnect,
    delay: this.#parameters.reconnectDelay,
  });
  #diagnosis = new Diagnosis(this.#address, this.#parameters);
  #connectionNotice = new ConnectionNotice();
  #clipboard = new Clipboard(this.#events);
  #transfers = new Transfers();
  #files = new Files();
  #downloads = new DownloadOffer(this.#files);
  #drops = new Drops({
    connection: this.#connection,
    files: this.#files,
    transfers: this.#transfers,
    notice: this.#notice,
  });
  #dropArea = new DropArea();
  #start = new StartPage({ foreign: this.#parameters.foreign, waits: !this.#parameters.autoconnect });
  #bar = new Bar(this.#parameters, { touch: TextField.touch });
  #field = new TextField(element('text-field', HTMLTextAreaElement));
  #desktop = new DesktopView(this.#place, {
    connection: this.#connection,
    field: this.#field,
    parameters: this.#parameters,
    settings: this.#bar.settings,
  });
  #keyboard = new Keyboard(this.#place, this.#field, {
    platform: platformOf(navigator),
    command: this.#parameters.command,
  });
  #people = new PeopleView(this.#place, {
    events: this.#events,
    connection: this.#connection,
    start: this.#start,
    bar: this.#bar,
    desktop: this.#desktop,
    keyboard: this.#keyboard,
    notice: this.#notice,
  });
  #clipboardPanel = new ClipboardPanel(this.#clipboard);
  #operator = new Operator({ bar: this.#bar, clipboardPanel: this.#clipboardPanel, drops: this.#drops });
  #filesPanel = new FilesPanel(this.#files);
  #results = new ResultsList(this.#files);
  #cards = new Cards(this.#session);
  #title = new PageTitle(this.#parameters);
  #about = new AboutPanel();
  #restart = new RestartPanel();
  #saving = new SavingNotice((text) => this.#notice.show(text));
  #windows = new WindowsList(new Windows());
  #application = new Application();
  #motion = new MotionSwitch(this.#bar, this.#application, (error) => this.#notice.show(errorText(error)));
  #linkDialog = new LinkDialog();
  #link = new DeepLink(this.#parameters.view, {
    application: this.#application,
    tell: (text) => this.#notice.show(text),
    ask: (question) => this.#linkDialog.ask(question),
    history,
  });
  #embedding = new Embedding(
    new ParentWindow(window, async (origin) => !this.#parameters.foreign && (await this.#session.mayEmbed(origin))),
    { application: this.#application, session: this.#session, focus: () => this.#desktop.focus() },
  );

  /** Open both connections. */
  run() {
    takeOverDownloads(this.#session, (error) => this.#notice.show(errorText(error)));
    refuseBrowserGestures(this.#place);
    new PasteKey(this.#place, this.#connection, this.#clipboard);
    this.#listenToServer();
    this.#listenToDesktop();
    this.#listenToBar();
    this.#listenToPanels();
    this.#listenToFiles();
    this.#bar.shown = this.#parameters.bar;
    setInterval(() => this.#drawAbout(), ABOUT_TIME);
    this.#events.start();
    if (this.#parameters.autoconnect) this.#diagnosis.state = 'connecting';
    if (this.#parameters.foreign && this.#parameters.autoconnect) this.#connection.start();
    this.#session.read().then(
      (facts) => this.#learn(facts),
      (error) => this.#tellTrouble(error),
    );
  }

  #listenToServer() {
    this.#events.on('session', (facts) => this.#learn(facts));
    this.#events.on('layers', (layers) => (this.#embedding.layers = layers));
    this.#events.on('trouble', (error) => this.#tellTrouble(error));
    this.#events.on('application', (facts) => {
      this.#link.applicationFacts = facts;
      this.#desktop.zoomsByWheel = facts.companion !== null;
      this.#cards.companion = facts.companion;
      this.#restart.companion = facts.companion;
      this.#saving.companion = facts.companion;
      this.#about.companion = facts.companion;
      this.#motion.companion = facts.companion;
    });
    this.#events.on('refused', (text) => this.#notice.show(text));
    this.#events.on('opened', () => {
      this.#connection.check();
      this.#transfers.reconnected();
      this.#offerFiles();
    });
    showClipboardNotices(this.#clipboard, this.#notice);
  }

  #listenToDesktop() {
    this.#connection.on('silent', () => this.#events.restart());
    new Heartbeat(this.#connection).on('silent', (silent) => (this.#connectionNotice.silent = silent));
    this.#desktop.on('state', (state) => {
      this.#connectionNotice.state = state;
      this.#start.connection = state;
      this.#diagnosis.state = state;
      this.#embedding.state = { connection: state };
      this.#focusIfLost();
    });
    this.#keyboard.on('key', ({ key, locks }) => this.#connection.rfb?.type(key, locks));
    this.#diagnosis.on('found', (fault) => {
      const text = fault ? faultText(fault) : '';
      this.#start.fault = text;
      this.#connectionNotice.fault = text;
    });
    this.#desktop.on('drawn', () => this.#drawAbout());
    this.#desktop.on('misfit', (misfit) => (this.#bar.misfit = misfit));
    this.#desktop.on('clipping', (clipping) => (this.#bar.clipping = clipping));
    this.#desktop.on('touched', () => this.#bar.fold());
    const buttons = HistoryButtons.wanted ? new HistoryButtons(this.#place) : null;
    buttons?.on('pressed', (button) => this.#connection.rfb?.click(button));
  }

  #listenToBar() {
    this.#bar.on('settings', (settings) => (this.#desktop.settings = settings));
    this.#bar.on('drag', (dragging) => (this.#desktop.dragging = dragging));
    this.#bar.on('fit', () => this.#desktop.fit());
    this.#bar.on('keyboard', () => this.#field.showKeyboard());
    this.#bar.on('clipboard', () => this.#clipboardPanel.open());
    this.#bar.on('files', () => this.#filesPanel.open());
    this.#bar.on('reconnect', () => this.#connection.restart());
    this.#bar.on('restart', () => this.#restart.open());
    this.#bar.on('about', () => {
      this.#about.open();
      this.#drawAbout();
    });
    this.#windows.on('chosen', () => this.#bar.leave());
    this.#windows.on('failed', (error) => this.#notice.show(errorText(error)));
    this.#bar.on('left', () => this.#desktop.focus());
    new MenuKey().on('pressed', () => this.#bar.toggle());
  }

  #listenToPanels() {
    for (const panel of [this.#clipboardPanel, this.#filesPanel, this.#about, this.#restart, this.#linkDialog]) {
      panel.on('closed', () => this.#desktop.focus());
    }
    this.#restart.on('closed', (answer) => answer && this.#restartApplication({ lose: answer === 'lose' }));
    this.#start.on('retry', () => this.#restartApplication());
    this.#cards.on('restart', () => this.#restartApplication());
    this.#cards.on('closed', () => this.#desktop.focus());
    this.#start.on('connect', () => this.#connection.start());
    this.#people.on('closed', () => this.#desktop.focus());
    this.#people.on('acts', () => this.#allow(this.#facts?.role === 'control'));
  }

  #listenToFiles() {
    const panel = this.#filesPanel;
    this.#transfers.on('left', () => this.#focusIfLost());
    this.#downloads.on('left', () => this.#focusIfLost());
    this.#events.on('downloads', (downloads) => this.#downloads.show(downloads));
    this.#events.on('files', (folders) => panel.changed(folders));
    this.#events.on('results', (files) => {
      if (!this.#parameters.foreign) this.#results.offered = files;
    });
    this.#results.on('count', (count) => (this.#bar.results = count));
    panel.on('closed', () => this.#results.markSeen());
    panel.chooser.on('chosen', (tree) => this.#drops.send(new UploadBatch(tree, panel.folder, this.#files)));
    this.#dropArea.on('dropped', (dropped) => {
      const { what, on } = dropped;
      const onPanel = panel.mayUpload && 'files' in what && on.closest('#files') !== null;
      if (onPanel) this.#drops.upload(what.files, panel.folder);
      else if ('files' in what && on.closest('#clipboard')) this.#clipboardPanel.drop(what.files);
      else this.#drops.take(dropped);
    });
  }

  /** Whether files may be listed follows from settings that only the server knows. */
  async #offerFiles() {
    if (this.#parameters.foreign) return;
    const top = await this.#files.list('').catch(() => null);
    this.#bar.files = top !== null;
    if (top) this.#cards.files = top;
  }

  /** @param {SessionFacts} facts */
  #learn(facts) {
    const { foreign } = this.#parameters;
    this.#facts = facts;
    this.#operator.session = facts;
    document.documentElement.dataset.stage = facts.stage;
    this.#start.session = facts;
    if (!foreign) this.#cards.session = facts;
    this.#focusIfLost();
    this.#allow(facts.role === 'control');
    if (!foreign) this.#windows.windows = facts.windows ?? [];
    this.#embedding.state = { stage: facts.stage, message: facts.message, role: facts.role };
    this.#link.session = facts;
    this.#desktop.session = facts;
    this.#title.session = facts;
    this.#drawAbout();
    const runs = facts.services.some(({ name, state }) => name === 'rfb' && state === 'running');
    if (runs && !this.#rfbRuns && !foreign) this.#connectOwn();
    this.#rfbRuns = runs;
  }

  /** @param {boolean} control - whether the server lets this visitor do more than watch */
  #allow(control) {
    const { foreign, viewOnly } = this.#parameters;
    this.#people.visitor = { control, viewOnly, foreign };
    const acts = (this.#desktop.acts = control && !viewOnly && this.#people.acts);
    this.#bar.restart = control && !foreign;
    this.#windows.control = acts;
    this.#motion.allowed = acts && !foreign;
    this.#clipboard.enabled = acts && !foreign && this.#operator.copiesIn;
    this.#drops.refusal = foreign ? texts.drop.foreign : acts ? '' : texts.drop.watching;
    this.#filesPanel.watching = viewOnly;
    this.#embedding.refusal = acts ? '' : texts.trouble.watching;
    this.#link.refusal = foreign ? texts.link.foreign : acts ? '' : texts.link.watching;
  }

  /** The desktop's server has come up, for the first time or once more. */
  #connectOwn() {
    if (this.#connection.wanted) this.#connection.check();
    else if (this.#parameters.autoconnect && this.#connection.state === 'connecting') this.#connection.start();
  }

  /** @param {unknown} error - of a request to the server */
  #tellTrouble(error) {
    if (error instanceof HttpError && error.status === 401) {
      if (!signIn()) this.#start.trouble = pageKey() ? texts.trouble.frameEnded : texts.trouble.signedOut;
      return;
    }
    this.#start.trouble = error instanceof HttpError ? errorText(error) : texts.trouble.silent;
  }

  async #restartApplication({ lose } = { lose: false }) {
    try {
      const restarted = this.#session.restartApplication({ lose });
      await (this.#restart.saves ? this.#notice.showDuring(texts.restart.saving, restarted) : restarted);
    } catch (error) {
      if (error instanceof HttpError && error.status === 409) this.#restart.askAgain(errorText(error));
      else this.#notice.show(errorText(error));
    }
  }

  #drawAbout() {
    if (this.#about.shown) this.#about.draw(this.#facts, this.#connection.rfb);
  }

  #focusIfLost() {
    if (!this.#start.shown) this.#desktop.focusIfLost();
  }
}

forgetTicket(location, history);
fillTexts(document, texts);
keepPerson(new BrowserMemory('person'));
new Page().run();
