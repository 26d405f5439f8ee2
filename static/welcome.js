// The welcome page without a network: a tap is kept here and sent later. Each has a key,
// so the server counts it once. Without this script the page works as plain forms.
"use strict";
(() => {
  const list = document.querySelector("[data-welcome]");
  if (!list || !window.localStorage || !window.fetch) return;
  const { welcome, worker } = list.dataset;
  const box = "taps:" + welcome;
  const state = document.querySelector("[data-state]");
  const WORDS = { present: "Là", excused: "S’excuse", absent: "Pas là", left: "Partie" };
  const HUES = { present: "puce puce-v", excused: "puce puce-l", absent: "puce puce-t", left: "puce" };
  const read = () => JSON.parse(localStorage.getItem(box) || "[]");
  const write = (taps) => localStorage.setItem(box, JSON.stringify(taps));
  const token = () => document.querySelector("[name=csrfmiddlewaretoken]").value;
  const key = () =>
    "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (c) =>
      (+c ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (+c / 4)))).toString(16));
  let busy = false;
  let trouble = "";

  function show(target, mark) {
    const row = document.querySelector(`[data-target="${target}"]`);
    if (!row) return;
    const gone = mark === "left";
    const shown = mark === "back" ? "present" : mark;
    row.querySelector("[data-free]").hidden = shown !== "";
    row.querySelector("[data-marked]").hidden = shown === "";
    const chip = row.querySelector("[data-chip]");
    chip.textContent = WORDS[shown] || "";
    chip.className = HUES[shown] || "puce";
    for (const one of row.querySelectorAll("[data-leave]")) one.hidden = gone || shown !== "present";
    for (const one of row.querySelectorAll("[data-return]")) one.hidden = !gone;
  }

  function add(tap) {
    const old = [...document.querySelectorAll("[data-kept]")].some((li) => li.dataset.kept === tap.key);
    const place = document.querySelector("[data-walk-ins]");
    if (old || !place) return;
    const li = document.createElement("li");
    li.dataset.kept = tap.key;
    li.textContent = tap.first_name + " · à envoyer";
    place.append(li);
    place.hidden = false;
  }

  function tell() {
    const n = read().length;
    const words = n ? `${n} geste${n > 1 ? "s" : ""} à envoyer. Ne fermez pas la rencontre.` : "Tout est envoyé.";
    state.hidden = false;
    state.textContent = (trouble ? trouble + " " : "") + words;
    state.className = n || trouble ? "note haut-4" : "note note-v haut-4";
  }

  async function send() {
    const taps = read();
    if (busy || !taps.length) return tell();
    busy = true;
    trouble = "";
    try {
      const answer = await fetch(list.dataset.send, {
        method: "POST",
        redirect: "manual",
        headers: { "Content-Type": "application/json", "X-CSRFToken": token() },
        body: JSON.stringify({ gestures: taps }),
      });
      if (answer.ok) {
        const told = await answer.json();
        const lost = taps.filter((tap) => told[tap.key] === "closed" || told[tap.key] === "unknown");
        write(read().filter((tap) => !(tap.key in told) || lost.some((one) => one.key === tap.key)));
        if (lost.length) trouble = "La rencontre est terminée ou la liste a changé : gardez la feuille.";
        for (const li of document.querySelectorAll("[data-kept]"))
          if (told[li.dataset.kept] === "done" || told[li.dataset.kept] === "known") li.textContent = li.textContent.replace(" · à envoyer", "");
      } else if (answer.type === "opaqueredirect" || answer.status === 403) {
        trouble = "Connectez-vous de nouveau, puis revenez ici. Rien n’est perdu.";
      }
    } catch {
      trouble = "Pas de réseau.";
    }
    busy = false;
    tell();
  }

  function keep(tap) {
    write([...read(), { key: key(), at: Date.now(), ...tap }]);
    if (tap.target === "w") add(read().at(-1));
    else show(tap.target, tap.mark);
    tell();
    send();
  }

  document.addEventListener("submit", (event) => {
    const form = event.target;
    const row = form.closest("[data-target]");
    if (row && event.submitter) {
      event.preventDefault();
      keep({ target: row.dataset.target, mark: event.submitter.dataset.mark });
      (row.querySelector("[data-marked] button:not([hidden]), [data-free] button") || row).focus();
    } else if (form.matches("[data-walk-in]")) {
      const { first_name, profession } = form.elements;
      if (!first_name.value.trim() || !profession.value) return;
      event.preventDefault();
      keep({ target: "w", first_name: first_name.value.trim(), profession: profession.value });
      form.reset();
      first_name.focus();
    }
  });

  for (const tap of read()) tap.target === "w" ? add(tap) : show(tap.target, tap.mark);
  tell();
  send();
  addEventListener("online", send);
  document.addEventListener("visibilitychange", send);
  setInterval(send, 15000);
  if (navigator.serviceWorker) navigator.serviceWorker.register(worker);
})();
