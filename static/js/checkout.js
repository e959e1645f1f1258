// Three small kindnesses in the checkout; each has a button that does the same without script.
document.querySelector("[data-errors]")?.focus();

// Another country asks for other fields: its button is pressed as soon as the choice is made.
for (const country of document.querySelectorAll("[data-country]")) {
  const button = country.querySelector("button");
  button.hidden = true;
  country.querySelector("select").addEventListener("change", () => button.form.requestSubmit(button));
}

// Another way of shipping changes the sum.
const shipping = document.querySelector("[data-shipping]");
const button = shipping?.parentElement.querySelector("button[name=change]");
if (button) {
  button.hidden = true;
  shipping.addEventListener("change", () => button.form.requestSubmit(button));
}
