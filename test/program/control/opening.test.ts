import { describe, expect, it } from 'vitest';
import type { Store } from '../../../src/program/rules/rules.ts';
import { openingAt } from '../../../src/program/shops/opening.ts';
import { whereNow, workplaces } from '../../../src/program/shops/where.ts';

const at = (store: Partial<Store>, moment: string, timeZone = 'Europe/Helsinki') =>
  openingAt({ id: 'old-town', name: 'Old Town', ...store }, new Date(moment), timeZone);

describe('opening hours', () => {
  const hours: Store['hours'] = [
    { days: ['mon', 'tue', 'wed', 'thu'], from: '09:00', until: '18:00' },
    { days: ['fri'], from: '09:00', until: '12:00' },
    { days: ['fri'], from: '18:00', until: '02:00' },
  ];

  it.each([
    // Thursday 19 November 2026; Helsinki is two hours ahead.
    ['2026-11-19T06:59:00Z', { open: false, from: '09:00', days: 0, date: '2026-11-19' }],
    ['2026-11-19T07:00:00Z', { open: true, until: '18:00' }],
    ['2026-11-19T15:59:00Z', { open: true, until: '18:00' }],
    ['2026-11-19T16:00:00Z', { open: false, from: '09:00', days: 1, date: '2026-11-20' }],
    ['2026-11-20T11:00:00Z', { open: false, from: '18:00', days: 0, date: '2026-11-20' }],
    ['2026-11-20T22:30:00Z', { open: true, until: '02:00' }],
    ['2026-11-20T23:59:00Z', { open: true, until: '02:00' }],
    ['2026-11-21T00:00:00Z', { open: false, from: '09:00', days: 2, date: '2026-11-23' }],
  ])('at %s', (moment, expected) => {
    expect(at({ hours }, moment)).toEqual(expected);
  });

  it('follow the clock of the shop, also on the night it changes', () => {
    const late: Store['hours'] = [{ days: ['sat'], from: '20:00', until: '03:30' }];
    // 29 March 2026, Helsinki: after 02:59 comes 04:00.
    expect(at({ hours: late }, '2026-03-29T00:59:00Z')).toEqual({ open: true, until: '03:30' });
    expect(at({ hours: late }, '2026-03-29T01:00:00Z')).toMatchObject({ open: false, days: 6 });
    expect(at({ hours: late, timeZone: 'Europe/London' }, '2026-03-29T01:30:00Z')).toEqual({ open: true, until: '03:30' });
  });

  it('may be absent, or never', () => {
    expect(at({}, '2026-11-19T07:00:00Z')).toBeUndefined();
    expect(at({ hours: [{ days: [], from: '09:00', until: '18:00' }] }, '2026-11-19T07:00:00Z')).toEqual({ open: false });
  });
});

describe('where somebody is', () => {
  const shops = [
    { id: 'a', name: 'A' },
    { id: 'b', name: 'B' },
    { id: 'c', name: 'C' },
  ];

  it('is the only place there can be, else what they said, else nobody knows', () => {
    expect(whereNow({ shops: [] }, { shops: [], chosen: null })).toBeNull();
    expect(whereNow({ shops: shops.slice(0, 1) }, { shops: [], chosen: null })).toBe('a');
    expect(whereNow({ shops }, { shops: ['b'], chosen: null })).toBe('b');
    expect(whereNow({ shops }, { shops: ['a', 'b'], chosen: null })).toBeNull();
    expect(whereNow({ shops }, { shops: ['a', 'b'], chosen: 'a' })).toBe('a');
    expect(whereNow({ shops }, { shops: ['a', 'b'], chosen: 'c' })).toBeNull();
    expect(whereNow({ shops }, { shops: [], chosen: 'c' })).toBe('c');
  });

  it('of a shop that is gone from the program is anywhere', () => {
    expect(workplaces({ shops }, ['closed'])).toEqual(shops);
    expect(whereNow({ shops }, { shops: ['closed', 'b'], chosen: 'closed' })).toBe('b');
  });
});
