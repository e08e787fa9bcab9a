import { z } from 'zod';
import { commandKey } from '../chat/words.ts';
import type { Notice } from './notice.ts';
import { stampLines, stampsParam } from './stamp-lines.ts';

const params = z.object({ stamps: stampsParam.min(1) });

/** Somebody who works here stamped their card without a purchase, or took such a stamp back. */
export const stamped: Notice = {
  name: 'stamped',
  render(given, say) {
    const { stamps } = params.parse(given);
    const moved = stamps.reduce((sum, one) => sum + one.stamps, 0);
    return {
      title: say(moved > 0 ? 'stamps:notice.given' : 'stamps:notice.taken', { count: Math.abs(moved) }),
      body: stampLines(stamps, say).join('\n'),
      buttons: [[{ label: say(commandKey('stamps', 'title')), does: 'stamps' }]],
    };
  },
};
