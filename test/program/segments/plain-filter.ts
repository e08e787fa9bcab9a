import { classOf } from '../../../src/program/segments/rfm-class.ts';
import type { Condition, Operator, Segment, Value } from '../../../src/program/segments/segment.ts';
import type { Known } from './shop-of-many.ts';

const compare = (one: number, operator: Operator, other: number): boolean =>
  ({ '=': one === other, '<': one < other, '<=': one <= other, '>': one > other, '>=': one >= other })[operator];

const dayMs = 86_400_000;
const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10);

function ago(value: Value, now: Date): number {
  if (value.kind !== 'ago') throw new Error('not an age');
  const date = new Date(now);
  if (value.unit === 'm') {
    const day = date.getUTCDate();
    date.setUTCDate(1);
    date.setUTCMonth(date.getUTCMonth() - value.count);
    const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
    date.setUTCDate(Math.min(day, last));
    return date.getTime();
  }
  return date.getTime() - value.count * (value.unit === 'w' ? 7 : 1) * dayMs;
}

// In UTC, where a business day is a calendar day.
function time(at: number | undefined, { operator, value }: Extract<Condition, { kind: 'is' }>, now: Date): boolean {
  if (at === undefined) return false;
  if (value.kind === 'day') {
    const [one, other] = [dayOf(at), value.day];
    return ({ '=': one === other, '<': one < other, '<=': one <= other, '>': one > other, '>=': one >= other } as const)[
      operator
    ];
  }
  const then = ago(value, now);
  // More than so long ago is earlier.
  return operator === '=' ? dayOf(at) === dayOf(then) : compare(then, operator, at);
}

function birthday(born: string | null, { operator, value }: Extract<Condition, { kind: 'is' }>, now: Date): boolean {
  if (born === null) return false;
  if (value.kind === 'birthday' && value.when !== 'today')
    return value.when.length === 2 ? born.startsWith(value.when) : born === value.when;
  const ahead = value.kind === 'ago' ? value.count : 0;
  for (let days = 0; days <= ahead; days += 1) {
    const day = dayOf(now.getTime() + days * dayMs);
    const leap = new Date(Date.UTC(Number(day.slice(0, 4)), 1, 29)).getUTCMonth() === 1;
    const is = day.slice(5) === born || (day.slice(5) === '02-28' && born === '02-29' && !leap);
    if (is && (operator === '=' ? days === ahead : operator === '<=' || days < ahead)) return true;
  }
  return false;
}

function holds(condition: Condition, member: Known, now: Date): boolean {
  if (condition.kind === 'flag') return condition.key === 'agreed' ? member.marketing : member.chats === 0;
  const { operator, value } = condition;
  const words = value.kind === 'words' ? value.words : [];
  const number = value.kind === 'count' ? value.count : value.kind === 'money' ? Math.round(Number(value.units) * 100) : 0;
  const stands = member.sales.filter(({ undone }) => !undone).sort((one, other) => one.at - other.at);
  const spent = stands.reduce((sum, { minor, refunded }) => sum + minor - refunded, 0);
  const score = [...member.scores].sort((one, other) => one.at - other.at).at(-1)?.answer;
  switch (condition.key) {
    case 'tier':
      return words.includes(member.tier ?? 'none');
    case 'language':
      return member.language !== null && words.includes(member.language);
    case 'channel':
      return member.channels.some((channel) => words.includes(channel));
    case 'tag':
      return member.tags.some((tag) => words.includes(tag));
    case 'shop':
      return words.includes(stands.at(-1)?.shop ?? '');
    case 'bought':
      return stands.some(({ what }) => what.some((category) => words.includes(category)));
    case 'rfm':
      return member.rfm !== null && words.includes(classOf(member.rfm));
    case 'visits':
      return compare(stands.length, operator, number);
    case 'points':
      return compare(member.points, operator, number);
    case 'spent':
      return compare(spent, operator, number);
    case 'average':
      return stands.length > 0 && compare(spent, operator, number * stands.length);
    case 'score':
      return score !== undefined && compare(score, operator, number);
    case 'received':
      return member.received;
    case 'claimed':
      return member.claimed;
    case 'birthday':
      return birthday(member.birthday, condition, now);
    case 'joined':
      return time(member.joined, condition, now);
    case 'first-visit':
      return time(stands[0]?.at, condition, now);
    default:
      return time(stands.at(-1)?.at, condition, now);
  }
}

/** Whether a rule means a member, read straight from its words. */
export function means(segment: Segment, member: Known, now: Date): boolean {
  switch (segment.kind) {
    case 'everybody':
      return true;
    case 'not':
      return !means(segment.of, member, now);
    case 'and':
      return segment.of.every((part) => means(part, member, now));
    case 'or':
      return segment.of.some((part) => means(part, member, now));
    default:
      return holds(segment, member, now);
  }
}
