import { Refusal } from '../refusal.ts';

/** A row that can't be imported; the message is the reason, for the file of rejected rows. */
export class Unusable extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'Unusable';
  }
}

const sentences: Record<string, (params: Record<string, unknown>) => string> = {
  'money.unclear': () => 'the amount is not clear: write 12.50',
  'money.decimals': ({ count }) => `the amount has more decimals than the currency, which has ${count}`,
  'money.not_positive': () => 'the amount is below zero',
  'money.too_big': ({ amountMinor }) => `the amount is over the limit of ${amountMinor} minor units`,
  'ledger.receipt_used': ({ receipt, at, amountMinor, currency }) =>
    `receipt ${receipt} is already there with other content (${String(at).slice(0, 10)}, ${amountMinor} minor units of ${currency})`,
  'ledger.too_many_points': ({ points }) => `the purchase would give ${points} points, over the limit of 1000000000`,
};

/** Why the program or the database refused a row, as a sentence. */
export const reasonOf = ({ code, params }: Pick<Refusal, 'code' | 'params'>): string =>
  sentences[code]?.(params) ?? `refused: ${code}`;

/** Runs `read`, and turns a refusal into the row's reason. */
export function unusableIfRefused<Value>(read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    if (error instanceof Refusal) throw new Unusable(reasonOf(error));
    throw error;
  }
}
