/** Additional facts of a refusal, as the Bot API gives them. */
export type Parameters = { retry_after?: number; migrate_to_chat_id?: number };

/** The Bot API says no. `mistake`: the caller broke the specification or a documented limit, which no correct bot ever does. */
export class Refused extends Error {
  readonly status: number;
  readonly parameters: Parameters | undefined;
  readonly mistake: boolean;

  constructor(
    status: number,
    description: string,
    { parameters, mistake = false }: { parameters?: Parameters; mistake?: boolean } = {},
  ) {
    super(description);
    this.status = status;
    this.parameters = parameters;
    this.mistake = mistake;
  }
}

/** Refuses what a correct bot never sends. */
export function mistake(description: string): never {
  throw new Refused(400, `Bad Request: ${description}`, { mistake: true });
}

/** Refuses what can happen to a correct bot. */
export function badRequest(description: string): never {
  throw new Refused(400, `Bad Request: ${description}`);
}
