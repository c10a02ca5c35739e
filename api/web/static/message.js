// Acknowledges the alert a message is about. The token stands behind the # of the address, which no server
// and no log sees; it is taken off the address bar, and is worth nothing without the recipient's sign-in.
const token = location.hash.slice(1);
const form = document.getElementById("sign-in");
const notice = document.getElementById("notice");
history.replaceState(null, "", location.pathname);

const ask = async (method, path, body, access) => {
  const headers = { "Content-Type": "application/json" };
  if (access) headers.Authorization = `Bearer ${access}`;
  const answer = await fetch(path, { method, headers, body: body && JSON.stringify(body) });
  const content = answer.status === 204 ? {} : await answer.json();
  if (!answer.ok) throw new Error(content.detail || content.title);
  return content;
};

const show = (alert) => {
  form.remove();
  notice.textContent = "You have acknowledged the alert. No other person is notified.";
  document.getElementById("patient").textContent = `${alert.patient.name} (${alert.patient.reference})`;
  document.getElementById("reason").textContent = alert.reason;
  const until = new Date(alert.reopens_at).toLocaleString();
  document.getElementById("until").textContent = `Resolve it by ${until}, or it opens again.`;
  document.getElementById("alert").hidden = false;
};

const acknowledge = async (fields) => {
  const credentials = { email: fields.email.value, password: fields.password.value, label: "link" };
  if (fields.code.value) credentials.code = fields.code.value;
  const tokens = await ask("POST", "/v1/sessions", credentials);
  try {
    show(await ask("POST", "/v1/alerts/acknowledgements", { token }, tokens.access_token));
  } finally {
    await ask("DELETE", "/v1/tokens/current", undefined, tokens.access_token); // nobody stays signed in here
  }
};

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  notice.textContent = "One moment.";
  form.inert = true;
  try {
    await acknowledge(form.elements);
  } catch (error) {
    notice.textContent = error.message;
  }
  form.inert = false;
});

if (token) {
  notice.textContent = "A patient needs you.";
  form.hidden = false;
}
