import { credited } from './credited.ts';
import type { Notice } from './notice.ts';
import { refunded } from './refunded.ts';
import { teamJoined } from './team-joined.ts';
import { teamRemoved } from './team-removed.ts';
import { undone } from './undone.ts';
import { welcome } from './welcome.ts';

/** Everything we tell people unasked, by name. (`home` is no notice: it is the card, painted where it always shows.) */
export const notices: ReadonlyMap<string, Notice> = new Map(
  [welcome, credited, undone, refunded, teamJoined, teamRemoved].map((notice) => [notice.name, notice]),
);
