// The benchmarks are compiled with the sources beside them, one folder deeper than dist: the locales are looked for there.
import { cpSync } from 'node:fs';

cpSync('locales', 'build/locales', { recursive: true });
