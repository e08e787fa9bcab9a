import { birthdaysOf, type SegmentMoment, spanOf } from './moments.ts';
import { scoresOf } from './rfm-class.ts';
import type { Condition, Operator, Segment, Value } from './segment.ts';

/**
 * Every card: `f` member_fact, `m` member, `w` wallet, `s` standing, `p` person. What a condition or a column does not name is not read: the planner leaves it out,
 * and most of what is asked stands in `f`. Cards that went into another and people who were forgotten are left out by `segmentWhere`.
 */
export const segmentFrom = `member_fact f LEFT JOIN member m ON m.id = f.member_id LEFT JOIN wallet w ON w.member_id = f.member_id
  LEFT JOIN standing s ON s.member_id = f.member_id LEFT JOIN person p ON p.id = m.person_id`;

/** A saved segment is looked up and money is put into minor units (`resolveSegment`) before this can be made. */
export type WhereMoment = SegmentMoment & { minorPerUnit?: number };

export type Where = { where: string; values: unknown[] };

/** A condition as SQL. `sure`: it is never null. */
type Piece = { sql: string; sure: boolean };

type Writer = { moment: WhereMoment; param(value: unknown, type: string): string };

const piece = (sql: string, sure = false): Piece => ({ sql, sure });

const number = (column: string, operator: Operator, shown: string): Piece => piece(`${column} ${operator} ${shown}`, true);

function minorOf(value: Value, { minorPerUnit }: WhereMoment): number {
  if (value.kind !== 'money' || minorPerUnit === undefined)
    throw new Error('a segment with money in it is resolved before it is asked');
  return Math.round(Number(value.units) * minorPerUnit);
}

const wordsOf = (value: Value): readonly string[] => (value.kind === 'words' ? value.words : []);
const countOf = (value: Value): number => (value.kind === 'count' ? value.count : 0);

function time(column: string, operator: Operator, value: Value, { moment, param }: Writer): Piece {
  if (value.kind !== 'ago' && value.kind !== 'day') throw new Error(`${column} is compared with a ${value.kind}`);
  const span = spanOf(operator, value, moment);
  return piece(span.map((one) => `${column} ${one.operator} ${param(one.at, 'timestamptz')}`).join(' AND '));
}

function among(column: string, words: readonly unknown[], type: string, { param }: Writer): Piece {
  return piece(words.length === 1 ? `${column} = ${param(words[0], type)}` : `${column} = ANY (${param(words, `${type}[]`)})`);
}

function tier(value: Value, writer: Writer): Piece {
  const levels = wordsOf(value).filter((word) => word !== 'none');
  const none = 'f.tier IS NULL';
  if (levels.length === 0) return piece(none, true);
  const some = among('f.tier', levels, 'text', writer);
  return levels.length === wordsOf(value).length ? some : piece(`(${none} OR ${some.sql})`);
}

// Of a card that went into another: what it got counts for that one.
const ofCampaign = (rows: string, condition: string): Piece =>
  piece(
    `(EXISTS (SELECT 1 FROM ${rows} r WHERE r.member_id = f.member_id AND ${condition})
      OR f.member_id IN (SELECT x.merged_into FROM wallet x JOIN ${rows} r ON r.member_id = x.member_id WHERE x.merged_into IS NOT NULL AND ${condition}))`,
    true,
  );

const latestScores = `SELECT DISTINCT ON (coalesce(x.merged_into, r.member_id)) coalesce(x.merged_into, r.member_id) AS member_id, r.answer
  FROM campaign_response r JOIN campaign c ON c.id = r.campaign_id JOIN wallet x ON x.member_id = r.member_id
  WHERE r.kind = 'answered' AND c.button ->> 'kind' = 'scale' ORDER BY coalesce(x.merged_into, r.member_id), r.at DESC, r.id DESC`;

type Compile = (operator: Operator, value: Value, writer: Writer) => Piece;

const compilers: Readonly<Record<string, Compile>> = {
  tier: (_operator, value, writer) => tier(value, writer),
  'last-visit': (operator, value, writer) => time('f.last_at', operator, value, writer),
  'first-visit': (operator, value, writer) => time('f.first_at', operator, value, writer),
  joined: (operator, value, writer) => time('f.joined_at', operator, value, writer),
  visits: (operator, value, { param }) => number('f.visits', operator, param(countOf(value), 'int')),
  spent: (operator, value, { moment, param }) => number('f.spent_minor', operator, param(minorOf(value, moment), 'bigint')),
  average: (operator, value, { moment, param }) =>
    piece(`(f.visits > 0 AND f.spent_minor ${operator} ${param(minorOf(value, moment), 'bigint')} * f.visits)`, true),
  points: (operator, value, { param }) => number('f.points', operator, param(countOf(value), 'bigint')),
  language: (_operator, value, writer) => among('f.language', wordsOf(value), 'text', writer),
  channel: (_operator, value, { param }) => piece(`f.channels && ${param(wordsOf(value), 'text[]')}`),
  shop: (_operator, value, writer) => among('f.shop', wordsOf(value), 'text', writer),
  tag: (_operator, value, { param }) => piece(`f.tags && ${param(wordsOf(value), 'text[]')}`),
  birthday: (operator, value, writer) => {
    const meant = birthdaysOf(operator, value, writer.moment);
    return 'month' in meant
      ? piece(`left(f.birthday, 2) = ${writer.param(meant.month, 'text')}`)
      : among('f.birthday', meant.days, 'text', writer);
  },
  score: (operator, value, { param }) =>
    piece(
      `f.member_id IN (SELECT q.member_id FROM (${latestScores}) q WHERE q.answer ${operator} ${param(countOf(value), 'int')})`,
      true,
    ),
  bought: (_operator, value, { param }) => {
    const what = wordsOf(value).map((category) => JSON.stringify([{ category }]));
    return piece(
      `EXISTS (SELECT 1 FROM sale b WHERE b.member_id = f.member_id AND b.undone_at IS NULL AND b.snapshot -> 'what' @> ANY (${param(what, 'jsonb[]')}))`,
      true,
    );
  },
  received: (_operator, value, { param }) =>
    ofCampaign('delivery', `r.state = 'sent' AND r.campaign_id = ${param(countOf(value), 'int')}`),
  claimed: (_operator, value, { param }) =>
    ofCampaign('campaign_response', `r.kind = 'claimed' AND r.campaign_id = ${param(countOf(value), 'int')}`),
  rfm: (_operator, value, writer) => among('f.rfm', wordsOf(value).flatMap(scoresOf), 'int', writer),
};

const flags: Readonly<Record<string, Piece>> = {
  agreed: piece('f.marketing', true),
  paper: piece('f.channels IS NULL AND NOT EXISTS (SELECT 1 FROM address a WHERE a.person_id = m.person_id)', true),
};

function conditionPiece(condition: Condition, writer: Writer): Piece {
  const made =
    condition.kind === 'flag' ? flags[condition.key] : compilers[condition.key]?.(condition.operator, condition.value, writer);
  if (!made) throw new Error(`the condition ${condition.key} is resolved before it is asked`);
  return made;
}

// Null counts as no. Under `and` and `or` that is what SQL makes of it; a `not` says so itself, and what it makes is never null.
function compiled(segment: Segment, writer: Writer): Piece {
  switch (segment.kind) {
    case 'everybody':
      return piece('true', true);
    case 'not': {
      const { sql, sure } = compiled(segment.of, writer);
      return piece(sure ? `NOT (${sql})` : `(${sql}) IS NOT TRUE`, true);
    }
    case 'and':
    case 'or': {
      const parts = segment.of.map((part) => compiled(part, writer));
      return piece(
        `(${parts.map(({ sql }) => sql).join(segment.kind === 'and' ? ' AND ' : ' OR ')})`,
        parts.every(({ sure }) => sure),
      );
    }
    default:
      return conditionPiece(segment, writer);
  }
}

/**
 * One boolean over `segmentFrom` with its values, numbered from `$firstParam`. `tree` has been through `resolveSegment`, which also gives `minorPerUnit`. Nothing that a
 * person typed is part of the text.
 */
export function segmentWhere(tree: Segment, moment: WhereMoment, firstParam = 1): Where {
  const values: unknown[] = [];
  const param = (value: unknown, type: string): string => `$${firstParam - 1 + values.push(value)}::${type}`;
  const { sql } = compiled(tree, { moment, param });
  return { where: `f.open AND ${sql}`, values };
}
