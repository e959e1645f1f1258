// Which post was read first on this device and which last, kept for 30 days and added to what is put into the cart.
// Only shops that were told to remember this load it (docs/attribution.md).
const KEY = "posts-read";
const DAYS = 30;

function known() {
  try {
    const { first, last, until } = JSON.parse(localStorage.getItem(KEY)) ?? {};
    return until > Date.now() ? { first, last, until } : {};
  } catch {
    return {};
  }
}

const post = document.querySelector("article[data-post]")?.dataset.post;
if (post) {
  const until = Date.now() + DAYS * 86_400_000;
  try {
    localStorage.setItem(KEY, JSON.stringify({ first: known().first ?? post, last: post, until }));
  } catch {
    // Nothing is kept where the browser refuses to.
  }
}

// Both a form that is sent and one that a script reads pass here.
document.addEventListener("formdata", ({ target, formData }) => {
  if (!target.matches("form[data-adds]")) return;
  const { first, last } = known();
  if (!first) return;
  formData.set("first_post", first);
  formData.set("last_post", last);
});
