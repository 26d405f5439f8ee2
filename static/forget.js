// Copies of welcome pages on this telephone: none once somebody signs out, none older
// than twelve hours where somebody signs in. What was not sent stays a month.
"use strict";
(() => {
  const HOUR = 3600 * 1000;
  if (window.caches) {
    document.addEventListener("submit", (event) => {
      if (event.target.matches("[data-forgets]"))
        caches.keys().then((names) => names.forEach((name) => caches.delete(name)));
    });
    (async () => {
      for (const name of await caches.keys()) {
        const store = await caches.open(name);
        for (const copy of await store.matchAll()) {
          const kept = copy.headers.get("X-Kept");
          if (kept && Date.now() - kept > 12 * HOUR) await caches.delete(name);
        }
      }
    })();
  }
  for (const name of Object.keys(window.localStorage || {})) {
    if (!name.startsWith("taps:")) continue;
    const taps = JSON.parse(localStorage.getItem(name));
    if (taps.every((tap) => Date.now() - tap.at > 30 * 24 * HOUR)) localStorage.removeItem(name);
  }
})();
