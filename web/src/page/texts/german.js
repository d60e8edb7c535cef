// @ts-check
// The catalogue in German; german-files.js and german-people.js are parts of it. Where a reader is addressed, it is by “Sie”.

/** @import { Texts } from './english.js' */

import { germanOfFiles } from './german-files.js';
import { germanOfPeople } from './german-people.js';

/** @type {Texts} */
export const german = {
  language: 'de',
  languageName: 'Deutsch',
  desktop: 'Desktop',
  application: 'die Anwendung',
  close: 'Schließen',
  cancel: 'Abbrechen',
  keyboardInput: 'Tastatureingabe für den Desktop',

  start: {
    label: 'Start',
    display: 'Bildschirm',
    windowManager: 'Fensterverwaltung',
    application: 'Anwendung',
    firstPicture: 'Erstes Bild',
    asking: 'Der Server wird gefragt…',
    connecting: 'Verbindung zum Desktop wird aufgebaut…',
    ended: 'Die Verbindung wurde beendet.',
    gaveUp: 'Sie hat sich nach jedem Start sofort beendet und wird nicht von selbst neu gestartet.',
    log: 'Letzte Zeilen des Protokolls',
    retry: 'Erneut versuchen',
    connect: 'Verbinden',
    reconnect: 'Neu verbinden',
    waited: (seconds) => `Wartezeit bisher: ${seconds} s`,
  },

  stages: {
    display: (_name) => 'Der Bildschirm wird gestartet',
    window_manager: (_name) => 'Die Fensterverwaltung wird gestartet',
    application: (name) => `${name} wird gestartet`,
    first_frame: (name) => `Warten auf das erste Bild von ${name}`,
    ready: (name) => `${name} ist bereit`,
    stopping: (_name) => 'Der Desktop wird beendet',
    failed: (name) => `Fehlgeschlagen: ${name}`,
  },

  states: {
    waiting: 'wartet',
    starting: 'startet',
    running: 'läuft',
    backoff: 'startet gleich neu',
    failed: 'fehlgeschlagen',
    stopped: 'beendet',
  },

  bar: {
    label: 'Steuerung des Desktops',
    menu: 'Menü',
    menuKey: 'Menü (F6)',
    menuNews: (news) => `Menü, ${news}`,
    newResults: (count) => (count === 1 ? '1 neues Ergebnis' : `${count} neue Ergebnisse`),
    enterFullscreen: 'Vollbild',
    leaveFullscreen: 'Vollbild verlassen',
    size: 'Größe',
    sizeRemote: 'Wie dieses Fenster',
    sizeScale: 'Bild skalieren',
    sizeOff: 'Unverändert',
    fit: 'Desktop an dieses Fenster anpassen',
    sharpness: 'Schärfe',
    sharpnessAuto: 'Automatisch',
    sharpnessDevice: 'Am feinsten: alle Pixel',
    sharpnessCss: 'Gröber und schneller',
    drag: 'Ausschnitt durch Ziehen verschieben',
    quality: 'Bildqualität',
    smooth: 'Gröber bei Bewegung',
    keyboard: 'Tastatur',
    clipboard: 'Zwischenablage…',
    files: 'Dateien…',
    people: 'Personen…',
    reconnect: 'Neu verbinden',
    restart: 'Anwendung neu starten…',
    about: 'Über diese Sitzung…',
  },

  wayOut:
    'Tasten gehen an den Desktop, auch die Tabulatortaste. F6 führt von dort ins Menü; F6 oder Escape führt von dort zurück.',

  windows: {
    title: 'Fenster',
    untitled: 'Fenster ohne Titel',
    closeOf: (title) => `„${title}“ schließen`,
  },

  ...germanOfFiles,
  ...germanOfPeople,

  notice: {
    reconnecting: 'Verbindung wird wiederhergestellt…',
    nothingArrives: 'Vom Desktop kommt nichts an. Besteht die Netzverbindung?',
    clipboardKept:
      'Der Browser gibt seine Zwischenablage nicht frei: Was auf dem Desktop kopiert wurde, steht unter „Zwischenablage“ im Menü.',
    clipboardWaiting:
      'Drücken Sie hier eine Taste, oder klicken Sie: Dann hat dieser Computer, was auf dem Desktop kopiert wurde.',
    clipboardSlow:
      'Was Sie kopiert haben, ist noch auf dem Weg zum Desktop. Tastendrücke warten so lange; Escape bricht ab.',
    silent: 'Der Server antwortet nicht. Versuchen Sie es gleich noch einmal.',
  },

  trace: {
    load: 'Ablaufprotokoll herunterladen',
  },

  ending: {
    title: 'Die Zeit dieses Rechners läuft ab',
    warning: (minutes, end) =>
      `${minutes > 0 ? `In ${minutes === 1 ? 'einer Minute' : `${minutes} Minuten`}, um` : 'Jetzt, um'} ` +
      `${end.toLocaleTimeString('de', { timeStyle: 'short' })} Uhr, endet dieser Desktop. Speichern Sie, was bleiben soll.`,
  },

  trouble: {
    silent: 'Der Server antwortet nicht. Es wird weiter versucht…',
    signedOut: 'Sie sind nicht angemeldet. Öffnen Sie erneut die Adresse mit dem Token.',
    watching: 'Sie dürfen nur zusehen.',
    frameEnded: 'Die Anmeldung bei diesem Desktop ist abgelaufen. Laden Sie die Seite neu, die ihn zeigt.',
    gateway: (status) =>
      `Ein Proxy vor dem Desktop antwortet ${status}: Er erreicht den Desktop nicht. Läuft desktopd, und ist dessen Adresse im ` +
      'Proxy richtig eingetragen?',
    gatewayOfSockets: (status) =>
      `Ein Proxy vor dem Desktop beantwortet WebSockets mit ${status} und lässt alles andere durch. Wer ihn betreibt, muss auch ` +
      'WebSockets an dieselbe Adresse durchlassen.',
    socketsBlocked:
      'Der Desktop antwortet, aber WebSockets kommen nicht durch. Ein Proxy vor ihm muss die Kopfzeilen Upgrade und Connection ' +
      'weitergeben; sonst hält eine Firewall, ein Virenscanner oder eine Erweiterung dieses Browsers sie zurück.',
    tooLargeForProxy:
      'Ein Proxy vor dem Desktop nimmt nichts von dieser Größe an. Wer ihn betreibt, muss die Grenze anheben; bei nginx ' +
      'client_max_body_size 0.',
    answered: (status, reason) => `Der Server antwortete ${status} ${reason}`.trim(),
  },

  clipboard: {
    title: 'Zwischenablage',
    text: 'Text in der Zwischenablage des Desktops',
    allow: 'Immer die Zwischenablage dieses Computers übernehmen',
    copy: 'Auf diesen Computer kopieren',
    sent: 'Der Desktop hat diesen Text.',
    sentPicture: 'Der Desktop hat dieses Bild.',
    copied: 'Dieser Computer hat den Inhalt.',
    notCopied: 'Der Browser hat abgelehnt. Markieren Sie den Text, und kopieren Sie ihn mit der Tastatur.',
    notCopiedPicture:
      'Der Browser hat abgelehnt. Speichern Sie das Bild, oder kopieren Sie es über das Menü der rechten Maustaste.',
    picture: 'Bild in der Zwischenablage des Desktops',
    pictureFacts: (width, height, size) => `${width} × ${height} Pixel, ${size}`,
    choose: 'Bild senden…',
    chosen: 'Bild für die Zwischenablage des Desktops',
    noPicture:
      'Hier ist kein Bild eines Typs, den die Zwischenablage annimmt: PNG, JPEG, WebP, GIF, TIFF oder BMP. Übertragen Sie es als Datei.',
    save: 'Als PNG speichern',
    shared: 'Text und Bilder werden in beiden Richtungen von selbst übertragen.',
    byKey:
      'Text und Bilder gelangen auf den Desktop, wenn Sie dort die Taste zum Einfügen drücken (Strg+V, ⌘V), und zurück, wenn Sie ' +
      'dort kopieren. Ein Bild lässt sich auch hier einfügen oder ablegen.',
    byKeyInsecure:
      'Text und Bilder gelangen auf den Desktop, wenn Sie dort die Taste zum Einfügen drücken (Strg+V, ⌘V); ein Bild lässt sich ' +
      'auch hier einfügen oder ablegen. Unter einer https-Adresse (oder localhost) könnte diese Seite die ganze Zwischenablage ' +
      'von selbst teilen.',
    form: { text: 'Text', html: 'HTML', image: 'Bild' },
    tooLarge: (form, size, limit) =>
      `Zu groß für die Zwischenablage (${form}, ${size}); sie fasst ${limit}. Übertragen Sie den Inhalt als Datei.`,
    otherKind:
      'Die Zwischenablage dieses Computers enthält weder Text noch ein Bild; es wurde nichts eingefügt. Ziehen Sie Dateien ' +
      'stattdessen auf den Desktop.',
    missing:
      'Der Browser hat den Inhalt der Zwischenablage dieses Computers nicht herausgegeben; es wurde nichts eingefügt. Versuchen Sie es noch einmal.',
    uncertain:
      'Es wurde nichts eingefügt: Auf dem Desktop wurde etwas kopiert, während die Nachricht davon ausblieb. Versuchen Sie es gleich noch einmal.',
    noConnection: 'Die Zwischenablage hat keine Verbindung zum Server. Versuchen Sie es gleich noch einmal.',
  },

  link: {
    title: 'Öffnen, was der Link nennt?',
    open: 'Öffnen',
    adds: (place) => `„${place}“ wird zu dem hinzugefügt, was in der Anwendung offen ist.`,
    runs: (place) => `„${place}“ ist ein Programm, das auf diesem Desktop mit allen seinen Rechten läuft.`,
    watching: 'Sie dürfen nur zusehen: Was der Link nennt, wird nicht geöffnet.',
    foreign: 'Dieser Desktop gehört zu einem anderen Server: Was der Link nennt, wird nicht geöffnet.',
    failed: (place, why) => `„${place}“ aus dem Link wird nicht angezeigt: ${why}`,
    noLayer: (name, names) =>
      names.length > 0
        ? `Die Ebene „${name}“ aus dem Link gibt es nicht. Berichtigen Sie den Link; vorhanden sind: ${names.join(', ')}.`
        : `Die Ebene „${name}“ aus dem Link gibt es nicht. Ergänzen Sie den Link um open=, denn es ist nichts offen.`,
  },

  restart: {
    title: 'Anwendung neu starten?',
    warning: 'Was darin nicht gespeichert wurde, geht verloren.',
    comesBack: 'Ihre Ebenen bleiben erhalten, auch was nicht gespeichert wurde, und werden danach wiederhergestellt.',
    notKept: (why) => `Ebenen werden zurzeit für einen Neustart oder Absturz nicht aufgehoben: ${why}. Speichern Sie, was nicht verloren gehen darf.`,
    saving: 'Vor dem Neustart wird die Sitzung der Anwendung gespeichert…',
    confirm: 'Neu starten',
  },

  crash: {
    restarted: (name) => `${name} wurde neu gestartet`,
    closed: (name) => `${name} wurde geschlossen`,
    outOfMemory: (name) => `${name} hatte nicht genug Arbeitsspeicher`,
    crashed: (name) => `${name} ist abgestürzt`,
    ended: (name) => `${name} hat sich unerwartet beendet`,
    how: (description, time) => `Um ${time}: ${description}.`,
    memoryLimit: (size) => `Hier stehen höchstens ${size} Arbeitsspeicher zur Verfügung.`,
    noMemory: 'Der Rechner hatte keinen freien Arbeitsspeicher mehr.',
    startedAgain: (restarts) => (restarts > 1 ? `Neu gestartet, inzwischen ${restarts}-mal.` : 'Neu gestartet.'),
    startedAfresh: 'Frisch gestartet für die Nächsten, die sie brauchen.',
    staysEnded: 'Ein Neustart erfolgt nicht von selbst.',
    restoring: 'Die Ebenen werden wiederhergestellt…',
    layersBack: (count, names, camera) =>
      `${count === 1 ? '1 Ebene ist' : `${count} Ebenen sind`} wieder da${camera ? ', ebenso die Kamera' : ''}: ${names}.`,
    unsavedBack: (names) => `Auch nicht Gespeichertes ist wieder da: ${names}.`,
    nothingSaved: 'Es gab keine Ebenen wiederherzustellen.',
    unsavedLost: 'Was darin nicht gespeichert war, ist verloren.',
    notBack: (name, reason) => (reason ? `${name} ließ sich nicht wiederherstellen: ${reason}` : `${name} ließ sich nicht wiederherstellen`),
    list: (names, more) => (more > 0 ? `${names.join(', ')} und ${more} weitere` : names.join(', ')),
    traceback: 'Letzter Traceback',
    lastError: (time) => `Letzter Fehler davor, um ${time}`,
    output: 'Letzte Zeilen der Ausgabe',
    report: 'Bericht kopieren',
    start: 'Wieder starten',
    copied: 'Der Bericht ist in der Zwischenablage dieses Computers.',
    notCopied: 'Der Browser hat abgelehnt. Markieren Sie den Bericht, und kopieren Sie ihn mit der Tastatur.',
  },

  policy: {
    noCopies: 'Auf diesen Desktop und von ihm darf nichts kopiert werden.',
    noCopiesIn: 'Auf diesen Desktop darf nichts kopiert werden.',
    noCopiesOut: 'Von diesem Desktop darf nichts kopiert werden.',
    noFilesIn: 'Auf diesen Desktop dürfen keine Dateien gebracht werden.',
  },

  silence: {
    title: (name) => `${name} antwortet nicht`,
    wait: 'Es ist vielleicht beschäftigt: Sobald es antwortet, verschwindet dieser Hinweis.',
    restart: 'Neu starten',
    lost: 'Beim Neustart kann verloren gehen, was nicht gespeichert ist.',
  },

  about: {
    title: 'Über diese Sitzung',
    language: 'Sprache',
    languageAuto: (name) => `Automatisch: ${name}`,
    licenceNoVNC: 'Lizenz von noVNC',
    licenceTinyH264: 'Lizenz von TinyH264',
    licenceTus: 'Lizenz von tus-js-client',
    secure: 'Diese Adresse ist sicher: Der Browser gibt der Seite Zwischenablage und Videodecoder.',
    insecure:
      'Diese Adresse gilt dem Browser nicht als sicher. Unter einer https-Adresse (oder localhost) gäbe er der Seite ' +
      'Zwischenablage und Videodecoder.',
    session: 'Sitzung',
    noAnswer: 'Der Server hat noch nicht geantwortet',
    application: 'Anwendung',
    applicationState: (command, state, restarts) =>
      restarts > 0 ? `${command} (${state}, ${restarts}-mal neu gestartet)` : `${command} (${state})`,
    state: 'Zustand',
    display: 'Bildschirm',
    openGL: 'OpenGL durch',
    role: 'Ihre Rolle',
    control: 'volle Steuerung',
    view: 'nur zusehen',
    viewers: 'Betrachter',
    path: 'Bildweg',
    version: 'Version',
    connection: 'Verbindung',
    noConnection: 'keine',
    size: 'Größe des Desktops',
    scale: 'Gezeichnet mit',
    scalePercent: (percent) => `${percent} % der Pixel des Bildschirms`,
    programs: 'Programme zeichnen mit',
    programsUnscaled: 'einer Größe, die desktopd nicht wählen kann',
    encoding: 'Letzte Kodierung',
    frames: 'Bilder',
    framesPerSecond: (frames) => `${frames} pro Sekunde`,
    picture: 'Bild',
    exact: 'pixelgenau',
    moving: 'in Bewegung',
    motion: 'Bei Bewegung',
    alwaysExact: 'wie die Anwendung es zeichnet',
    drawnExactly: 'gröber, wo das Zeichnen langsam ist; jetzt genau',
    drawnCoarser: (divisor) => `jetzt gröber, ein Pixel für ${divisor} × ${divisor}`,
    drawn: (now, seconds) =>
      seconds === null ? now : `${now}; das letzte genaue Bild dauerte ${seconds.toFixed(2).replace('.', ',')} s`,
    window: 'Fenster',
    windowSize: (width, height, ratio) => `${width} × ${height}, Pixelverhältnis ${String(ratio).replace('.', ',')}`,
    noneYet: 'noch keine',
  },
};
