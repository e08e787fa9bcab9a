export type Room = { folder: string; may: string[]; libraries: string[] };
export const rooms: Room[];
export const tops: string[];
export function roomRules(): unknown[];
