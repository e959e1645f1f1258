// Takes from the next page what changes on this one: the parts marked data-part, which stay where they are while
// their content is exchanged. Links, filters and the cart's form work without it, as whole pages.
const PAUSE = 500;
let running = new AbortController();
let timer = 0;

async function page(url, options = {}) {
  running.abort();
  running = new AbortController();
  const answer = await fetch(url, { ...options, signal: running.signal, headers: { Accept: "text/html" } });
  if (!answer.ok && answer.status !== 422) throw new Error(answer.status);
  return { url: answer.url, html: new DOMParser().parseFromString(await answer.text(), "text/html") };
}

// What had the focus, in words that find its like in the new content.
function place(element) {
  if (element.id) return `#${CSS.escape(element.id)}`;
  for (const name of ["href", "value"]) {
    const text = element.getAttribute(name);
    if (text) return `${element.localName}[${name}="${CSS.escape(text)}"]`;
  }
  return null;
}

function exchange(html) {
  const parts = [...document.querySelectorAll("[data-part]")];
  const fresh = parts.map((part) => html.querySelector(`[data-part="${part.dataset.part}"]`));
  if (!fresh.every(Boolean)) return false;
  const had = document.activeElement;
  const found = place(had);
  const chosen = document.querySelector("#quantity")?.value;
  parts.forEach((part, at) => {
    // What somebody may have typed into is always renewed; a picture that stays does not blink.
    if (part.innerHTML !== fresh[at].innerHTML || part.querySelector("input, select")) {
      part.replaceChildren(...fresh[at].childNodes);
    }
  });
  document.title = html.title;
  const quantity = document.querySelector("#quantity");
  if (quantity && [...quantity.options].some((option) => option.value === chosen)) quantity.value = chosen;
  if (!had.isConnected) (document.querySelector(found ?? "h1") ?? document.querySelector("h1")).focus();
  return true;
}

async function follow(url, remember) {
  try {
    const next = await page(url);
    if (!exchange(next.html)) return location.assign(url);
    remember?.();
  } catch (error) {
    if (error.name !== "AbortError") location.assign(url);
  }
}

async function send(form) {
  clearTimeout(timer);
  timer = 0;
  try {
    const next = await page(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) });
    if (!exchange(next.html)) return location.assign(next.url);
    document.dispatchEvent(new Event("cart"));
  } catch (error) {
    if (error.name !== "AbortError") form.submit();
  }
}

// A choice that is a link: the address says it, and Back leaves the page as it would have been left without script.
document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-swaps] a");
  const step = event.target.closest("button[data-step]");
  if (link && !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey)) {
    event.preventDefault();
    const url = new URL(link.href);
    // The post that led here stays in the address: the cart's form is asked from there.
    const from = new URLSearchParams(location.search).get("from_post");
    if (from) url.searchParams.set("from_post", from);
    follow(url, () => history.replaceState(null, "", url.pathname + url.search));
  } else if (step) {
    event.preventDefault();
    const field = document.getElementById(step.dataset.step);
    field.value = Math.max(0, (Number.parseInt(field.value, 10) || 0) + Number(step.dataset.by));
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
});

// Filters: every choice is a page that Back returns to.
document.addEventListener("change", (event) => {
  const form = event.target.form;
  if (form?.dataset.swaps !== "filters") return;
  const query = new URLSearchParams(new FormData(form));
  const url = `${form.getAttribute("action")}?${query}`;
  follow(url, () => history.pushState(null, "", url));
});
window.addEventListener("popstate", () => {
  if (document.querySelector("form[data-swaps=filters]")) follow(location.href);
});

// Quantities: sent when the hand rests.
document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (form?.dataset.swaps !== "quantities") return;
  running.abort();
  clearTimeout(timer);
  timer = event.target.value.trim() ? setTimeout(send, PAUSE, form) : 0;
});
document.addEventListener("submit", (event) => {
  if (event.target.dataset.swaps !== "quantities" || event.submitter?.name === "remove") return;
  event.preventDefault();
  send(event.target);
});
