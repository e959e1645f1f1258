// Says in the header how many pieces the cart holds. Public pages are the same for everybody, so the number
// comes from a small answer that no cache keeps; without it the link just says "Cart".
const link = document.querySelector("[data-cart]");

async function show() {
  const answer = await fetch(link.dataset.cart, { headers: { Accept: "application/json" } });
  if (!answer.ok) return;
  const { count } = await answer.json();
  link.querySelector(".count")?.remove();
  if (!count) return;
  const badge = document.createElement("span");
  badge.className = "count";
  badge.textContent = count;
  const inside = document.createElement("span");
  inside.className = "hidden";
  inside.textContent = ` ${link.dataset.cartInside}`;
  badge.append(inside);
  link.append(badge);
}

if (link) {
  show().catch(() => {});
  // The back button may bring the page back with an older number.
  window.addEventListener("pageshow", (event) => event.persisted && show().catch(() => {}));
}
