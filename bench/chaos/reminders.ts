import { openDatabase } from '../../src/database/client.ts';
import { reminderFortnight } from '../reminders.ts';
import { type Experiment, never, tell } from './experiment.ts';

export const remindersExperiment: Experiment = {
  name: 'reminders',
  about: '5,000 reminders over 14 virtual days in five zones whose clocks change, planner, messenger and workers away at times',
  async run({ seed, freshUrl }) {
    const url = await freshUrl();
    const db = await openDatabase({ url, max: 4 });
    try {
      // A fourth of the members are reminded twice.
      const { reminders, sent, lost, twice, wrong, early, kills } = await reminderFortnight(db, url, { members: 4_000, seed });
      tell(`${sent} of ${reminders} sent, workers died ${kills} times`);
      return [
        never('reminders.lost', 'reminders that never came', lost),
        never('reminders.twice', 'reminders that came twice', twice),
        never('reminders.wrong', 'reminders to somebody whom they were not for, or before their hour', wrong + early),
      ];
    } finally {
      await db.close();
    }
  },
};
