import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { configurationPage } from '../scripts/configuration-page.ts';
import { packageRoot, settings } from '../src/platform/index.ts';

it('documents every setting', () => {
  for (const [name, { description }] of Object.entries(settings.shape)) expect(description, name).toBeTruthy();
});

it('keeps docs/configuration.md in step with the settings', () => {
  const page = readFileSync(join(packageRoot, 'docs/configuration.md'), 'utf8');
  expect(page, 'run "npm run docs" and commit the result').toBe(configurationPage());
});
