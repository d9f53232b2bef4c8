import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

function find(folder: string): string {
  return existsSync(join(folder, 'package.json')) ? folder : find(dirname(folder));
}

/** The folder that holds package.json, whether the code runs from `src` or from `dist`. */
export const packageRoot = find(dirname(fileURLToPath(import.meta.url)));
