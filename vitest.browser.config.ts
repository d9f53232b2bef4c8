import { defineConfig } from 'vitest/config';

/** What a person sees, in Chromium: `npm run test:browser`. CHROMIUM_PATH names another one than Debian's. */
export default defineConfig({
  test: {
    include: ['test/browser/**/*.browser.ts'],
    globalSetup: ['test/support/database-server.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    env: { SANAD_ENV: 'test', LOG_LEVEL: 'silent' },
  },
});
