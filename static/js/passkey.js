// Passkeys: a form marked data-passkey asks for a challenge, has the device answer it, and sends the answer.
// Without script, or where a browser has no passkeys, these forms stay hidden and the other ways are there.
const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

// What the shop wrote as text, browsers want as bytes.
function readable(options) {
  options.challenge = bytes(options.challenge);
  if (options.user) options.user.id = bytes(options.user.id);
  for (const list of [options.allowCredentials, options.excludeCredentials]) {
    for (const each of list ?? []) each.id = bytes(each.id);
  }
  return options;
}

function written(made) {
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (made.response[name]) response[name] = text(made.response[name]);
  }
  const extensions = made.getClientExtensionResults();
  return JSON.stringify({
    id: made.id, rawId: text(made.rawId), type: made.type, response, clientExtensionResults: extensions,
  });
}

async function send(url, fields) {
  const answer = await fetch(url, { method: "POST", body: new URLSearchParams(fields), headers: { Accept: "application/json" } });
  // Somebody else's question first: who you are.
  if (answer.redirected) return location.assign(answer.url);
  if (!answer.headers.get("Content-Type")?.startsWith("application/json")) throw new Error(answer.status);
  return answer.json();
}

async function go(form) {
  const fields = new FormData(form);
  const asked = await send(form.dataset.passkey, fields);
  if (!asked?.options) return asked?.message;
  const publicKey = readable(JSON.parse(asked.options));
  const made = "makes" in form.dataset
    ? await navigator.credentials.create({ publicKey })
    : await navigator.credentials.get({ publicKey });
  fields.set("token", asked.token);
  fields.set("answer", written(made));
  const came = await send(form.action, fields);
  if (came?.url) location.assign(came.url);
  return came?.message;
}

if (window.PublicKeyCredential) {
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    const wrong = form.querySelector("[data-wrong]");
    const button = form.querySelector("button");
    form.hidden = false;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      button.disabled = true;
      wrong.textContent = "";
      let message;
      try {
        message = await go(form);
      } catch {
        message = form.dataset.failed;
      }
      button.disabled = false;
      if (message) wrong.textContent = message;
    });
  }
  for (const note of document.querySelectorAll("[data-no-passkeys]")) note.hidden = true;
}
