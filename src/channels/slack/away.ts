/** The database is away: the event was not treated and must be treated again. */
export class Away extends Error {
  override readonly name = 'Away';
}
