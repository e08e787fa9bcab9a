import { createHmac, timingSafeEqual } from 'node:crypto';

/** Half of SHA-256 cannot be guessed either, and keeps the address short. */
const proofBytes = 16;

/** Addresses of ours that lead on to the link of one message, and count that it was opened. Nobody else can make one. */
export type OfferLinks = {
  /** The address for a delivery. */
  linkFor(delivery: number): string;
  /** Which delivery an address is for (what stands behind `/o/`); undefined when it is not one of ours. */
  deliveryOf(token: string): number | undefined;
};

/** `<delivery in base 36>.<proof>`: the proof is HMAC-SHA-256 with a key that is derived from the deployment's secret for this alone. */
export function createOfferLinks(appSecret: string, origin: string): OfferLinks {
  const key = createHmac('sha256', appSecret).update('offer link').digest();
  const proofOf = (id: string): Buffer => createHmac('sha256', key).update(id).digest().subarray(0, proofBytes);
  return {
    linkFor(delivery) {
      const id = delivery.toString(36);
      return `${origin}/o/${id}.${proofOf(id).toString('base64url')}`;
    },
    deliveryOf(token) {
      const [, id = '', proof = ''] = /^([0-9a-z]{1,10})\.([A-Za-z0-9_-]{22})$/.exec(token) ?? [];
      if (id === '' || !timingSafeEqual(proofOf(id), Buffer.from(proof, 'base64url'))) return undefined;
      return Number.parseInt(id, 36);
    },
  };
}
