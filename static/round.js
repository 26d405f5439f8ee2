// The countdown of « Tour de métiers ». Without it the page is the list with its times.
"use strict";
(() => {
  const box = document.querySelector("[data-round]");
  if (!box) return;
  const find = (name) => box.querySelector(`[data-${name}]`);
  const trades = [...document.querySelectorAll("[data-trade]")];
  const share = Number(box.dataset.round);
  let turn = 0, left = share, end = 0, ticking = null, awake = null;

  const clock = (s) => `${Math.floor(s / 60)}:${String(s % 60).padStart(2, "0")}`;
  function show() {
    find("now").textContent = trades[turn].firstChild.textContent.trim();
    find("clock").textContent = clock(left);
    find("go").textContent = ticking ? "Pause" : left < share ? "Continuer" : "Commencer";
    trades.forEach((li, i) => (i === turn ? li.setAttribute("aria-current", "true") : li.removeAttribute("aria-current")));
  }
  function stop() {
    clearInterval(ticking);
    ticking = null;
    if (awake) awake.release();
    awake = null;
  }
  function tick() {
    left = Math.max(0, Math.round((end - Date.now()) / 1000));
    if (left === 0) {
      stop();
      find("said").textContent = "Le temps est passé. Métier suivant.";
      if (navigator.vibrate) navigator.vibrate(200);
    }
    show();
  }
  function start() {
    if (left === 0) left = share;
    end = Date.now() + left * 1000;
    ticking = setInterval(tick, 250);
    // A dark screen counts for nobody.
    if (navigator.wakeLock) navigator.wakeLock.request("screen").then((lock) => (ticking ? (awake = lock) : lock.release()), () => {});
  }
  find("go").addEventListener("click", () => {
    if (ticking) stop();
    else start();
    show();
  });
  // One tap a trade: a round that goes on goes on, and ends after the last one.
  find("next").addEventListener("click", () => {
    const goes = ticking || left === 0;
    stop();
    turn = (turn + 1) % trades.length;
    left = share;
    find("said").textContent = turn ? "" : "Le tour est fini.";
    if (goes && turn) start();
    show();
  });
  box.hidden = false;
  show();
})();
