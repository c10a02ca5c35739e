// Shows the API's own description; kept apart from the page so that no inline script is needed.
// Examples lie on a fixed day (EXAMPLE_DAY in api/schemas/examples.py); here it becomes yesterday, so that what
// is sent from this page is recent. Later days in examples move along with it.
const EXAMPLE_DAY = "2026-11-27";
const DAY_MS = 86_400_000;
const moved = Math.round((Date.now() - DAY_MS - Date.parse(EXAMPLE_DAY)) / DAY_MS) * DAY_MS;
const recent = (day) => new Date(Date.parse(day) + moved).toISOString().slice(0, 10);
const answer = await fetch("/openapi.json");
const text = (await answer.text()).replaceAll(/2026-11-2[79]/g, recent);
window.SwaggerUIBundle({ spec: JSON.parse(text), dom_id: "#docs", deepLinking: true, validatorUrl: null });
