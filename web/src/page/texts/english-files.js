// @ts-check
// The part of the catalogue in english.js that is about files: dropped, carried, listed, new.

export const englishOfFiles = {
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
    /** What a button does, for those who do not see what it stands beside. */
    of: (/** @type {string} */ action, /** @type {string} */ names) => `${action} ${names}`,
    pause: 'Pause',
    resume: 'Resume',
    retry: 'Retry',
    leftOut: (/** @type {number} */ count, /** @type {string} */ name, /** @type {string} */ why) =>
      count === 1 ? `${name} was left out: ${why}` : `${count} files were left out, such as ${name}: ${why}`,
  },

  downloads: {
    copied: 'Copied on the desktop. Load it here?',
    dragged: 'Dragged out of the desktop',
    nothing: 'What was dragged out cannot be loaded.',
    load: (/** @type {string} */ name) => `Load ${name}`,
    zip: (/** @type {string} */ name) => `Load ${name} as zip`,
    leftOut: (/** @type {number} */ count) =>
      count === 1
        ? 'One cannot be loaded: it is not among the files of the desktop.'
        : `${count} cannot be loaded: they are not among the files of the desktop, or too many at once.`,
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
    folder: (/** @type {string} */ name) => `Folder ${name}`,
    zipOf: (/** @type {string} */ name) => `Load ${name} as zip`,
    load: (/** @type {string} */ name) => `Load ${name}`,
    newFolder: 'New folder…',
    rename: 'Rename',
    renameOf: (/** @type {string} */ name) => `Rename ${name}`,
    renamed: (/** @type {string} */ name, /** @type {string} */ now) => `${name} is now ${now}.`,
    made: (/** @type {string} */ name) => `The folder ${name} is there.`,
    remove: 'Delete',
    removeOf: (/** @type {string} */ name) => `Delete ${name}`,
    removeTitle: 'Delete?',
    removeFile: (/** @type {string} */ name) => `${name} is deleted for good.`,
    removeFolder: (/** @type {string} */ name) => `${name} is deleted for good, with all that is in it.`,
    removed: (/** @type {string} */ name) => `${name} is deleted.`,
    space: (/** @type {string} */ free, /** @type {string} */ total) => `${free} of ${total} are free.`,
    unreadable: 'The browser cannot read this file or folder. Was it moved, deleted or changed?',
  },

  name: {
    label: 'New name',
    renameTitle: (/** @type {string} */ name) => `Rename ${name}`,
    rename: 'Rename',
    folderTitle: 'New folder',
    make: 'Make',
    replace: 'Replace it',
    none: 'A name has no slash in it, and more than dots and blanks.',
    taken: (/** @type {string} */ name) => `There is ${name} already. Choose another name.`,
    replaceable: (/** @type {string} */ name) =>
      `There is a file ${name} already. Choose another name, or replace that file for good.`,
  },

  results: {
    title: 'New results',
    facts: (/** @type {string} */ size, /** @type {string} */ time) => `${size}, ${time}`,
    download: 'Download',
    downloadOf: (/** @type {string} */ name) => `Download ${name}`,
  },

  obstacle: {
    title: 'Files cannot be saved',
  },

  lasting: {
    title: 'Files here do not last',
    warning: (/** @type {string} */ root) =>
      `What lies in ${root} is lost when this container is removed: no folder from outside is mounted there. Download what ` +
      'you want to keep, or have one mounted when the container is started:',
    remedy: (/** @type {string} */ root) => `docker run -v "$PWD":${root} …`,
  },
};
