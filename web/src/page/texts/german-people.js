// @ts-check
// The part of the catalogue in german.js that is about several people at one desktop.

/** @import { englishOfPeople } from './english-people.js' */

/** @type {typeof englishOfPeople} */
export const germanOfPeople = {
  people: {
    title: 'Personen an diesem Desktop',
    guest: (number) => `Gast ${number}`,
    vnc: (number) => `VNC-Betrachter ${number}`,
    name: 'Ihr Name hier',
    saveName: 'Speichern',
    noName: 'Kein Name',
    naming: 'Es ist noch jemand hier. Unter welchem Namen sollen andere Sie sehen?',
    one: 'Die Steuerung hat immer nur eine Person',
    logOut: 'Abmelden',
    states: { you: 'Sie', owner: 'Gastgeber', watches: 'sieht zu', control: 'steuert', asks: 'bittet um die Steuerung' },
    wishes: {
      ask: 'Um die Steuerung bitten',
      withdraw: 'Bitte zurückziehen',
      take: 'Steuerung übernehmen',
      release: 'Steuerung anderen überlassen',
      give: 'Steuerung übergeben',
      decline: 'Jetzt nicht',
    },
    wishOf: (wish, name) => `${wish}: ${name}`,
    asks: (name) => `${name} bittet um die Steuerung.`,
    asked: (name) => `${name} wurde um die Steuerung gebeten.`,
    otherActs: (name) => `Sie sehen zu: ${name} hat die Steuerung.`,
    linkWatches: 'Sie sehen zu: Ihr Link ist nur dafür. Wer ihn geschickt hat, kann Ihnen einen mit Steuerung schicken.',
    addressWatches: 'Sie sehen zu: Die Adresse dieser Seite verlangt das durch view_only.',
    youAct: 'Sie haben die Steuerung.',
    nowActs: (name) => `${name} hat jetzt die Steuerung.`,
    notGiven: 'Die Steuerung wurde Ihnen nicht übergeben. Sie können gleich noch einmal darum bitten.',
    allAct: 'Alle teilen sich jetzt die Steuerung.',
    ended: {
      link_revoked: 'Ihr Link wurde widerrufen. Bitten Sie um einen neuen, wo Sie ihn bekommen haben.',
      logged_out: 'Sie haben sich abgemeldet.',
      link_expired: 'Ihr Link ist abgelaufen. Bitten Sie um einen neuen, wo Sie ihn bekommen haben.',
      sign_in_over: 'Die Anmeldung bei diesem Desktop ist abgelaufen. Laden Sie die Seite neu, die ihn zeigt.',
    },
  },

  links: {
    title: 'Links für andere',
    name: 'Name des Links',
    role: 'Wofür der Link ist',
    time: 'Wie lange der Link gilt',
    view: 'Zusehen',
    control: 'Steuern',
    forEver: 'bis zum Widerruf',
    hour: 'eine Stunde',
    day: 'einen Tag',
    week: 'eine Woche',
    until: (time) => `bis ${time}`,
    make: 'Link erstellen',
    made: 'Schicken Sie diese Adresse weiter. Sie wird nicht noch einmal angezeigt.',
    address: 'Adresse des neuen Links',
    copy: 'Kopieren',
    copied: 'Die Adresse ist in der Zwischenablage dieses Computers.',
    notCopied: 'Der Browser hat abgelehnt. Kopieren Sie die Adresse mit der Tastatur.',
    unnamed: 'Link ohne Namen',
    revoke: 'Widerrufen',
    revokeOf: (name) => `${name} widerrufen`,
    revoked: (name) => `${name} ist widerrufen: Wer damit gekommen ist, hat keinen Zugang mehr.`,
  },
};
