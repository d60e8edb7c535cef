// @ts-check

// The order matters.
import { restoreVideo } from './novideo.js';
import RFB from '@novnc/novnc';

restoreVideo();

export default RFB;
