import type { Command } from '../../chat/command.ts';
import { commandKey } from '../../chat/words.ts';
import { broadcastReport } from '../broadcast/report.ts';
import { button } from '../buttons.ts';
import { reportUpcoming } from '../journeys/upcoming.ts';
import { reportMechanics } from './report-mechanics.ts';
import { reportTeam } from './report-team.ts';

/** Every report; each is a command of its own. */
const reports: readonly Command[] = [broadcastReport, reportUpcoming, reportMechanics, reportTeam];

/** Which reports there are. */
export const report: Command = {
  name: 'report',
  for: 'owner',
  reads: true,
  run: async (_ctx, _answers, scene) => ({
    title: scene.say(commandKey('report', 'title')),
    body: scene.say('reports:which'),
    buttons: reports.map(({ name }) => [button(scene, name)]),
    show: 'privately',
  }),
};
