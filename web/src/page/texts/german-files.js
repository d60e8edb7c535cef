// @ts-check
// The part of the catalogue in german.js that is about files: dropped, carried, listed, new.

/** @import { englishOfFiles } from './english-files.js' */

/** @type {typeof englishOfFiles} */
export const germanOfFiles = {
  drop: {
    accepted: 'Abgelegt.',
    refused: 'Das Programm nimmt das hier nicht an.',
    no_target: 'Hier lässt sich nichts ablegen.',
    timed_out: 'Das Programm hat nicht gesagt, ob es das annimmt.',
    liesAs: (path) => `Zu finden unter den Dateien als „${path}“`,
    lieIn: (folder) => `Alles ist unter den Dateien zu finden, in „${folder}“`,
    foreign: 'Dieser Desktop gehört zu einem anderen Server: Hier lässt sich nichts ablegen.',
    watching: 'Sie dürfen nur zusehen: Hier lässt sich nichts ablegen.',
    noDesktop: 'Der Desktop ist nicht verbunden: Es wurde nichts abgelegt. Versuchen Sie es, sobald er wieder da ist.',
  },

  transfers: {
    label: 'Hochladen',
    names: (names) => (names.length < 2 ? (names[0] ?? '') : `${names[0]} und ${names.length - 1} weitere`),
    percent: (percent) => `${percent} %`,
    of: (action, names) => `${action}: ${names}`,
    pause: 'Anhalten',
    resume: 'Fortsetzen',
    retry: 'Erneut versuchen',
    leftOut: (count, name, why) =>
      count === 1 ? `„${name}“ wurde ausgelassen: ${why}` : `${count} Dateien wurden ausgelassen, darunter „${name}“: ${why}`,
  },

  downloads: {
    copied: 'Auf dem Desktop kopiert. Hierher herunterladen?',
    dragged: 'Aus dem Desktop herausgezogen',
    nothing: 'Was herausgezogen wurde, lässt sich nicht herunterladen.',
    load: (name) => `${name} herunterladen`,
    zip: (name) => `${name} als Zip herunterladen`,
    leftOut: (count) =>
      count === 1
        ? 'Eine Datei lässt sich nicht herunterladen: Sie gehört nicht zu den Dateien des Desktops.'
        : `${count} lassen sich nicht herunterladen: Sie gehören nicht zu den Dateien des Desktops, oder es sind zu viele auf einmal.`,
  },

  files: {
    title: 'Dateien des Desktops',
    top: 'Dateien',
    trail: 'Ordner',
    list: 'Dateien und Ordner',
    empty: 'Dieser Ordner ist leer.',
    upload: 'Hochladen…',
    uploadFolder: 'Ordner hochladen…',
    chooseFiles: 'Hochzuladende Dateien',
    chooseFolder: 'Hochzuladender Ordner',
    zip: 'Zip',
    zipAll: 'Alles als Zip herunterladen',
    folder: (name) => `Ordner ${name}`,
    zipOf: (name) => `${name} als Zip herunterladen`,
    load: (name) => `${name} herunterladen`,
    newFolder: 'Neuer Ordner…',
    rename: 'Umbenennen',
    renameOf: (name) => `${name} umbenennen`,
    renamed: (name, now) => `„${name}“ heißt jetzt „${now}“.`,
    made: (name) => `Der Ordner „${name}“ ist angelegt.`,
    remove: 'Löschen',
    removeOf: (name) => `${name} löschen`,
    removeTitle: 'Löschen?',
    removeFile: (name) => `„${name}“ wird endgültig gelöscht.`,
    removeFolder: (name) => `„${name}“ wird mit allem Inhalt endgültig gelöscht.`,
    removed: (name) => `„${name}“ ist gelöscht.`,
    space: (free, total) => `${free} von ${total} sind frei.`,
    unreadable: 'Der Browser kann diese Datei oder diesen Ordner nicht lesen. Wurde etwas verschoben, gelöscht oder geändert?',
  },

  name: {
    label: 'Neuer Name',
    renameTitle: (name) => `${name} umbenennen`,
    rename: 'Umbenennen',
    folderTitle: 'Neuer Ordner',
    make: 'Anlegen',
    replace: 'Ersetzen',
    none: 'Ein Name enthält keinen Schrägstrich und besteht nicht nur aus Punkten oder Leerzeichen.',
    taken: (name) => `„${name}“ gibt es schon. Wählen Sie einen anderen Namen.`,
    replaceable: (name) =>
      `Eine Datei „${name}“ gibt es schon. Wählen Sie einen anderen Namen, oder ersetzen Sie jene Datei endgültig.`,
  },

  results: {
    title: 'Neue Ergebnisse',
    facts: (size, time) => `${size}, ${time}`,
    download: 'Herunterladen',
    downloadOf: (name) => `${name} herunterladen`,
  },

  obstacle: {
    title: 'Dateien lassen sich nicht speichern',
  },

  lasting: {
    title: 'Dateien bleiben hier nicht erhalten',
    warning: (root) =>
      `Was in ${root} liegt, geht verloren, wenn dieser Container entfernt wird: Dort ist kein Ordner von außen eingebunden. ` +
      'Laden Sie herunter, was Sie behalten möchten, oder lassen Sie beim Start des Containers einen Ordner einbinden:',
    remedy: (root) => `docker run -v "$PWD":${root} …`,
  },
};
