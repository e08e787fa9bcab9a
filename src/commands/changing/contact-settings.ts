import { contactOf } from '../../program/attention/contact.ts';
import { pointsCeiling } from '../../program/rules/problem.ts';
import type { ContactRules, Rules } from '../../program/rules/rules.ts';
import { orNone, put, type Setting, setting } from './kind.ts';
import { money, whole } from './number-kinds.ts';
import { hours } from './word-kinds.ts';

const changed = (rules: Rules, change: (contact: ContactRules) => ContactRules): Rules => ({
  ...rules,
  contact: change(rules.contact ?? {}),
});

const perWeek = setting<number>(
  { path: 'contact.week', name: 'contact_week' },
  whole(0, 50, [1, 2, 3]),
  (rules) => contactOf(rules).perWeek,
  (rules, value) => changed(rules, (contact) => put(contact, 'perWeek', value)),
);

/** Hours, or none at all. */
const quiet = setting<{ from: string; until: string }>(
  { path: 'contact.quiet', name: 'contact_quiet' },
  orNone({ ...hours, offered: () => [{ from: '21:00', until: '09:00' }] }),
  (rules) => {
    const now = contactOf(rules).quiet;
    return now.from === now.until ? undefined : now;
  },
  (rules, value) => changed(rules, (contact) => ({ ...contact, quiet: value ?? { from: '00:00', until: '00:00' } })),
);

const above = (name: 'coupons' | 'points' | 'minor'): Setting =>
  setting<number>(
    { path: `contact.above.${name}`, name: `contact_above_${name}` },
    orNone(name === 'minor' ? money : whole(1, pointsCeiling, name === 'coupons' ? [100, 500] : [10_000, 50_000])),
    (rules) => contactOf(rules).approveAbove[name],
    (rules, value) =>
      changed(rules, (contact) => {
        const limits = put(contact.approveAbove ?? {}, name, value);
        return put(contact, 'approveAbove', Object.keys(limits).length > 0 ? limits : undefined);
      }),
  );

const keep = (name: 'messages' | 'campaigns'): Setting =>
  setting<number>(
    { path: `contact.keep.${name}`, name: `contact_keep_${name}` },
    whole(30, 3650, name === 'messages' ? [30, 90, 365] : [400, 800]),
    (rules) => contactOf(rules).keep[`${name}Days`],
    (rules, value) => changed(rules, (contact) => ({ ...contact, keep: put(contact.keep ?? {}, `${name}Days`, value) })),
  );

/** How often and when people hear from the program unasked, whose yes that takes, and for how long it is kept. */
export const contactSettings = (): Setting[] => [
  perWeek,
  quiet,
  above('coupons'),
  above('points'),
  above('minor'),
  keep('messages'),
  keep('campaigns'),
];
