// Keeps the pages below /run/ and what they are made of at hand while there is no connection. It answers for reading
// only: what people do is kept by the page itself.
export {};

interface Lasting extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface Fetching extends Lasting {
  request: Request;
  respondWith(answer: Promise<Response>): void;
}
interface Told extends Lasting {
  data: { keep?: string[] };
}
interface Worker {
  skipWaiting(): Promise<void>;
  clients: { claim(): Promise<void> };
  addEventListener(type: "install" | "activate", act: (event: Lasting) => void): void;
  addEventListener(type: "fetch", act: (event: Fetching) => void): void;
  addEventListener(type: "message", act: (event: Told) => void): void;
}

const worker = self as unknown as Worker;
const cacheName = "watchkeep-run";
/** Pages and files kept; the oldest go first. */
const most = 60;
/** Milliseconds after which a page that does not come is taken from the device. */
const patience = 4000;

worker.addEventListener("install", (event) => event.waitUntil(worker.skipWaiting()));
worker.addEventListener("activate", (event) => event.waitUntil(worker.clients.claim()));
worker.addEventListener("message", (event) => event.waitUntil(Promise.allSettled((event.data.keep ?? []).map(keepOne))));

worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return;
  if (pathname.startsWith("/assets/")) event.respondWith(fromDevice(request));
  else if (request.mode === "navigate" && pathname.startsWith("/run/")) event.respondWith(fromServer(request));
});

async function keepOne(address: string): Promise<void> {
  const answer = await fetch(address, { credentials: "same-origin" });
  await keep(new Request(address), answer);
}

async function keep(request: Request, answer: Response): Promise<void> {
  // A redirect leads to the sign-in page: that is not what was asked for.
  if (!answer.ok || answer.redirected) return;
  const cache = await caches.open(cacheName);
  await cache.put(request, answer.clone());
  const all = await cache.keys();
  await Promise.all(all.slice(0, Math.max(0, all.length - most)).map((old) => cache.delete(old)));
}

/** Files of the page never change under their names. */
async function fromDevice(request: Request): Promise<Response> {
  const kept = await caches.match(request, { ignoreVary: true });
  if (kept) return kept;
  const answer = await fetch(request);
  await keep(request, answer);
  return answer;
}

async function fromServer(request: Request): Promise<Response> {
  const kept = () => caches.match(request, { ignoreVary: true });
  const late = new Promise<Response | undefined>((done) => setTimeout(() => void kept().then(done), patience));
  const asked = fetch(request).then(async (answer) => {
    // Whoever is signed out reads nothing here any more.
    if (answer.redirected || answer.type === "opaqueredirect") await caches.delete(cacheName);
    else await keep(request, answer);
    return answer;
  });
  const first = await Promise.race([asked.catch(kept), late]);
  return first ?? asked;
}
