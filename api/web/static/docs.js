// Shows the API's own description; kept apart from the page so that no inline script is needed.
window.SwaggerUIBundle({ url: "/openapi.json", dom_id: "#docs", deepLinking: true, validatorUrl: null });
