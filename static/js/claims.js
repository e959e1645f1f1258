// The marked phrases beside a text follow the hand: what the server finds in what is typed. Without this script they
// are shown when the text is saved or previewed.
const box = document.querySelector("[data-claims]");
const form = document.querySelector("form[data-marked]");
const PAUSE = 600;
let waiting;
let asked;

async function look() {
  asked?.abort();
  asked = new AbortController();
  try {
    const answer = await fetch(box.dataset.claims, { method: "POST", body: new FormData(form), signal: asked.signal });
    if (!answer.ok || answer.redirected) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const said = page.querySelector("[data-claims-said]");
    if (!said) return;
    const stands = box.querySelector("[data-claims-said]");
    if (stands.textContent !== said.textContent) stands.textContent = said.textContent;
    box.querySelector("[data-claims-list]").replaceChildren(...page.querySelector("[data-claims-list]").childNodes);
  } catch (error) {
    if (error.name !== "AbortError" && !(error instanceof TypeError)) throw error;
  }
}

if (box && form) {
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(look, PAUSE);
  });
}
