import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../src/platform/index.ts';

/**
 * How many requirements of levels 1 and 2 each section of ASVS 5.0.0 has; they are numbered from 1, and those of level 3 come after them.
 * Source: OWASP ASVS 5.0.0, https://github.com/OWASP/ASVS (CC BY-SA 4.0).
 */
const requirements: Readonly<Record<string, number>> = {
  '1.1': 2,
  '1.2': 9,
  '1.3': 11,
  '1.4': 3,
  '1.5': 2,
  '2.1': 3,
  '2.2': 3,
  '2.3': 4,
  '2.4': 1,
  '3.2': 2,
  '3.3': 4,
  '3.4': 6,
  '3.5': 5,
  '3.7': 2,
  '4.1': 3,
  '4.2': 1,
  '4.3': 2,
  '4.4': 4,
  '5.1': 1,
  '5.2': 3,
  '5.3': 2,
  '5.4': 3,
  '6.1': 3,
  '6.2': 12,
  '6.3': 4,
  '6.4': 4,
  '6.5': 5,
  '6.6': 3,
  '6.8': 4,
  '7.1': 3,
  '7.2': 4,
  '7.3': 2,
  '7.4': 5,
  '7.5': 2,
  '7.6': 2,
  '8.1': 2,
  '8.2': 3,
  '8.3': 1,
  '8.4': 1,
  '9.1': 3,
  '9.2': 4,
  '10.1': 2,
  '10.2': 2,
  '10.3': 4,
  '10.4': 11,
  '10.5': 5,
  '10.6': 2,
  '10.7': 3,
  '11.1': 2,
  '11.2': 3,
  '11.3': 3,
  '11.4': 4,
  '11.5': 1,
  '11.6': 1,
  '12.1': 3,
  '12.2': 2,
  '12.3': 4,
  '13.1': 1,
  '13.2': 5,
  '13.3': 2,
  '13.4': 5,
  '14.1': 2,
  '14.2': 4,
  '14.3': 3,
  '15.1': 3,
  '15.2': 3,
  '15.3': 7,
  '16.1': 1,
  '16.2': 5,
  '16.3': 4,
  '16.4': 3,
  '16.5': 3,
  '17.1': 1,
  '17.2': 4,
  '17.3': 2,
};

const numbers = Object.entries(requirements).flatMap(([section, count]) => Array.from({ length: count }, (_, i) => `${section}.${i + 1}`));
const page = (name: string): string => readFileSync(join(packageRoot, 'docs', name), 'utf8');
const rows = page('asvs.md')
  .split('\n')
  .filter((line) => /^\| \d/.test(line))
  .map((line) => line.split('|').map((cell) => cell.trim()));

describe('the pages about security', () => {
  it('name every requirement of levels 1 and 2 once', () => {
    expect(rows.flatMap(([, cell = '']) => cell.split(', ')).sort()).toEqual([...numbers].sort());
  });

  it('say of each what holds, and where', () => {
    for (const [, number, , state = '', where = ''] of rows) {
      expect(['met', 'met in part', 'operator', 'open', 'none here'], number).toContain(state);
      if (state.startsWith('met') || state === 'open') expect(where, number).not.toBe('');
    }
  });

  it.each(['asvs.md', 'security.md'])('name files that are there: %s', (name) => {
    const text = page(name);
    const inCode = [...text.matchAll(/`((?:src|test|docs|migrations)\/[^`]+|[A-Za-z.]+\.(?:json|yaml|md)|Dockerfile)`/g)].map(
      ([, path = '']) => path,
    );
    const linked = [...text.matchAll(/\]\(([a-z][^):]*)\)/g)].map(([, path = '']) => join('docs', path));
    expect([...inCode, ...linked].filter((path) => !existsSync(join(packageRoot, path)))).toEqual([]);
  });
});
