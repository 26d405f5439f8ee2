{% autoescape off %}// Keeps the welcome page of one meetup for when the network is away: at most twelve
// hours, and never once presences are closed or somebody signs out.
const STORE = "presences" + self.registration.scope;
const ASSETS = [{% for asset in assets %}"{{ asset|escapejs }}",{% endfor %}];
const LIFE = 12 * 3600 * 1000;

self.addEventListener("install", (event) => {
  self.skipWaiting();
  event.waitUntil(first());
});
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

// Too old, and it goes with all that was kept.
async function kept(store, request) {
  // A search without a network finds the whole list.
  const copy = (await store.match(request)) || (await store.match(self.registration.scope));
  if (!copy) return null;
  if (Date.now() - Number(copy.headers.get("X-Kept")) < LIFE) return copy;
  await caches.delete(STORE);
  return null;
}

// The page that installs the worker was fetched before it: once more, to be kept.
async function first() {
  await (await caches.open(STORE)).addAll(ASSETS);
  const visit = new Request(self.registration.scope, { redirect: "manual" });
  await page(visit).catch(() => null);
}

async function page(request) {
  const store = await caches.open(STORE);
  let answer, away;
  try {
    answer = await fetch(request);
  } catch (error) {
    away = error;
  }
  // No network, or no site at its end.
  if (away || answer.status >= 500) {
    const copy = await kept(store, request);
    if (!copy && away) throw away;
    return copy || answer;
  }
  const closed = answer.headers.get("{{ forget }}");
  // Closed, signed out (a redirection), or no longer of the team.
  if (closed || !answer.ok) {
    await caches.delete(STORE);
  } else {
    const headers = new Headers(answer.headers);
    headers.set("X-Kept", Date.now());
    headers.delete("Content-Encoding");
    const body = await answer.clone().blob();
    await store.put(request, new Response(body, { headers }));
    // Signing out empties the store; the page needs its looks and its script again.
    if (!(await store.match(ASSETS[0]))) await store.addAll(ASSETS);
  }
  return answer;
}

self.addEventListener("fetch", (event) => {
  const request = event.request;
  const path = new URL(request.url).pathname;
  if (request.method !== "GET") return;
  if (request.mode === "navigate" && request.url.split(/[?#]/)[0] === self.registration.scope) {
    event.respondWith(page(request));
  } else if (ASSETS.includes(path)) {
    event.respondWith(
      caches.match(request, { ignoreSearch: true }).then((copy) => copy || fetch(request)),
    );
  }
});
{% endautoescape %}
