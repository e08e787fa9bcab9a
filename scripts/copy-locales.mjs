// The benchmarks are compiled with the sources beside them, one folder deeper than dist: the locales are looked for there, and what the doubles of the
// messengers go by.
import { cpSync } from 'node:fs';

cpSync('locales', 'build/locales', { recursive: true });
cpSync('test/fixtures', 'build/test/fixtures', { recursive: true });
