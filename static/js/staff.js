// The keys of the staff pages. Each does what a link, a field or a box on the page does anyway: without this script
// nothing is missing. The list under `?` is the page behind the link marked data-keys.
const OFF = "staff-keys-off";
const PAUSE = 1500;
const ways = document.querySelector("a[data-keys]");
let going = 0;
let dialog;

const off = () => localStorage.getItem(OFF) !== null;
const rows = () => [...document.querySelectorAll("[data-rows] tbody tr")].filter((row) => row.querySelector("a"));
const here = () => rows().find((row) => row.contains(document.activeElement));
const boxes = () => [...document.querySelectorAll("[data-rows] tbody input[type=checkbox]")];

function move(by) {
  const all = rows();
  const at = all.indexOf(here());
  const next = all[at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + by, 0), all.length - 1)];
  next?.querySelector("a")?.focus();
  next?.scrollIntoView({ block: "nearest" });
}

function choose() {
  const box = here()?.querySelector("input[type=checkbox]");
  if (!box) return;
  box.checked = !box.checked;
  box.dispatchEvent(new Event("change", { bubbles: true }));
}

function filters() {
  const open = document.querySelector("button[data-filters]");
  if (open?.checkVisibility()) open.click();
  document.querySelector("#sieve :is(input:not([type=hidden]), select)")?.focus();
}

async function list() {
  if (!ways || document.querySelector("main [data-keys-list]")) return;
  if (!dialog) {
    const answer = await fetch(ways.href, { headers: { Accept: "text/html" } });
    if (!answer.ok) return location.assign(ways.href);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    dialog = document.createElement("dialog");
    dialog.className = "keys-dialog";
    const title = page.querySelector("h1");
    const heading = document.createElement("h2");
    heading.id = "keys-title";
    heading.textContent = title.textContent;
    dialog.setAttribute("aria-labelledby", heading.id);
    const close = document.createElement("button");
    close.className = "button button-second";
    close.type = "button";
    close.textContent = page.querySelector("[data-keys-list]").dataset.close;
    close.addEventListener("click", () => dialog.close());
    dialog.append(heading, page.querySelector("[data-keys-list]"), close);
    document.body.append(dialog);
    offer(dialog);
  }
  if (!dialog.open) dialog.showModal();
}

// Who speaks to the machine, or types with a device that sends letters, turns single keys off; `?` among them.
function offer(place) {
  const box = place.querySelector("[data-keys-on]");
  if (!box) return;
  box.closest("[hidden]")?.removeAttribute("hidden");
  box.checked = !off();
  box.addEventListener("change", () => (box.checked ? localStorage.removeItem(OFF) : localStorage.setItem(OFF, "1")));
}

const doors = {
  "/": () => document.querySelector("#goto")?.focus(),
  "?": () => list().catch(() => location.assign(ways.href)),
  j: () => move(1),
  k: () => move(-1),
  o: () => here()?.querySelector("a")?.click(),
  x: choose,
  f: filters,
  n: () => document.querySelector("main a[rel=next]")?.click(),
  p: () => document.querySelector("main a[rel=prev]")?.click(),
  g: () => { going = performance.now(); },
};

document.addEventListener("keydown", (event) => {
  const field = event.target.closest("input:not([type=checkbox], [type=radio]), select, textarea, [contenteditable]");
  if (event.key === "Escape" && field) return field.blur();
  if (off() || field || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  const went = going && performance.now() - going < PAUSE;
  going = 0;
  const way = went && document.querySelector(`.staff-nav a[data-key="${CSS.escape(event.key)}"]`);
  const press = !went && document.querySelector(`[data-press="${CSS.escape(event.key)}"]`);
  const act = press ? () => press.click() : way ? () => way.click() : doors[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});

ways?.addEventListener("click", (event) => {
  if (typeof HTMLDialogElement === "undefined" || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  list().catch(() => location.assign(ways.href));
});

// The box above a list chooses all of its page; how many are chosen is said beside the buttons.
function count() {
  const said = document.querySelector("[data-chosen]");
  const chosen = boxes().filter((box) => box.checked).length;
  const all = document.querySelector("[data-rows] thead input[type=checkbox]");
  if (all) {
    all.checked = chosen > 0 && chosen === boxes().length;
    all.indeterminate = chosen > 0 && chosen < boxes().length;
  }
  if (said) said.textContent = (chosen ? said.dataset.chosen : said.dataset.none).replace("{}", chosen);
}
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-rows] thead input[type=checkbox]")) {
    boxes().forEach((box) => { box.checked = event.target.checked; });
  }
  if (event.target.closest("[data-rows]")) count();
});
window.addEventListener("pageshow", () => document.querySelector("[data-rows]") && count());
offer(document);

// Whoever changes a day wants those days, not the span that stands beside them.
document.querySelector("form.period")?.addEventListener("change", ({ currentTarget, target }) => {
  if (target.type === "date") currentTarget.elements.span.value = "days";
});

// The menu is a row to be pushed on narrow screens: it begins at the page that is open.
for (const place of document.querySelectorAll(".staff-nav [aria-current]")) {
  const row = place.closest(".wrap");
  row.scrollLeft = place.offsetLeft - (row.clientWidth - place.offsetWidth) / 2;
}
