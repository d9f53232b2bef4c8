// Keeps the form at hand where there is no network, and sends what waits when there is one again.
importScripts('/feedback/assets/outbox.js');

const CACHE = 'feedback-3';
const assets = ['/feedback/assets/form.css', '/feedback/assets/form.js', '/feedback/assets/outbox.js'];

self.addEventListener('install', (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(assets)));
  self.skipWaiting();
});

self.addEventListener('activate', (event) => {
  const old = caches.keys().then((names) => Promise.all(names.filter((name) => name !== CACHE).map((name) => caches.delete(name))));
  event.waitUntil(Promise.all([old, self.clients.claim()]));
});

/** So long a network may take before what is at hand is shown: some have a signal and answer nothing. */
const PATIENCE_MS = 3_000;

const fromNetworkFirst = async (request) => {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(request);
  const fresh = fetch(request).then(async (response) => {
    if (response.ok) await cache.put(request, response.clone());
    return response;
  });
  if (!kept) return fresh;
  const patience = new Promise((resolve) => {
    setTimeout(() => resolve(kept), PATIENCE_MS);
  });
  return Promise.race([fresh, patience]).catch(() => kept);
};

self.addEventListener('fetch', (event) => {
  if (event.request.method === 'GET' && new URL(event.request.url).pathname.startsWith('/feedback/')) {
    event.respondWith(fromNetworkFirst(event.request));
  }
});

self.addEventListener('message', (event) => {
  if (event.data === 'keep') event.waitUntil(caches.open(CACHE).then((cache) => cache.add(event.source.url)));
});

self.addEventListener('sync', (event) => {
  if (event.tag !== 'feedback') return;
  event.waitUntil(
    (async () => {
      const { waits } = await self.outbox.flush(true);
      // A page that is open shows the receipts, and keeps them no longer.
      for (const page of await self.clients.matchAll()) page.postMessage('flushed');
      if (waits) throw new Error('something waits still');
    })(),
  );
});
