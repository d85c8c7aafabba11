// JSON that scripts ask the server for, and what a person is told when it does not come.
import { csrfToken, failureText, openSessionDialog } from "./requests.js";
import { toast } from "./toast.js";

const REST = 500; // ms before what did not come is asked for once more

// The question has no answer: `kind` is session, server, network or refused.
export class NoAnswer extends Error {
  constructor(kind, loginUrl = "") {
    super(kind);
    this.kind = kind;
    this.loginUrl = loginUrl;
  }

  get text() {
    return failureText(this.kind);
  }
}

// What a GET answers. Raises NoAnswer, or AbortError once the signal says that nobody waits
// any more. A connection that broke and a server that stumbled are asked once more.
export async function askJson(url, signal) {
  try {
    return await ask(url, signal);
  } catch (failure) {
    if (!["server", "network"].includes(failure.kind)) throw failure;
  }
  await new Promise((resolve) => setTimeout(resolve, REST));
  return ask(url, signal);
}

// What a POST of the fields (FormData) answers. Raises NoAnswer; it is not sent a second time.
export function postJson(url, fields) {
  const headers = { "X-CSRFToken": csrfToken() };
  return ask(url, undefined, { method: "POST", body: fields, headers });
}

async function ask(url, signal, { headers, ...options } = {}) {
  try {
    const asked = { ...options, signal, headers: { Accept: "application/json", ...headers } };
    const answer = await fetch(url, asked);
    if (answer.ok) return await answer.json();
    throw new NoAnswer(kindOf(answer.status), answer.headers.get("X-Login-Url") ?? "");
  } catch (error) {
    throw signal?.aborted || error instanceof NoAnswer ? error : new NoAnswer("network");
  }
}

function kindOf(status) {
  if (status === 401) return "session";
  return status >= 500 ? "server" : "refused";
}

// Says it where nothing on the page does; `again` asks anew.
export function explain(failure, again) {
  if (failure.kind === "session") openSessionDialog(failure.loginUrl);
  else toast(failure.text, "danger", again);
}
