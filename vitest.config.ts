import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/support/longest-first.ts';
import { reporters } from './test/support/reporters.ts';

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    globalSetup: ['test/support/database-server.ts'],
    reporters,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // One more than the two cores that this is meant for: tests wait for clocks and processes, too.
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
    // A module keeps nothing that another file's test could see, so each worker loads the platform once.
    isolate: false,
    env: { SANAD_ENV: 'test', LOG_LEVEL: 'silent' },
  },
});
