const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** A name for an event. randomUUID is not there on pages that come over plain HTTP from another machine. */
export const newId = () =>
  [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');

/**
 * Posts until it has arrived: without a connection, or while the server can't, the same request is sent again.
 * @returns undefined, or the sentence with which the server refused it for good
 */
async function post(path, body) {
  for (let waitMs = 500; ; waitMs = Math.min(waitMs * 2, 4000)) {
    try {
      const response = await fetch(path, {
        method: 'POST',
        headers: { 'content-type': body instanceof Blob ? 'application/octet-stream' : 'application/json' },
        body: body instanceof Blob ? body : JSON.stringify(body),
      });
      if (response.ok) return undefined;
      if (response.status < 500) return (await response.json()).error;
    } catch {
      // No connection. The line at the top says so already.
    }
    await pause(waitMs);
  }
}

/** Sends what is done here, in its order: `lane` by `lane`, one request at a time. */
export function createSender() {
  const lanes = new Map();
  return (lane, path, body) => {
    const sent = (lanes.get(lane) ?? Promise.resolve()).then(() => post(path, body));
    lanes.set(lane, sent);
    return sent;
  };
}
