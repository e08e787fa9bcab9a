/** Listens to the three phones; after a lost connection it goes on where it was. */
export function listen({ onMessage, onState, onReset, onConnection }) {
  let last = 0;

  function open() {
    const source = new EventSource(`/playground/stream?after=${last}`);
    source.addEventListener('open', () => onConnection(true));
    source.addEventListener('message', ({ data }) => {
      const message = JSON.parse(data);
      last = Math.max(last, message.id);
      onMessage(message);
    });
    source.addEventListener('state', ({ data }) => onState(JSON.parse(data)));
    source.addEventListener('reset', () => {
      last = 0;
      onReset();
    });
    source.addEventListener('error', () => {
      onConnection(false);
      // The browser comes back by itself after a broken connection, and not after an answer that was no stream.
      if (source.readyState !== EventSource.CLOSED) return;
      source.close();
      setTimeout(open, 1500);
    });
  }

  open();
}
