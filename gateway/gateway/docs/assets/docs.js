"use strict";

const ui = SwaggerUIBundle({
  url: "/api/v1/openapi.json",
  dom_id: "#ui",
  deepLinking: true,
  docExpansion: "none",
  filter: true,
  defaultModelsExpandDepth: -1,
  tagsSorter: "alpha",
  validatorUrl: null,
});

const who = document.getElementById("who");

function say(text, failed) {
  who.textContent = text;
  who.className = failed ? "failed" : "";
}

document.getElementById("login").addEventListener("submit", async (event) => {
  event.preventDefault();
  const email = document.getElementById("email").value;
  const password = document.getElementById("password");
  const answer = await fetch("/api/v1/auth/login", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ email, password: password.value }),
  });
  const given = await answer.json();
  if (!answer.ok) {
    say(given.detail, true);
    return;
  }
  password.value = "";
  ui.preauthorizeApiKey("bearer", given.access_token);
  say(`${email}, for ${Math.round(given.expires_in / 60)} minutes`, false);
});
