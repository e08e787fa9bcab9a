import type { Command } from '../../chat/command.ts';
import { verify as verifyLedger } from '../../program/ledger/verify.ts';
import { button } from '../buttons.ts';

/** Re-checks the whole ledger: every entry, lot and balance, and the chain of hashes. */
export const verify: Command = {
  name: 'verify',
  for: 'owner',
  reads: true,
  run: async (ctx, _answers, scene) => {
    const { say } = scene;
    const found = await verifyLedger(ctx.db);
    const shown = found.problems.slice(0, 5).map((one) => `${one.table} ${one.id}: ${one.what} (${one.found} ≠ ${one.expected})`);
    return {
      title: say(found.problemCount === 0 ? 'owner:verify.right' : 'owner:verify.wrong', { count: found.problemCount }),
      body: [say('owner:verify.checked', { count: found.entries }), ...shown].join('\n'),
      facts: [
        [say('owner:verify.members'), String(found.members)],
        [say('owner:verify.points'), String(found.points)],
      ],
      buttons: [[button(scene, 'team'), button(scene, 'program')]],
      show: 'privately',
    };
  },
};
