import { join } from 'node:path';
import { build } from 'esbuild';
import { packageRoot } from '../../src/platform/package-root.ts';

/** What knex would load for databases other than ours, and what is no JavaScript. */
const leftOut = [
  '@node-rs/*',
  'better-sqlite3',
  'mariadb/callback',
  'mysql',
  'mysql2',
  'oracledb',
  'pg-native',
  'pg-query-stream',
  'sqlite3',
  'tedious',
];

// What is CommonJS inside asks for these.
const banner = `import { createRequire } from 'node:module';
const require = createRequire(import.meta.url), __dirname = process.cwd(), __filename = __dirname;`;

const made = new Map<string, Promise<string>>();

/**
 * A file with all that it imports as one module: a process that reads it on its standard input, in the repository's folder, is ready in a
 * fraction of the time that the platform takes to load from its sources. Made once and kept.
 * @param file within the repository
 * @param packages whether those are inside too, for what loads few of them and is started often
 */
export function bundled(file: string, packages: 'inside' | 'outside'): Promise<string> {
  const bundle = made.get(file) ?? make(file, packages);
  made.set(file, bundle);
  return bundle;
}

async function make(file: string, packages: 'inside' | 'outside'): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(packageRoot, file)],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'esm',
    ...(packages === 'inside' ? { external: leftOut, banner: { js: banner } } : { packages: 'external' }),
    minifyWhitespace: true,
    minifySyntax: true,
    logLevel: 'error',
  });
  return outputFiles.map(({ text }) => text).join('');
}
