// @ts-check
// What the clipboard has to tell, as notices.

/** @import { Clipboard } from '../connection/clipboard.js' */
/** @import { Notice } from './notice.js' */

import { refusalText } from './clipboard-panel.js';
import { texts } from './texts.js';

/**
 * Show what the clipboard tells.
 *
 * @param {Clipboard} clipboard
 * @param {Notice} notice
 */
export function showClipboardNotices(clipboard, notice) {
  clipboard.on('refused', (refusal) => notice.show(refusalText(refusal)));
  clipboard.on('waiting', () => notice.show(texts.notice.clipboardWaiting));
  clipboard.on('slow', () => notice.show(texts.notice.clipboardSlow));
  clipboard.on('kept', () => notice.show(texts.notice.clipboardKept));
}
