import type { Journey } from './journey.ts';

/** A level that ends unless more is bought: planned by the evaluation of tiers, which is where it is found (`tier_warn`). */
export const tierRisk: Journey = {
  key: 'tier-risk',
  topic: 'reminders',
  lane: 'service',
  worth: 58,
  button: { kind: 'command', does: 'tier' },
  due: null,
};
