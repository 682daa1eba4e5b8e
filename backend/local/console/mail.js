// The mailbox: every code that is still valid, newest first.
"use strict";

const PURPOSES = { sign_up: "Confirm your e-mail address", password: "Choose a new password" };

async function show() {
  const mails = await (await fetch("/_local/mail.json")).json();
  document.getElementById("empty").hidden = mails.length > 0;
  document.getElementById("mail").replaceChildren(...mails.map(row));
}

function row(mail) {
  const item = document.createElement("li");
  item.className = "card mail";
  item.append(
    text("strong", mail.email),
    text("span", PURPOSES[mail.purpose] ?? mail.purpose, "quiet"),
    text("code", mail.code, "code"),
    text("time", new Date(mail.sent).toLocaleTimeString(), "quiet"),
  );
  return item;
}

function text(tag, content, className) {
  const element = document.createElement(tag);
  element.textContent = content;
  if (className) element.className = className;
  return element;
}

show();
new EventSource("/_local/feed").addEventListener("message", (message) => {
  if (JSON.parse(message.data).kind === "code") show();
});
