// @ts-check

// The order matters.
import { restoreVideo } from './without-video-decoder.js';
import RFB from '@novnc/novnc';

restoreVideo();

export default RFB;
