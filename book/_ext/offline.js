// The service worker: it keeps one edition of the book on the reader's device,
// all of it or nothing. offline.py writes Workbox before this, and FILES: the
// path of each file and its SHA-256, so that a new edition fetches what has
// changed, and a file that isn't the promised one spoils no copy.
const { precaching } = self.workbox;
const openPages = () =>
  self.clients.matchAll({ type: "window", includeUncontrolled: true });
const MOST = 20; // empty pages, should a browser not begin
const WAIT = 50; // milliseconds that each stays longer than the one before
let copied = 0;
let asked = 0;
let empty; // the last empty page

precaching.addPlugins([
  {
    async cacheDidUpdate() {
      copied += 1;
      for (const page of await openPages()) {
        page.postMessage([copied, FILES.length]);
      }
    },
    // An open page keeps its edition. So a new one waits until the only page is
    // left: an empty page takes its place, and asks for the address again.
    async handlerWillRespond({ request, response, event }) {
      const { waiting } = self.registration;
      if (request.mode !== "navigate" || !waiting) return response;
      const open = await openPages();
      if (open.length > 1 || ++asked > MOST) return response;
      if (open[0]?.id === empty) waiting.postMessage("begin");
      empty = event.resultingClientId;
      const again = `setTimeout(() => location.reload(), ${WAIT * asked})`;
      return new Response(`<script>${again}</script>`, {
        headers: { "Content-Type": "text/html" },
      });
    },
  },
]);
precaching.precacheAndRoute(
  FILES.map(([url, hash]) => ({
    url,
    revision: hash,
    integrity: `sha256-${hash}`,
  })),
  { ignoreURLParametersMatching: [/./] }, // the site's files are static
);
self.addEventListener("message", () => self.skipWaiting());
// A copy that was removed leaves its worker to the pages that are open. The
// worker of the next copy, which has another name, takes them over.
self.addEventListener("install", () => {
  const { active } = self.registration;
  if (active && active.scriptURL !== self.location.href) self.skipWaiting();
});
self.addEventListener("activate", (event) => {
  event.waitUntil(self.clients.claim()); // the page that asked for the copy
});
