// @ts-check
// The catalogue in English: every text that a visitor reads, but for the server's own sentences (session, errors) and what
// index.html says to a browser without JavaScript. english-files.js and english-people.js are parts of it. A text that is new here
// is wanted by the type check in the other languages; a language that is new is one more object of type Texts in texts.js.

import { englishOfFiles } from './english-files.js';
import { englishOfPeople } from './english-people.js';

/** @typedef {typeof english} Texts */

export const english = {
  /** BCP 47 */
  language: 'en',
  /** The language's name for itself. */
  languageName: 'English',
  desktop: 'Desktop',
  /** In place of a name that is not known. */
  application: 'the application',
  close: 'Close',
  cancel: 'Cancel',
  keyboardInput: 'Keyboard input for the desktop',

  start: {
    label: 'Start',
    display: 'Display',
    windowManager: 'Window manager',
    application: 'Application',
    firstPicture: 'First picture',
    asking: 'Asking the server…',
    connecting: 'Connecting to the desktop…',
    ended: 'The connection has ended.',
    gaveUp: 'It has ended right after each start, and is not started again by itself.',
    log: 'Last lines of the log',
    retry: 'Retry',
    connect: 'Connect',
    reconnect: 'Reconnect',
    waited: (/** @type {number} */ seconds) => `Waiting for ${seconds} s`,
  },

  /** What the session is doing. */
  stages: {
    display: (/** @type {string} */ _name) => 'Starting the display',
    window_manager: (/** @type {string} */ _name) => 'Starting the window manager',
    application: (/** @type {string} */ name) => `Starting ${name}`,
    first_frame: (/** @type {string} */ name) => `Waiting for the first picture of ${name}`,
    ready: (/** @type {string} */ name) => `${name} is ready`,
    stopping: (/** @type {string} */ _name) => 'Stopping',
    failed: (/** @type {string} */ name) => `${name} failed`,
  },

  /** What a program is doing. */
  states: {
    waiting: 'waiting',
    starting: 'starting',
    running: 'running',
    backoff: 'starting again soon',
    failed: 'failed',
    stopped: 'stopped',
  },

  bar: {
    label: 'Desktop controls',
    menu: 'Menu',
    menuKey: 'Menu (F6)',
    menuNews: (/** @type {string} */ news) => `Menu, ${news}`,
    newResults: (/** @type {number} */ count) => (count === 1 ? '1 new result' : `${count} new results`),
    enterFullscreen: 'Full screen',
    leaveFullscreen: 'Leave full screen',
    size: 'Size',
    sizeRemote: 'Follow this window',
    sizeScale: 'Scale the picture',
    sizeOff: 'Leave as it is',
    fit: 'Fit the desktop to this window',
    sharpness: 'Sharpness',
    sharpnessAuto: 'Automatic',
    sharpnessDevice: 'Finest: all pixels of the screen',
    sharpnessCss: 'Coarser, and faster',
    drag: 'Drag to move the view',
    quality: 'Picture quality',
    smooth: 'Coarser while it moves',
    keyboard: 'Keyboard',
    clipboard: 'Clipboard…',
    files: 'Files…',
    people: 'People…',
    reconnect: 'Reconnect',
    restart: 'Restart the application…',
    about: 'About this session…',
  },

  wayOut: 'Keys go to the desktop, Tab too. F6 leaves it for the menu; F6 or Escape there comes back.',

  windows: {
    title: 'Windows',
    untitled: 'Window without a title',
    closeOf: (/** @type {string} */ title) => `Close ${title}`,
  },

  ...englishOfFiles,
  ...englishOfPeople,

  notice: {
    reconnecting: 'Reconnecting…',
    nothingArrives: 'Nothing arrives from the desktop. Is the network there?',
    clipboardKept: 'The browser keeps its clipboard: what was copied on the desktop is in the clipboard panel.',
    clipboardWaiting: 'Press a key or click here, and this computer has what was copied on the desktop.',
    clipboardSlow: 'What you copied is on its way to the desktop. Keys wait for it; Escape gives up.',
    silent: 'The server does not answer. Try again in a moment.',
  },

  trace: {
    load: 'Download trace',
  },

  ending: {
    title: 'This machine will be taken away',
    warning: (/** @type {number} */ minutes, /** @type {Date} */ end) =>
      `${minutes > 0 ? `In ${minutes === 1 ? 'a minute' : `${minutes} minutes`}, at` : 'Now, at'} ` +
      `${end.toLocaleTimeString('en', { timeStyle: 'short' })}, its time is over and the desktop ends. Save what is to stay.`,
  },

  trouble: {
    silent: 'The server does not answer. Trying again…',
    signedOut: 'You are not signed in. Open the address with its token again.',
    watching: 'You may only watch.',
    frameEnded: 'This desktop has been signed in for too long. Reload the page that shows it.',
    gateway: (/** @type {number} */ status) =>
      `A proxy in front of the desktop answers ${status}: it does not reach the desktop. Is desktopd running, and is the ` +
      'proxy’s address for it right?',
    gatewayOfSockets: (/** @type {number} */ status) =>
      `A proxy in front of the desktop answers ${status} for WebSockets, and passes everything else. Whoever runs it has to ` +
      'let WebSockets through to the same address.',
    socketsBlocked:
      'The desktop answers, but WebSockets do not get through. A proxy in front of it has to pass the headers Upgrade and ' +
      'Connection; else a firewall, a virus scanner or an extension of this browser holds them back.',
    tooLargeForProxy:
      'A proxy in front of the desktop takes nothing of this size. Whoever runs it has to raise its limit; with nginx, ' +
      'client_max_body_size 0.',
    answered: (/** @type {number} */ status, /** @type {string} */ reason) =>
      `The server answered ${status} ${reason}`.trim(),
  },

  clipboard: {
    title: 'Clipboard',
    text: 'Text on the desktop’s clipboard',
    allow: 'Always take this computer’s clipboard',
    copy: 'Copy to this computer',
    sent: 'The desktop has this text.',
    sentPicture: 'The desktop has this picture.',
    copied: 'This computer has it.',
    notCopied: 'The browser refused. Select the text and copy it with the keyboard.',
    notCopiedPicture: 'The browser refused. Save the picture, or copy it with the menu of the right mouse button.',
    picture: 'Picture on the desktop’s clipboard',
    pictureFacts: (/** @type {number} */ width, /** @type {number} */ height, /** @type {string} */ size) =>
      `${width} × ${height} pixels, ${size}`,
    choose: 'Send a picture…',
    chosen: 'Picture for the desktop’s clipboard',
    noPicture: 'There is no picture of a type that the clipboard takes: PNG, JPEG, WebP, GIF, TIFF or BMP. Use a file instead.',
    save: 'Save as PNG',
    shared: 'Text and pictures go both ways by themselves.',
    byKey:
      'Text and pictures go to the desktop when you press the paste key (Ctrl+V, ⌘V) there, and come back when you copy there. ' +
      'A picture can also be pasted or dropped here.',
    byKeyInsecure:
      'Text and pictures go to the desktop when you press the paste key (Ctrl+V, ⌘V) there; a picture can also be pasted or ' +
      'dropped here. At an https address (or localhost) the browser would also let this page share the whole clipboard by itself.',
    form: { text: 'text', html: 'HTML', image: 'picture' },
    tooLarge: (/** @type {string} */ form, /** @type {string} */ size, /** @type {string} */ limit) =>
      `The ${form} has ${size}; the clipboard takes ${limit}. Use a file instead.`,
    otherKind: 'What this computer’s clipboard has is neither text nor a picture, so nothing was pasted. Drop files on the desktop instead.',
    missing: 'The browser did not give what is on this computer’s clipboard, so nothing was pasted. Try again.',
    uncertain: 'Nothing was pasted: something was copied on the desktop while its news did not arrive. Try again in a moment.',
    noConnection: 'The clipboard has no connection to the server. Try again in a moment.',
  },

  link: {
    title: 'Open what the link names?',
    open: 'Open',
    adds: (/** @type {string} */ place) => `${place} is added to what is open in the application.`,
    runs: (/** @type {string} */ place) => `${place} is a program, which runs on this desktop with all its rights.`,
    watching: 'You may only watch: what the link names is not opened.',
    foreign: 'This desktop belongs to another server: what the link names is not opened.',
    failed: (/** @type {string} */ place, /** @type {string} */ why) => `The link’s ${place} is not shown: ${why}`,
    noLayer: (/** @type {string} */ name, /** @type {string[]} */ names) =>
      names.length > 0
        ? `The link’s layer ${name} is not there. Correct the link: the layers are ${names.join(', ')}.`
        : `The link’s layer ${name} is not there. Add open= to the link: nothing is open.`,
  },

  restart: {
    title: 'Restart the application?',
    warning: 'What has not been saved in it is lost.',
    comesBack: 'Its layers, with what has not been saved, are kept and put back.',
    notKept: (/** @type {string} */ why) => `Layers are not kept for a restart or a crash now: ${why}. Save what must not be lost.`,
    saving: 'The application’s session is being saved before it is restarted…',
    confirm: 'Restart',
  },

  crash: {
    restarted: (/** @type {string} */ name) => `${name} was restarted`,
    closed: (/** @type {string} */ name) => `${name} was closed`,
    outOfMemory: (/** @type {string} */ name) => `${name} ran out of memory`,
    crashed: (/** @type {string} */ name) => `${name} crashed`,
    ended: (/** @type {string} */ name) => `${name} ended unexpectedly`,
    how: (/** @type {string} */ description, /** @type {string} */ time) => `At ${time}: ${description}.`,
    memoryLimit: (/** @type {string} */ size) => `It may take no more than ${size} of memory here.`,
    noMemory: 'The machine had no memory left.',
    startedAgain: (/** @type {number} */ restarts) =>
      restarts > 1 ? `It has been started again, ${restarts} times by now.` : 'It has been started again.',
    startedAfresh: 'It has been started afresh, for whoever needs it next.',
    staysEnded: 'It is not started again by itself.',
    restoring: 'Its layers are being put back…',
    layersBack: (/** @type {number} */ count, /** @type {string} */ names, /** @type {boolean} */ camera) =>
      `${count === 1 ? '1 layer is' : `${count} layers are`} back${camera ? ', and the camera' : ''}: ${names}.`,
    unsavedBack: (/** @type {string} */ names) => `What had not been saved is back too: ${names}.`,
    nothingSaved: 'There were no layers to put back.',
    unsavedLost: 'What had not been saved in it is lost.',
    notBack: (/** @type {string} */ name, /** @type {string} */ reason) =>
      reason ? `${name} is not back: ${reason}` : `${name} is not back`,
    list: (/** @type {string[]} */ names, /** @type {number} */ more) =>
      more > 0 ? `${names.join(', ')} and ${more} more` : names.join(', '),
    traceback: 'Last traceback',
    lastError: (/** @type {string} */ time) => `Last error before it, at ${time}`,
    output: 'Last lines of its output',
    report: 'Copy report',
    start: 'Start it again',
    copied: 'The report is on this computer’s clipboard.',
    notCopied: 'The browser refused. Select the report and copy it with the keyboard.',
  },

  policy: {
    noCopies: 'Nothing may be copied to this desktop or from it.',
    noCopiesIn: 'Nothing may be copied to this desktop.',
    noCopiesOut: 'Nothing may be copied from this desktop.',
    noFilesIn: 'No files may be brought to this desktop.',
  },

  silence: {
    title: (/** @type {string} */ name) => `${name} does not answer`,
    wait: 'It may be busy: this goes away by itself once it answers.',
    restart: 'Restart',
    lost: 'A restart may lose what has not been saved in it.',
  },

  about: {
    title: 'About this session',
    language: 'Language',
    languageAuto: (/** @type {string} */ name) => `Automatic: ${name}`,
    licenceNoVNC: 'Licence of noVNC',
    licenceTinyH264: 'Licence of TinyH264',
    licenceTus: 'Licence of tus-js-client',
    secure: 'This address is secure: the browser gives the page its clipboard and video decoder.',
    insecure:
      'This address is not secure for the browser. At an https address (or localhost) it would give the page its ' +
      'clipboard and video decoder.',
    session: 'Session',
    noAnswer: 'The server has not answered yet',
    application: 'Application',
    applicationState: (/** @type {string} */ command, /** @type {string} */ state, /** @type {number} */ restarts) =>
      restarts > 0 ? `${command} (${state}, restarted ${restarts} times)` : `${command} (${state})`,
    state: 'State',
    display: 'Display',
    openGL: 'OpenGL by',
    role: 'Your role',
    control: 'full control',
    view: 'view only',
    viewers: 'Viewers',
    path: 'Pixel path',
    version: 'Version',
    connection: 'Connection',
    noConnection: 'none',
    size: 'Desktop size',
    scale: 'Drawn at',
    scalePercent: (/** @type {number} */ percent) => `${percent} % of the screen’s pixels`,
    programs: 'Programs draw at',
    programsUnscaled: 'a size that desktopd cannot choose',
    encoding: 'Last encoding',
    frames: 'Frames',
    framesPerSecond: (/** @type {number} */ frames) => `${frames} per second`,
    picture: 'Picture',
    exact: 'exact to the pixel',
    moving: 'in motion',
    motion: 'While it moves',
    alwaysExact: 'as the application draws it',
    drawnExactly: 'coarser where that is slow; exact now',
    drawnCoarser: (/** @type {number} */ divisor) => `coarser now, one pixel for ${divisor} × ${divisor}`,
    drawn: (/** @type {string} */ now, /** @type {number | null} */ seconds) =>
      seconds === null ? now : `${now}; the last exact picture took ${seconds.toFixed(2)} s`,
    window: 'Window',
    windowSize: (/** @type {number} */ width, /** @type {number} */ height, /** @type {number} */ ratio) =>
      `${width} × ${height}, pixel ratio ${ratio}`,
    noneYet: 'none yet',
  },
};
