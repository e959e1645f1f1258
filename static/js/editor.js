// The editor shows what a text will look like while it is typed, and puts the cards of products in where the cursor is.
// Without this script its buttons do the same, by the same address.
const form = document.querySelector("[data-editor]");
const body = form?.querySelector("[name=body]");
const QUIET = 500;
const asked = {};
let typed = false;

async function ask(to, part) {
  asked[to]?.abort();
  const { signal } = (asked[to] = new AbortController());
  const data = new URLSearchParams(new FormData(form));
  data.set("to", to);
  const answer = await fetch(form.action, { method: "POST", body: data, headers: { Accept: "text/html" }, signal });
  if (!answer.ok || answer.redirected) return;
  const found = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector(part);
  if (found) document.querySelector(part).replaceChildren(...found.childNodes);
}

function soon(to, part) {
  clearTimeout(asked[`${to} soon`]);
  asked[`${to} soon`] = setTimeout(() => ask(to, part).catch(() => {}), QUIET);
}

function put(slug) {
  const before = body.value.slice(0, body.selectionStart).trimEnd();
  const after = body.value.slice(body.selectionEnd).trimStart();
  const card = `${before ? "\n\n" : ""}{{ product: ${slug} }}\n\n`;
  body.value = before + card + after;
  body.focus();
  body.selectionStart = body.selectionEnd = before.length + card.length;
  body.dispatchEvent(new Event("input", { bubbles: true }));
}

if (body && !body.matches(":disabled")) {
  form.addEventListener("input", ({ target }) => {
    if (target.name === "find") return soon("find", "[data-cards]");
    typed = true;
    if (target === body) soon("preview", "[data-preview]");
  });
  form.addEventListener("click", (event) => {
    const pressed = event.target.closest("button");
    if (pressed?.name === "card") {
      event.preventDefault();
      put(pressed.value);
    } else if (pressed?.value === "enter") {
      event.preventDefault();
      form.querySelector("[data-save]").click();
    } else if (pressed?.value === "find" || pressed?.value === "preview") {
      event.preventDefault();
      ask(pressed.value, pressed.value === "find" ? "[data-cards]" : "[data-preview]").then(() => {
        // The focus brings it into view.
        if (pressed.value === "preview") document.querySelector("#preview")?.focus();
      }).catch(({ name }) => {
        if (name !== "AbortError") form.requestSubmit(pressed);
      });
    }
  });
  form.addEventListener("keydown", (event) => {
    const saves = event.key === "s" && (event.ctrlKey || event.metaKey);
    if (!saves && !(event.key === "Enter" && event.target.name === "find")) return;
    event.preventDefault();
    form.querySelector(saves ? "[data-save]" : "[value=find]").click();
  });
  form.addEventListener("submit", () => { typed = false; });
  // The other forms of the page would lose what is not saved.
  window.addEventListener("beforeunload", (event) => { if (typed) event.preventDefault(); });
}
