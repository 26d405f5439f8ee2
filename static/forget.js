// Signing out leaves no copy of a welcome page behind. What was not sent stays.
"use strict";
document.addEventListener("submit", () => {
  if (window.caches) caches.keys().then((names) => names.forEach((name) => caches.delete(name)));
});
