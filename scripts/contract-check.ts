/** Lints the contract and fails when what is generated from it is not what is committed. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../src/platform/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'sanad-contract-'));

function run(tool: string, ...parameters: string[]): void {
  const { status } = spawnSync(join(packageRoot, 'node_modules/.bin', tool), parameters, { cwd: packageRoot, stdio: 'inherit' });
  if (status !== 0) throw new Error(`${tool} ${parameters.join(' ')} failed`);
}

try {
  run('redocly', 'lint', 'openapi.yaml');
  run('redocly', 'bundle', 'openapi.yaml', '-o', join(folder, 'openapi.json'));
  run('openapi-typescript', join(folder, 'openapi.json'), '-o', join(folder, 'api.ts'));
  const drifted = ['openapi.json', 'api.ts'].filter(
    (name) => readFileSync(join(folder, name), 'utf8') !== readFileSync(join(packageRoot, 'src/contract', name), 'utf8'),
  );
  if (drifted.length > 0) {
    const files = drifted.map((name) => `src/contract/${name}`).join(' and ');
    throw new Error(`openapi.yaml or a fragment has changed and ${files} has not: run "npm run contract" and commit the result.`);
  }
  console.log('The contract is sound, and what is generated from it is up to date.');
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
