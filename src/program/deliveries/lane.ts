/** `service` (what people wait for) is always served before `campaign`. */
export type Lane = 'service' | 'campaign';

const lanes: readonly Lane[] = ['service', 'campaign'];

/**
 * What to do when nobody knows whether a message arrived. A service message is sent once more, with the same receipt number in it,
 * so that a double is seen for what it is; an offer rather not at all than twice.
 */
export function afterDoubt(lane: Lane): 'again' | 'leave' {
  return lane === 'service' ? 'again' : 'leave';
}

/** The lanes whose doubtful messages are sent again. */
export const lanesSentAgain = lanes.filter((lane) => afterDoubt(lane) === 'again');

/** After so many sends with an unknown end it stays unknown: every one of them may have arrived. */
export const doubtsMax = 3;
