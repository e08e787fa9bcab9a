import { stringify } from 'csv-stringify/sync';
import type { Report } from './report.ts';

type Line = readonly [figure: string, value: string | number];

const rounded = (value: number): number => Math.round(value * 10_000) / 10_000;

function linesOf(report: Report): Line[] {
  const { progress, told, control, perHead, bought, brought } = report;
  const { dropped, answers, perMinute: _pace, leftMs: _left, ...counts } = progress;
  const between = (name: string, difference: Report['brought']): Line[] =>
    difference ? (['value', 'low', 'high'] as const).map((end) => [`${name}_${end}`, rounded(difference[end])] as const) : [];
  const arm = (name: string, one: Report['control']): Line[] =>
    one ? Object.entries(one).map(([figure, value]) => [`${name}_${figure}`, value] as const) : [];
  return [
    ...Object.entries(counts),
    ...Object.entries(dropped).map(([reason, count]): Line => [`dropped_${reason}`, count]),
    ...Object.entries(answers).map(([answer, count]): Line => [`answer_${answer}`, count]),
    ...arm('told', told),
    ...arm('control', control),
    ...between('per_head_minor', perHead),
    ...between('share_who_bought', bought),
    ...between('brought_minor', brought),
    ['cost_minor', report.costMinor ?? ''],
    ['points_given', report.pointsGiven],
    ['paid_messages', report.paidMessages],
    ['verdict', report.verdict],
    ['window_until', report.until ?? ''],
    ['window_closed', String(report.closed)],
    ...report.variants.flatMap(({ variant, ...figures }) =>
      Object.entries(figures).map(([figure, value]): Line => [`${variant}_${figure}`, value]),
    ),
  ];
}

/** The figures of a report as CSV, one a line: `figure`, `value`; money in minor units. What a spreadsheet would take for a formula is made harmless. */
export const reportCsv = (report: Report): Uint8Array =>
  new TextEncoder().encode(stringify(linesOf(report), { header: true, columns: ['figure', 'value'], escape_formulas: true }));
