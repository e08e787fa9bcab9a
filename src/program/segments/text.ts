import type { Segment, Value } from './segment.ts';

const bare = /^[^\s:()<>=≥≤",“”„«»]+$/u;

const wordText = (word: string): string => (bare.test(word) ? word : `"${word}"`);

function valueText(value: Value): string {
  switch (value.kind) {
    case 'words':
      return value.words.map(wordText).join(',');
    case 'count':
      return String(value.count);
    case 'money':
      return value.units;
    case 'ago':
      return `${value.count}${value.unit}`;
    case 'day':
      return value.day;
    case 'birthday':
      return value.when;
  }
}

/** The rule in words, as `parseSegment` reads it again; empty: everybody. */
export function segmentText(segment: Segment): string {
  const inner = (part: Segment): string =>
    part.kind === 'or' || (part.kind === 'and' && segment.kind === 'not') ? `(${segmentText(part)})` : segmentText(part);
  switch (segment.kind) {
    case 'everybody':
      return '';
    case 'flag':
      return segment.key;
    case 'is':
      return `${segment.key}${segment.operator === '=' ? ':' : segment.operator}${valueText(segment.value)}`;
    case 'not':
      return `not ${inner(segment.of)}`;
    case 'and':
      return segment.of.map(inner).join(' ');
    case 'or':
      return segment.of.map(segmentText).join(' or ');
  }
}
