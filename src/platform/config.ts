import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';

const port = z.coerce.number().int().min(0).max(65_535);
const key32 = z.string().refine((text) => Buffer.from(text, 'base64').length === 32, 'must be 32 bytes in base64');
const masterKeys = z
  .string()
  .regex(/^\d+:[A-Za-z0-9+/=]+(,\d+:[A-Za-z0-9+/=]+)*$/, 'must be VERSION:BASE64[,VERSION:BASE64…]')
  .transform((text) =>
    text.split(',').map((pair) => {
      const [version = '', key = ''] = pair.split(':');
      return [Number(version), Buffer.from(key, 'base64')] as const;
    }),
  )
  .refine(
    (keys) => keys.every(([version, key]) => version >= 1 && version <= 255 && key.length === 32),
    'versions are 1 to 255 and keys 32 bytes in base64',
  )
  .refine((keys) => new Set(keys.map(([version]) => version)).size === keys.length, 'names a version twice')
  .transform((keys) => new Map(keys));

/** Every setting, as it stands in the environment. Each description is its line in docs/configuration.md. */
export const settings = z.object({
  SANAD_ENV: z
    .enum(['development', 'production', 'test'])
    .default('development')
    .describe('`production` refuses to start with a missing or default secret; `development` makes its own and shows demo accounts'),
  SANAD_ROLE: z
    .enum(['all', 'api', 'worker'])
    .default('all')
    .describe('What this process does: answer requests, carry out background jobs, or both'),
  SANAD_DATA_DIR: z.string().default('.sanad').describe('Folder of the embedded database, the development keys and the SMS outbox'),
  HOST: z.string().default('127.0.0.1').describe('Address to listen on'),
  PORT: port.default(8080).describe('Port to listen on; 0 takes a free one'),
  DATABASE_URL: z
    .url()
    .optional()
    .describe('PostgreSQL 15 or newer, as the application role; without it an embedded PostgreSQL runs under the data folder'),
  DATABASE_OWNER_URL: z
    .url()
    .optional()
    .describe('The same database as the role that owns the tables, for `sanad migrate`; in development it defaults to `DATABASE_URL`'),
  DATABASE_POOL_SIZE: z.coerce.number().int().min(2).max(500).default(20).describe('Connections for commands, and as many again for reads'),
  REDIS_URL: z.url().optional().describe('Redis 7 or newer for the job queues; without it they live in PostgreSQL'),
  SANAD_MASTER_KEYS: masterKeys
    .optional()
    .describe('Secret. Master keys by version, `1:BASE64[,2:BASE64]`, 32 bytes each; the highest version is current'),
  SANAD_INDEX_KEY: key32
    .optional()
    .describe('Secret. Key of the blind indexes, 32 bytes in base64; it never changes for the life of a database'),
  UPLOAD_LIMIT_MIB: z.coerce
    .number()
    .int()
    .min(1)
    .max(65_536)
    .default(2_048)
    .describe('Size that an uploaded file of registrations may have, in MiB; it waits sealed under the data folder while it arrives'),
  SMS_GATEWAY: z
    .enum(['outbox', 'http'])
    .default('outbox')
    .describe(
      'Where messages go: `http`, an aggregator, or `outbox`, a file under the data folder, which production refuses because codes would stand in it',
    ),
  SMS_HTTP_URL: z.url().optional().describe('Address that the HTTP gateway posts each message to'),
  SMS_HTTP_TOKEN: z.string().optional().describe('Secret. Bearer token for the HTTP gateway'),
  SMS_HTTP_TIMEOUT_MS: z.coerce
    .number()
    .int()
    .min(100)
    .max(120_000)
    .default(10_000)
    .describe('How long the HTTP gateway may take, in milliseconds'),
  LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])
    .default('info')
    .describe('Least severe line that is logged'),
});

export type Settings = z.infer<typeof settings>;

/** Settings with every secret in place. */
export type Config = Settings & {
  readonly SANAD_MASTER_KEYS: Map<number, Buffer>;
  readonly SANAD_INDEX_KEY: string;
  readonly dataDir: string;
};

/** The settings are wrong; the message says which and why, one to a line. */
export class ConfigError extends Error {}

/** Settings that production must be given. */
const obligatory = ['DATABASE_URL', 'SANAD_MASTER_KEYS', 'SANAD_INDEX_KEY'] as const;

/**
 * Reads and checks the settings once.
 * @param environment usually `process.env`; an empty value counts as not set
 * @throws ConfigError naming every setting that is missing or wrong
 */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''));
  const parsed = settings.safeParse(given);
  if (!parsed.success) {
    throw new ConfigError(parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('\n'));
  }
  const config = parsed.data;
  const dataDir = resolve(config.SANAD_DATA_DIR);
  if (config.SMS_GATEWAY === 'http' && !config.SMS_HTTP_URL) throw new ConfigError('SMS_HTTP_URL: needed when SMS_GATEWAY is http');
  if (config.SANAD_ENV === 'production') {
    const wrong = [
      ...obligatory.filter((name) => config[name] === undefined).map((name) => `${name}: must be set in production`),
      ...(config.SMS_GATEWAY === 'outbox' ? ['SMS_GATEWAY: the outbox writes codes to a file; production needs http'] : []),
      ...defaultSecrets(config, dataDir).map((name) => `${name}: is a development secret; make a new one with "openssl rand -base64 32"`),
    ];
    if (wrong.length > 0) throw new ConfigError(wrong.join('\n'));
  }
  const own = config.SANAD_MASTER_KEYS && config.SANAD_INDEX_KEY ? undefined : developmentKeys(dataDir);
  return {
    ...config,
    dataDir,
    SANAD_MASTER_KEYS: config.SANAD_MASTER_KEYS ?? new Map([[1, Buffer.from(own?.masterKey ?? '', 'base64')]]),
    SANAD_INDEX_KEY: config.SANAD_INDEX_KEY ?? own?.indexKey ?? '',
  };
}

interface DevelopmentKeys {
  readonly masterKey: string;
  readonly indexKey: string;
}

const keyFile = (dataDir: string): string => join(dataDir, 'development-keys.json');

function developmentKeys(dataDir: string): DevelopmentKeys {
  const file = keyFile(dataDir);
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as DevelopmentKeys;
  mkdirSync(dataDir, { recursive: true });
  const keys = { masterKey: randomBytes(32).toString('base64'), indexKey: randomBytes(32).toString('base64') };
  writeFileSync(file, JSON.stringify(keys), { mode: 0o600 });
  return keys;
}

// A key that repeats one byte, or that development made on this machine, protects nobody.
function defaultSecrets(config: Settings, dataDir: string): string[] {
  const known = existsSync(keyFile(dataDir)) ? Object.values(developmentKeys(dataDir)) : [];
  const weak = (key: Buffer) => new Set(key).size < 8 || known.includes(key.toString('base64'));
  return [
    ...([...(config.SANAD_MASTER_KEYS?.values() ?? [])].some(weak) ? ['SANAD_MASTER_KEYS'] : []),
    ...(config.SANAD_INDEX_KEY && weak(Buffer.from(config.SANAD_INDEX_KEY, 'base64')) ? ['SANAD_INDEX_KEY'] : []),
  ];
}
