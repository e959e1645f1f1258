// The sums of the refund form follow the hand, in whole minor units as the server counts them. What goes back is what
// the server says on the next page: without this script that is the only sum there is.
const form = document.querySelector("[data-refund]");
document.querySelector("[data-errors]")?.focus();

if (form) {
  const { currency, lang } = form.dataset;
  const step = BigInt(form.dataset.step);
  const left = BigInt(form.dataset.left);
  const decimals = Number(form.dataset.decimals);
  const money = new Intl.NumberFormat(lang, { style: "currency", currency });
  const said = (minor) => money.format(`${minor / 10n ** BigInt(decimals)}.${String(minor % 10n ** BigInt(decimals)).padStart(decimals, "0")}`);

  const share = (total, pieces, of) => (pieces === of ? total : ((2n * total * pieces + of * step) / (2n * of * step)) * step);

  const minorOf = (text) => {
    const plain = text.trim().replace(",", ".");
    const found = /^([0-9]{1,13})(?:\.([0-9]*))?$/.exec(plain);
    if (!found || (found[2] ?? "").length > decimals) return null;
    return BigInt(found[1] + (found[2] ?? "").padEnd(decimals, "0"));
  };

  const reckon = () => {
    let sum = 0n;
    for (const row of form.querySelectorAll("tr[data-total]")) {
      const box = row.querySelector("input[data-left]");
      const pieces = box && /^[0-9]{1,6}$/.test(box.value.trim()) ? BigInt(box.value.trim()) : 0n;
      const [total, of, gone] = ["total", "of", "gone"].map((name) => BigInt(row.dataset[name]));
      const worth = pieces <= of - gone ? share(total, gone + pieces, of) - share(total, gone, of) : 0n;
      row.querySelector("[data-worth]").textContent = said(worth);
      sum += worth;
    }
    const shipping = form.elements.shipping?.value ?? "";
    const amount = form.elements.amount.value;
    sum += minorOf(shipping) ?? 0n;
    const typed = amount.trim() ? minorOf(amount) : sum < left ? sum : left;
    form.querySelector("[data-sum]").textContent = typed === null ? "" : said(typed);
  };

  form.addEventListener("input", reckon);
  reckon();
}
