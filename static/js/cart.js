// The number beside "Cart", the mark at "Account" of who is signed in, and the cart in a drawer once something was put in. Public pages are the same for
// everybody, so both come from small answers that no cache keeps; without them the link just says "Cart", and adding
// leads to the cart's page.
const link = document.querySelector("[data-cart]");
let drawer;
let adding = false;

async function badge() {
  const answer = await fetch(link.dataset.cart, { headers: { Accept: "application/json" } });
  if (!answer.ok) return;
  const { count, signed_in: isSignedIn } = await answer.json();
  account(isSignedIn);
  link.querySelector(".count")?.remove();
  if (!count) return;
  const shown = document.createElement("span");
  shown.className = "count";
  shown.textContent = count;
  const inside = document.createElement("span");
  inside.className = "hidden";
  inside.textContent = ` ${link.dataset.cartInside}`;
  shown.append(inside);
  link.append(shown);
}

function account(isSignedIn) {
  const place = document.querySelector("[data-account]");
  if (!place || place.hasAttribute("data-signed-in") === isSignedIn) return;
  place.toggleAttribute("data-signed-in", isSignedIn);
  place.querySelector(".hidden")?.remove();
  if (!isSignedIn) return;
  const inside = document.createElement("span");
  inside.className = "hidden";
  inside.textContent = ` (${place.dataset.account})`;
  place.append(inside);
}

function dialog() {
  const made = document.createElement("dialog");
  made.className = "cart-drawer";
  made.setAttribute("aria-labelledby", "drawer-title");
  made.addEventListener("click", (event) => {
    // A click on the dialog itself is one beside its content.
    if (event.target === made || event.target.closest("[data-close]")) made.close();
  });
  document.body.append(made);
  return made;
}

async function open() {
  const answer = await fetch(link.dataset.drawer, { headers: { Accept: "text/html" } });
  if (!answer.ok) throw new Error(answer.status);
  drawer ??= dialog();
  const content = document.createElement("div");
  content.className = "stack";
  content.innerHTML = await answer.text();
  const said = content.querySelector("[role=status]");
  const sentences = [...(said?.childNodes ?? [])];
  said?.replaceChildren();
  drawer.replaceChildren(content);
  drawer.showModal();
  // Words that were there before are not announced; these come after.
  requestAnimationFrame(() => said?.append(...sentences));
}

async function add(form) {
  const put = { method: "POST", redirect: "manual", body: new URLSearchParams(new FormData(form)) };
  // Whatever is not a way on to the cart is shown as the page that says why: nothing was put in.
  if ((await fetch(form.action, put)).type !== "opaqueredirect") return form.submit();
  try {
    await open();
  } catch {
    location.assign(link.href);
  }
  return badge();
}

if (link) {
  badge().catch(() => {});
  document.addEventListener("cart", () => badge().catch(() => {}));
  // The back button may bring the page back with an older number.
  window.addEventListener("pageshow", (event) => event.persisted && badge().catch(() => {}));
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("form[data-adds]") || typeof HTMLDialogElement === "undefined") return;
    event.preventDefault();
    if (adding) return;
    adding = true;
    add(event.target)
      .catch(() => event.target.submit())
      .finally(() => { adding = false; });
  });
}
