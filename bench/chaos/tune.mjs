// Loaded into a process of the program before it starts: the numbers that no configuration sets, for experiments.
import { pace } from '../../dist/channels/telegram/limits.js';
import { defaultTuning } from '../../dist/jobs/tuning.js';

const { perSecond, ...tuning } = JSON.parse(process.env.CHAOS_TUNING ?? '{}');
Object.assign(defaultTuning, tuning);
if (perSecond) Object.assign(pace, { max: perSecond, perMs: 1_000 });
