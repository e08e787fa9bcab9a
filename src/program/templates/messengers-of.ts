import type { Database, Statement } from '../context.ts';
import { type Messenger, messengers } from './limits.ts';

const used: Statement = {
  name: 'texts_messengers',
  text: `
    SELECT c.name FROM unnest($1::text[]) WITH ORDINALITY AS c(name, place)
    WHERE EXISTS (SELECT 1 FROM address a WHERE a.channel = c.name) ORDER BY c.place`,
};

/** The messengers on which anybody is: a text has to fit those. Nobody yet: all of them. */
export async function messengersOf(db: Database): Promise<readonly Messenger[]> {
  const found = await db.run<{ name: Messenger }>(used, [messengers]);
  return found.length > 0 ? found.map(({ name }) => name) : messengers;
}
