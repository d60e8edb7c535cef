// @ts-check
// Every text that a visitor reads, in one catalogue. Another language is one more object of type Texts in `catalogues`; the
// type check finds what it lacks. Not here: the server's own sentences (session, errors), and what index.html says to a
// browser without JavaScript.

/** @typedef {typeof english} Texts */

const english = {
  /** BCP 47 */
  language: 'en',
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
    log: 'Last lines of the log',
    retry: 'Retry',
    connect: 'Connect',
    reconnect: 'Reconnect',
  },

  bar: {
    label: 'Desktop controls',
    menu: 'Menu',
    enterFullscreen: 'Full screen',
    leaveFullscreen: 'Leave full screen',
    size: 'Size',
    sizeRemote: 'Follow this window',
    sizeScale: 'Scale the picture',
    sizeOff: 'Leave as it is',
    fit: 'Fit the desktop to this window',
    hidpi: 'Use the screen’s own pixels',
    drag: 'Drag to move the view',
    quality: 'Picture quality',
    keyboard: 'Keyboard',
    clipboard: 'Clipboard…',
    files: 'Files…',
    reconnect: 'Reconnect',
    restart: 'Restart the application…',
    about: 'About this session…',
  },

  notice: {
    reconnecting: 'Reconnecting…',
    clipboardKept: 'The browser keeps its clipboard: what was copied on the desktop is in the clipboard panel.',
    clipboardWaiting: 'Press a key or click here, and this computer has what was copied on the desktop.',
    clipboardSlow: 'What you copied is on its way to the desktop. Keys wait for it.',
    silent: 'The server does not answer. Try again in a moment.',
  },

  trouble: {
    silent: 'The server does not answer. Trying again…',
    signedOut: 'You are not signed in. Open the address with its token again.',
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
    noPicture: 'There is no picture of a type that the clipboard takes: PNG, JPEG, TIFF or BMP. Use a file instead.',
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
    noConnection: 'The clipboard has no connection to the server. Try again in a moment.',
  },

  drop: {
    accepted: 'Dropped.',
    refused: 'The program does not take this here.',
    no_target: 'Nothing here takes a drop.',
    timed_out: 'The program has not said whether it takes this.',
    liesAs: (/** @type {string} */ path) => `It lies in the files as ${path}`,
    lieIn: (/** @type {string} */ folder) => `All of it lies in the files, in ${folder}`,
    foreign: 'This desktop belongs to another server: nothing can be dropped here.',
    watching: 'You may only watch: nothing can be dropped here.',
    noDesktop: 'The desktop is not connected: nothing was dropped. Try again when it is there.',
  },

  transfers: {
    label: 'Uploads',
    names: (/** @type {string[]} */ names) =>
      names.length < 2 ? (names[0] ?? '') : `${names[0]} and ${names.length - 1} more`,
    percent: (/** @type {number} */ percent) => `${percent} %`,
    pause: 'Pause',
    resume: 'Resume',
    retry: 'Retry',
    leftOut: (/** @type {number} */ count, /** @type {string} */ name, /** @type {string} */ why) =>
      count === 1 ? `${name} was left out: ${why}` : `${count} files were left out, such as ${name}: ${why}`,
  },

  files: {
    title: 'Files of the desktop',
    top: 'Files',
    trail: 'Folder',
    list: 'Files and folders',
    empty: 'This folder is empty.',
    upload: 'Upload…',
    uploadFolder: 'Upload a folder…',
    chooseFiles: 'Files to upload',
    chooseFolder: 'Folder to upload',
    zip: 'Zip',
    zipAll: 'Load all as zip',
    zipOf: (/** @type {string} */ name) => `Load ${name} as zip`,
    load: (/** @type {string} */ name) => `Load ${name}`,
    remove: 'Delete',
    removeOf: (/** @type {string} */ name) => `Delete ${name}`,
    removeTitle: 'Delete?',
    removeFile: (/** @type {string} */ name) => `${name} is deleted for good.`,
    removeFolder: (/** @type {string} */ name) => `${name} is deleted for good, with all that is in it.`,
    removed: (/** @type {string} */ name) => `${name} is deleted.`,
    space: (/** @type {string} */ free, /** @type {string} */ total) => `${free} of ${total} are free.`,
    unreadable: 'The browser cannot read this file or folder. Was it moved, deleted or changed?',
  },

  restart: {
    title: 'Restart the application?',
    warning: 'What has not been saved in it is lost.',
    confirm: 'Restart',
  },

  about: {
    title: 'About this session',
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
    encoding: 'Last encoding',
    frames: 'Frames',
    framesPerSecond: (/** @type {number} */ frames) => `${frames} per second`,
    picture: 'Picture',
    exact: 'exact to the pixel',
    moving: 'in motion',
    window: 'Window',
    windowSize: (/** @type {number} */ width, /** @type {number} */ height, /** @type {number} */ ratio) =>
      `${width} × ${height}, pixel ratio ${ratio}`,
    noneYet: 'none yet',
  },
};

/** @type {Texts[]} the first is for everybody whose language there is not */
const catalogues = [english];

/**
 * The catalogue for a reader.
 *
 * @param {readonly string[]} languages - BCP 47, the preferred one first
 * @returns {Texts}
 */
export function textsFor(languages) {
  for (const language of languages) {
    const found = catalogues.find((texts) => texts.language === language.split('-')[0]);
    if (found) return found;
  }
  return english;
}

/** The catalogue for this page's reader. */
export const texts = textsFor(globalThis.navigator?.languages ?? []);
