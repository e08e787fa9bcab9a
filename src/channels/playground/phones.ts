/** The three phones of the page. Each is a user of this channel, in a direct chat with the bot. */
export const phones = ['customer', 'staff', 'owner'] as const;

export type Phone = (typeof phones)[number];

/** Whose phones they are. */
export const names: Readonly<Record<Phone, string>> = { customer: 'Anna', staff: 'Ben', owner: 'Olga' };

/** Their numbers: from the range that nobody has (Ofcom, numbers for drama use). */
export const numbers: Readonly<Record<Phone, string>> = {
  customer: '+447700900001',
  staff: '+447700900002',
  owner: '+447700900003',
};

export const isPhone = (value: unknown): value is Phone => phones.includes(value as Phone);

/** What the program knows of the person behind a phone; absent: nobody yet. */
export type PhonePerson = {
  /** The language they chose (`en`), or null. */
  language: string | null;
  role: 'staff' | 'owner' | null;
  /** Their member code without hyphens, or null while they are no member. */
  memberCode: string | null;
  /** Whether a purchase was ever credited to them. */
  credited: boolean;
  /** The newest of their coupons that is still good, without hyphens, or null. */
  coupon: string | null;
};

/** Parts of a program that a customer can look at. */
export type Offer = 'rewards' | 'stamps' | 'tiers';

/** Which phone opens a link with this payload: cards and coupons are scanned by staff, an invitation is for staff, a friend's link for a customer. */
export function phoneFor(payload: string): Phone {
  if (payload.startsWith('own_')) return 'owner';
  if (/^(?:c|u|inv)_/.test(payload)) return 'staff';
  return 'customer';
}
