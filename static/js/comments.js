// A comment is sent without leaving the text, and shown beneath it to whoever wrote it until it is published: the page
// itself is the same for everybody. Without this script the form leads to the comment's own page.
const thread = document.querySelector("[data-thread]");
const share = document.querySelector("[data-share]");
// One that was refused comes back with what was typed and what was wrong: a new comment begins with none of it.
const blank = share?.querySelector("[data-comment-form]")?.cloneNode(true);
const kept = `comments ${location.pathname}`;

const page = async (answer) => new DOMParser().parseFromString(await answer.text(), "text/html");
const mine = () => JSON.parse(sessionStorage.getItem(kept) ?? "[]");

function show(found, { move } = {}) {
  const own = found.querySelector("[data-own]");
  const id = found.querySelector("[data-own-id]")?.dataset.ownId;
  if (!own || document.querySelector(`#comment-${id}, [data-own-shown="${id}"]`)) return own?.dataset.own;
  own.dataset.ownShown = id;
  own.tabIndex = -1;
  thread.querySelector("[data-comments]").append(own);
  if (move) own.focus();
  return own.dataset.own;
}

async function send(event) {
  const form = event.target.closest("[data-comment-form]");
  if (!form) return;
  event.preventDefault();
  const button = form.querySelector("[type=submit]");
  button.disabled = true;
  try {
    const body = new URLSearchParams(new FormData(form));
    const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "text/html" } });
    const found = await page(answer);
    if (answer.ok && found.querySelector("[data-own]")) {
      sessionStorage.setItem(kept, JSON.stringify([...new Set([...mine(), answer.url])].slice(-9)));
      show(found, { move: true });
      form.replaceWith(blank.cloneNode(true));
    } else if (answer.status === 422 && found.querySelector("[data-comment-form]")) {
      form.replaceWith(found.querySelector("[data-comment-form]"));
      share.querySelector("[data-errors]")?.focus();
    } else form.submit();
  } catch {
    form.submit();
  } finally {
    button.disabled = false;
  }
}

async function recall() {
  for (const address of mine()) {
    const answer = await fetch(address, { headers: { Accept: "text/html" } });
    if (answer.ok) show(await page(answer));
  }
}

if (thread && share) {
  share.addEventListener("submit", send);
  recall().catch(() => {});
}
