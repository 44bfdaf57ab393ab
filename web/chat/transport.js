/** How the chat talks to the assistant: a session, messages by POST, and what is said as server-sent events.
 *
 * Events are read with `fetch`, for `EventSource` cannot send the token in a header, and in an address it would be
 * logged.
 */

/** Milliseconds that the answer to a request may take. */
const PATIENCE = 15000;

/** An answer that is no success; `seconds` after which to try again, where it told. */
export class Refused extends Error {
  constructor(answer) {
    super(`status ${answer.status}`);
    this.status = answer.status;
    this.seconds = Number(answer.headers.get("Retry-After")) || 0;
  }
}

/** POST a body; the document of the answer. Throws Refused, or what `fetch` throws where there is no network. */
export async function post(address, body, { token, lang }) {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), PATIENCE);
  try {
    const answer = await fetch(address, {
      ...options(token),
      method: "POST",
      headers: { ...options(token).headers, "Content-Type": "application/json", "Accept-Language": lang },
      body: JSON.stringify(body),
      signal: limit.signal,
    });
    if (!answer.ok) throw new Refused(answer);
    return await answer.json();
  } finally {
    clearTimeout(timer);
  }
}

/** Read a stream of events until it ends: `renewed(token)` first, `told(event)` for each, `live()` after the old ones. */
export async function listen(address, token, signal, { renewed, told, live }) {
  const answer = await fetch(address, { ...options(token), signal });
  if (!answer.ok) throw new Refused(answer);
  renewed(answer.headers.get("Campus-Token"));
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    const frames = (rest + part.value).split("\n\n");
    rest = frames.pop();
    for (const frame of frames) {
      if (frame === ": live") live();
      const data = frame.indexOf("data: ");
      if (data >= 0) told(JSON.parse(frame.slice(data + 6)));
    }
  }
}

const options = (token) => ({
  headers: token ? { Authorization: `Bearer ${token}` } : {},
  credentials: "omit",
  referrerPolicy: "no-referrer",
  cache: "no-store",
});
