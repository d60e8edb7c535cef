// @ts-check
import { defineConfig } from 'vite';

import { precompress } from './precompress.js';
import { verbatim } from './verbatim.js';
import { webassembly } from './webassembly.js';

export default defineConfig({
  // Relative addresses, so that the page works below any prefix.
  base: './',
  clearScreen: false,
  build: {
    outDir: '../desktopd/http/static',
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: {
      output: {
        // A licence without an extension would be served as bytes of no known type.
        assetFileNames: ({ names: [name = ''] }) => `assets/[name]-[hash]${name.includes('.') ? '[extname]' : '.txt'}`,
      },
    },
  },
  plugins: [precompress(), webassembly(), verbatim('embed.js')],
  worker: { format: 'es', plugins: () => [webassembly()] },
});
