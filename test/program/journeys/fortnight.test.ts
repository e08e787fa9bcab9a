import { expect, it } from 'vitest';
import { reminderFortnight } from '../../../bench/reminders.ts';
import { freshDatabase } from '../../support/database.ts';

it('sends every reminder of fourteen days once, at its own hour, across clock changes and outages', async () => {
  const db = await freshDatabase();
  try {
    const { sent, kills, ...rest } = await reminderFortnight(db, db.url, {
      members: 80,
      seed: 4,
      everyHours: 2,
      planEveryHours: 12,
    });
    expect(rest).toEqual({ reminders: rest.reminders, lost: 0, twice: 0, wrong: 0, early: 0, late: 0 });
    expect([sent, rest.reminders > 80, kills > 0]).toEqual([rest.reminders, true, true]);
  } finally {
    await db.close();
  }
});
