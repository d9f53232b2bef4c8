import { defineConfig } from 'vitest/config';
import { reporters } from './test/support/reporters.ts';

/** What a person sees, in Chromium: `npm run test:browser`. CHROMIUM_PATH names another one than Debian's. */
export default defineConfig({
  test: {
    include: ['test/browser/**/*.browser.ts'],
    globalSetup: ['test/support/database-server.ts'],
    reporters,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    env: { SANAD_ENV: 'test', LOG_LEVEL: 'silent' },
  },
});
