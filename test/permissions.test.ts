import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { permissionsPage } from '../scripts/permissions-page.ts';
import { packageRoot } from '../src/platform/index.ts';

it('keeps docs/permissions.md in step with the tables of permissions, roles and duties', () => {
  const page = readFileSync(join(packageRoot, 'docs/permissions.md'), 'utf8');
  expect(page, 'run "npm run docs" and commit the result').toBe(permissionsPage());
});
