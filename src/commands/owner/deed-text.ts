import type { Scene } from '../../chat/command.ts';
import type { Deed } from '../../program/control/team-report.ts';
import type { Texts } from '../../program/rules/rules.ts';
import { reasonText } from '../refund-reason.ts';

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
const numberOf = (value: unknown): number => (typeof value === 'number' ? value : 0);

/** A text of the program in the reader's language, or in whatever language it has. */
const textIn = (texts: Texts, { say }: Pick<Scene, 'say'>): string => texts[say.language] ?? Object.values(texts)[0] ?? '';

/** A limit's number, read as what it limits: money or points. */
function limitValue(limit: string, value: number, { say }: Pick<Scene, 'say'>): string {
  return limit.endsWith('Minor') ? say('staff:money', { amount: value }) : say('member:points', { count: value });
}

/** One line of the log, as an owner reads it. */
export function deedText(deed: Deed, scene: Pick<Scene, 'say' | 'program'>): string {
  const { say, program } = scene;
  const { kind, detail } = deed;
  const limit = textOf(detail['limit']);
  const shops = Array.isArray(detail['shops']) ? detail['shops'] : [];
  const names = program.rules.shops.filter(({ id }) => shops.includes(id)).map(({ name }) => name);
  const texts = (detail['texts'] ?? {}) as Texts;
  const tier = program.rules.tiers?.levels.find(({ id }) => id === detail['tier'])?.name;
  const card = program.rules.stamps.find(({ id }) => id === detail['card'])?.name;
  const role = detail['role'] === 'owner' ? 'owner' : 'staff';
  const known = {
    count: Math.abs(deed.points ?? 0),
    amount: deed.amountMinor ?? 0,
    name: deed.name ?? '',
    person: deed.person ?? '',
    receipt: textOf(detail['receipt']),
    role: say(`owner:role.${role}`),
    shops: names.length > 0 ? names.join(', ') : say('control:team_shop.anywhere'),
    at: textOf(detail['startsAt']),
    what: textIn(texts, scene) || (card ? textIn(card, scene) : textOf(detail['card'])),
    tier: tier ?? say('control:report.by_itself'),
    limit: limit === '' ? '' : say(`control:limit.${limit}`),
    reached: limit === '' ? '' : limitValue(limit, numberOf(detail['reached']), scene),
    allowed: limit === '' ? '' : limitValue(limit, numberOf(detail['allowed']), scene),
  };
  const why = reasonText(textOf(detail['reason']), scene);
  return [say(`control:deed.${kind}`, known), ...(why ? [why] : [])].join(' · ');
}
