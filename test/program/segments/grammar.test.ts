import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Refusal } from '../../../src/program/refusal.ts';
import { plainRules, type Rules } from '../../../src/program/rules/rules.ts';
import { exampleOf, keys, knownIn, rfmClasses } from '../../../src/program/segments/conditions.ts';
import { parseSegment } from '../../../src/program/segments/parse.ts';
import { classOf, scoresOf } from '../../../src/program/segments/rfm-class.ts';
import { segmentText } from '../../../src/program/segments/text.ts';
import { anySegment } from './any-segment.ts';

const rules: Rules = {
  ...plainRules(100),
  tiers: { by: 'money', windowMonths: 12, graceDays: 0, warnDays: 0, levels: [{ id: 'gold', name: 'Gold', from: 1 }] },
};

const refusal = (
  text: string,
  known = knownIn(rules),
): { code: string; word: unknown; at: unknown; shown: unknown; near?: unknown } => {
  try {
    parseSegment(text, known);
  } catch (error) {
    if (error instanceof Refusal) return { code: error.code, ...error.params } as ReturnType<typeof refusal>;
    throw error;
  }
  throw new Error(`${text} was understood`);
};

describe('a rule', () => {
  it('is the same tree after it was written and read again', () => {
    fc.assert(
      fc.property(anySegment, (tree) => {
        expect(parseSegment(segmentText(tree))).toEqual(tree);
      }),
      { numRuns: 500 },
    );
  });

  it('is the same text after it was read and written again, however it was typed', () => {
    const typed = fc
      .tuple(anySegment, fc.constantFrom(' ', '  ', '\n'), fc.boolean(), fc.boolean())
      .map(([tree, space, loud, wrapped]) => {
        const text = segmentText(tree).replaceAll(' ', space).replaceAll('>=', '≥').replaceAll(':', ' = ');
        const cased = loud ? text.toUpperCase() : text;
        return { text: wrapped ? `((${cased}))` : cased, plain: segmentText(tree) };
      });
    fc.assert(
      fc.property(typed, ({ text, plain }) => {
        expect(segmentText(parseSegment(text))).toBe(plain);
      }),
      { numRuns: 300 },
    );
  });

  it('binds not before and, and before or', () => {
    const tree = parseSegment('not tier:gold visits>3 or paper and agreed');
    expect(segmentText(tree)).toBe('not tier:gold visits>3 or paper agreed');
    expect(tree).toMatchObject({ kind: 'or', of: [{ kind: 'and', of: [{ kind: 'not' }, {}] }, { kind: 'and' }] });
    expect(segmentText(parseSegment('(tier:gold or paper) not (agreed visits>3)'))).toBe(
      '(tier:gold or paper) not (agreed visits>3)',
    );
  });

  it('reads every example it gives', () => {
    for (const key of keys) expect(segmentText(parseSegment(exampleOf(key)))).toBe(exampleOf(key));
  });

  it('reads what people type: quotes, commas, months, decimals', () => {
    const spelt = (text: string) => segmentText(parseSegment(text));
    expect(spelt('segment:“Morning Regulars” tag:vip,Vegan')).toBe('segment:"morning regulars" tag:vip,vegan');
    expect(spelt('spent>12,50 birthday:March last-visit = 2026-01-31')).toBe('spent>12.50 birthday:03 last-visit:2026-01-31');
    expect(parseSegment('  ')).toEqual({ kind: 'everybody' });
  });
});

describe('an error points at the word', () => {
  it.each([
    ['tier:gold lst-visit>30d', 'segment.near_condition', 'lst-visit', 11, 'last-visit'],
    ['tier:glod', 'segment.near_name', 'glod', 6, 'gold'],
    ['language:fi or zodiac:lion', 'segment.unknown_condition', 'zodiac', 16, undefined],
    ['tier:platinum', 'segment.unknown_name', 'platinum', 6, undefined],
    ['visits>many', 'segment.value', 'many', 8, undefined],
    ['visits>-3', 'segment.value', '-3', 8, undefined],
    ['last-visit>2026-02-30', 'segment.value', '2026-02-30', 12, undefined],
    ['joined<900y', 'segment.value', '900y', 8, undefined],
    ['birthday:02-30', 'segment.value', '02-30', 10, undefined],
    ['birthday>7d', 'segment.value', '7d', 10, undefined],
    ['score>11', 'segment.value', '11', 7, undefined],
    ['tier>gold', 'segment.value', 'gold', 6, undefined],
    ['spent>1.2.3', 'segment.value', '1.2.3', 7, undefined],
    ['tag:', 'segment.missing', '', 5, undefined],
    ['tier', 'segment.value', 'tier', 1, undefined],
    ['paper or', 'segment.missing', '', 9, undefined],
    ['or paper', 'segment.missing', 'or', 1, undefined],
    ['not', 'segment.missing', '', 4, undefined],
    ['(paper', 'segment.unclosed', '(', 1, undefined],
    ['paper)', 'segment.stray', ')', 6, undefined],
    ['tag:"vip', 'segment.unclosed', '"vip', 5, undefined],
    ['tag:vip,', 'segment.value', 'vip,', 5, undefined],
  ])('%s', (text, code, word, at, near) => {
    expect(refusal(text)).toMatchObject({ code, word, at, ...(near === undefined ? {} : { near }) });
    expect(String(refusal(text).shown)).toContain(`▸${word}◂`);
  });

  it('and a text without end is refused, not searched for ever', () => {
    expect(refusal('('.repeat(400)).code).toBe('segment.too_deep');
    expect(() => parseSegment('paper '.repeat(200))).toThrow('segment.too_long');
  });

  it('whatever is typed: a rule or a refusal, nothing else', () => {
    const scrap = fc.constantFrom(
      'tier',
      ':',
      'gold',
      '>',
      '(',
      ')',
      'not',
      'or',
      'and',
      ',',
      '"',
      '30d',
      'visits',
      '3',
      'paper',
      ' ',
      '§',
    );
    fc.assert(
      fc.property(fc.array(scrap, { maxLength: 12 }), (pieces) => {
        try {
          parseSegment(pieces.join(' '), knownIn(rules));
        } catch (error) {
          expect(error).toBeInstanceOf(Refusal);
        }
      }),
      { numRuns: 500 },
    );
  });
});

it('every score belongs to one class', () => {
  const all = rfmClasses.flatMap((name) => scoresOf(name));
  expect(new Set(all).size).toBe(125);
  expect(all).toHaveLength(125);
  expect([555, 544, 533, 511, 344, 333, 155, 255, 222, 111].map(classOf)).toEqual([
    ...['champions', 'champions', 'loyal', 'new', 'loyal', 'attention', 'at-risk', 'at-risk', 'sleeping', 'lost'],
  ]);
});
