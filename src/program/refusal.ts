/**
 * The one error by which the program says no. `code` is a locale key in the `refusals` namespace, `params` fill its placeholders
 * (numbers, ISO dates and codes; never a sentence). Nothing has been written when it is thrown.
 */
export class Refusal extends Error {
  readonly code: string;
  readonly params: Record<string, unknown>;

  constructor(code: string, params: Record<string, unknown> = {}) {
    super(code);
    this.name = 'Refusal';
    this.code = code;
    this.params = params;
  }
}
