// Without a network a tap is kept here and sent later; its key makes it count once.
// Without this script the page works as plain forms.
"use strict";
(() => {
  const list = document.querySelector("[data-welcome]");
  // An older telephone keeps the plain forms: half a script would lose taps.
  const able = window.SubmitEvent && "submitter" in SubmitEvent.prototype && Element.prototype.replaceChildren;
  if (!list || !able || !window.localStorage || !window.fetch) return;
  const { welcome, worker } = list.dataset;
  const box = "taps:" + welcome;
  const state = document.querySelector("[data-state]");
  const WORDS = { present: "Là", excused: "S’excuse", absent: "Pas là", left: "Départ noté" };
  const HUES = { present: "puce puce-v", excused: "puce puce-l", absent: "puce puce-t", left: "puce" };
  const SIGNED_OUT = "Connectez-vous de nouveau, puis revenez ici. Rien n’est perdu.";
  const read = () => JSON.parse(localStorage.getItem(box) || "[]");
  const write = (taps) => localStorage.setItem(box, JSON.stringify(taps));
  const waiting = () => read().filter((tap) => !tap.lost);
  // How far this clock is from the server's; a page reopened later only seems further.
  const known = localStorage.getItem("drift:" + welcome);
  const drift = Math.min(Date.now() - list.dataset.now * 1000, known === null ? Infinity : +known);
  localStorage.setItem("drift:" + welcome, drift);
  const clock = () => Date.now() - (Math.abs(drift) > 60000 ? drift : 0);
  const token = () => document.querySelector("[name=csrfmiddlewaretoken]").value;
  const key = () =>
    "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (c) =>
      (+c ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (+c / 4)))).toString(16));
  let busy = false;
  let trouble = "";

  function show(target, mark) {
    const row = document.querySelector(`[data-target="${target}"]`);
    if (!row || !row.querySelector("[data-free]")) return;
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
    const place = document.querySelector("[data-walk-ins]");
    if (!place) return;
    const li = document.createElement("li");
    li.dataset.kept = tap.key;
    li.dataset.name = tap.first_name;
    li.textContent = tap.first_name + " · à envoyer";
    place.append(li);
    place.hidden = false;
  }

  function tell() {
    const n = waiting().length;
    const lost = read().filter((tap) => tap.lost);
    const words = n ? `${n} geste${n > 1 ? "s" : ""} à envoyer.` : lost.length ? "" : "Tout est envoyé.";
    state.hidden = list.dataset.closed && !n && !trouble;
    state.textContent = (trouble ? trouble + " " : "") + words;
    if (trouble === SIGNED_OUT) {
      const link = document.createElement("a");
      link.href = location.pathname;
      link.textContent = "Se connecter";
      state.append(" ", link);
    }
    state.className = n || trouble ? "note haut-4" : "note note-v haut-4";
    const note = document.querySelector("[data-lost]");
    note.hidden = !lost.length;
    note.querySelector("ul").replaceChildren(...lost.map((tap) => {
      const li = document.createElement("li");
      li.textContent = `${tap.first_name || tap.name}\u202f: ${WORDS[tap.mark] || (tap.target === "w" ? "Là" : "non noté")}`;
      return li;
    }));
  }

  function count(number, n) {
    const words = number.nextElementSibling;
    number.textContent = n;
    if (words.dataset.words) words.textContent = words.dataset.words.split(",")[n < 2 ? 0 : 1];
  }

  // While somebody types, and without a network: those shown that have these letters,
  // or everybody, since last names stay on the server.
  const KEYBOARD = { œ: "oe", æ: "ae", ø: "o", đ: "d", ð: "d", ł: "l", þ: "th", ı: "i" };
  const fold = (text) =>
    text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().replace(/[œæøđðłþı]/g, (c) => KEYBOARD[c]).trim();
  function search(words) {
    const rows = [...document.querySelectorAll("[data-target]")];
    const found = rows.filter((row) => fold(row.querySelector("b").textContent).includes(fold(words)));
    for (const row of rows) row.hidden = found.length > 0 && !found.includes(row);
  }

  async function send() {
    const taps = waiting().slice(0, 100);
    if (busy || !taps.length) return tell();
    busy = true;
    trouble = "";
    let more = false;
    try {
      const answer = await fetch(list.dataset.send, {
        method: "POST",
        redirect: "manual",
        headers: { "Content-Type": "application/json", "X-CSRFToken": token() },
        body: JSON.stringify({ gestures: taps }),
      });
      if (answer.ok) {
        const { outcomes, marks, counts } = await answer.json();
        const isLost = (tap) => tap.lost || ["closed", "unknown"].includes(outcomes[tap.key]);
        write(read().filter((tap) => !(tap.key in outcomes) || isLost(tap)).map((tap) => ({ ...tap, lost: isLost(tap) })));
        more = waiting().length > 0;
        // Another telephone may have spoken later.
        for (const [target, mark] of Object.entries(marks))
          if (!waiting().some((tap) => tap.target === target)) show(target, mark);
        for (const one of document.querySelectorAll("[data-count]")) count(one, counts[one.dataset.count]);
        for (const li of document.querySelectorAll("[data-kept]"))
          if (li.dataset.kept in outcomes) li.textContent = li.dataset.name;
      } else if (answer.type === "opaqueredirect" || answer.status === 403) {
        trouble = SIGNED_OUT;
      } else {
        trouble = "Le site ne répond pas. Rien n’est perdu.";
      }
    } catch {
      trouble = "Pas de réseau. Rien n’est perdu.";
    }
    busy = false;
    tell();
    if (more) send();
  }

  function keep(tap) {
    write([...read(), { key: key(), at: clock(), ...tap }]);
    if (tap.target === "w") add(read().pop());
    else show(tap.target, tap.mark);
    tell();
    send();
  }

  document.addEventListener("submit", (event) => {
    const form = event.target;
    const row = form.closest("[data-target]");
    if (row && event.submitter) {
      event.preventDefault();
      keep({ target: row.dataset.target, name: row.querySelector("b").textContent, mark: event.submitter.dataset.mark });
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

  const field = document.querySelector("#q");
  field.addEventListener("input", () => {
    search(field.value);
    // Above the keyboard of a telephone there is room for the field and two people.
    field.form.scrollIntoView();
  });
  const asked = new URLSearchParams(location.search).get("q");
  if (asked && !field.value) {
    // A copy of the whole list, kept for when the network is away.
    field.value = asked;
    search(asked);
  }

  document.querySelector("[data-forget]").addEventListener("click", () => {
    write(waiting());
    trouble = "";
    tell();
  });
  for (const tap of waiting()) tap.target === "w" ? add(tap) : show(tap.target, tap.mark);
  tell();
  send();
  addEventListener("online", send);
  document.addEventListener("visibilitychange", send);
  setInterval(send, 15000);
  if (worker && navigator.serviceWorker) navigator.serviceWorker.register(worker);
})();
