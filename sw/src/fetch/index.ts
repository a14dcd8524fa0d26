// Answers the fetches that belong to previews. What the rest of the service worker calls:
//
//   self.addEventListener('fetch', (event) => { if (ownEndpoint(event)) …; else handleFetch(event, kernel, scope) })
//   self.addEventListener('message', (event) => { handlePreviewMessage(event, kernel, scope) || … })
//
// `~k/*` (the kernel's endpoints) is not this folder's: take those requests first, except `~k/preview.js` if `previewScript` is served by name.

export type { Header, HttpEffect, HttpEvent, Kernel } from './kernel';
