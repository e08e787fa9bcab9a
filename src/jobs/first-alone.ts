import { createHash } from 'node:crypto';

// A cache of what is known, not a log: forgotten, a picture's next message goes alone once more.
const kept = 500;

/** Lets the first message with a picture go alone: it makes the messenger know the picture, which the others then only name. */
export type FirstAlone = {
  /**
   * Waits while another message is about to make these bytes known.
   * @returns to be called when the message has gone (`known`: it arrived) or will not
   */
  enter(bytes: Uint8Array | undefined): Promise<(known: boolean) => void>;
};

/** Makes it for one messenger in one process. */
export function createFirstAlone(): FirstAlone {
  // Thousands of messages share one array: it is read once.
  const hashes = new WeakMap<Uint8Array, string>();
  const known = new Set<string>();
  const going = new Map<string, Promise<void>>();
  const hashOf = (bytes: Uint8Array): string => {
    const hash = hashes.get(bytes) ?? createHash('sha256').update(bytes).digest('hex');
    hashes.set(bytes, hash);
    return hash;
  };
  return {
    async enter(bytes) {
      if (!bytes) return () => undefined;
      const hash = hashOf(bytes);
      while (!known.has(hash) && going.has(hash)) await going.get(hash);
      if (known.has(hash)) return () => undefined;
      let end = () => {};
      going.set(
        hash,
        new Promise<void>((resolve) => {
          end = resolve;
        }),
      );
      return (arrived) => {
        if (known.size >= kept) known.clear();
        if (arrived) known.add(hash);
        going.delete(hash);
        end();
      };
    },
  };
}
