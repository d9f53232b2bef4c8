import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../src/platform/index.ts';
import { configurationPage } from './configuration-page.ts';

writeFileSync(join(packageRoot, 'docs/configuration.md'), configurationPage());
