import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { KeySourceError, keySettings, readKeySetting } from './key-sources.ts';

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

const isNetwork = (text: string): boolean => {
  const [address = '', bits, ...more] = text.split('/');
  const family = isIP(address);
  return family !== 0 && more.length === 0 && (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128)));
};
const networks = z
  .string()
  .default('')
  .transform((text) => text.split(',').flatMap((part) => part.trim() || []))
  .refine((parts) => parts.every(isNetwork), 'must be addresses or networks, `10.0.0.7,10.1.0.0/16`');

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
  SANAD_DATA_DIR: z
    .string()
    .default('.sanad')
    .describe('Folder of the embedded database, the development keys and the outbox of SMS and e-mails'),
  HOST: z.string().default('127.0.0.1').describe('Address to listen on'),
  PORT: port.default(8080).describe('Port to listen on; 0 takes a free one'),
  TRUSTED_PROXIES: networks.describe(
    'Addresses and networks of the reverse proxies before this process, separated by commas, whose `X-Forwarded-For` is believed; empty believes nobody. Throttling by address needs it behind a proxy',
  ),
  HSTS_SECONDS: z.coerce
    .number()
    .int()
    .min(0)
    .default(31_536_000)
    .describe('For how long a browser that came by TLS comes by nothing else; 0 takes it back'),
  SESSION_IDLE_MINUTES: z.coerce
    .number()
    .int()
    .min(1)
    .max(720)
    .default(30)
    .describe('How long a session may rest before it ends, in minutes; it counts for sessions that begin from then on'),
  SESSION_HOURS: z.coerce
    .number()
    .int()
    .min(1)
    .max(24)
    .default(12)
    .describe('How long a session lasts at most, however much it is used, in hours'),
  REQUESTS_PER_MINUTE: z.coerce
    .number()
    .int()
    .min(0)
    .default(1_200)
    .describe('Requests that one process takes from one session or key in a minute; 0 is no limit'),
  DATABASE_URL: z
    .url()
    .optional()
    .describe('PostgreSQL 15 or newer, as the application role; without it an embedded PostgreSQL runs under the data folder'),
  DATABASE_OWNER_URL: z
    .url()
    .optional()
    .describe('The same database as the role that owns the tables, for `sanad migrate`; in development it defaults to `DATABASE_URL`'),
  OFFLINE_WORK_FACTOR: z.coerce
    .number()
    .int()
    .min(15)
    .max(18)
    .default(16)
    .describe(
      'What one guess at a code costs who has stolen an unlocked device with an offline pack: scrypt with N = 2 to this power, in 2 to this power KiB. One more doubles it, and the time that each pay-out and each voucher of a pack takes',
    ),
  DATABASE_POOL_SIZE: z.coerce.number().int().min(2).max(500).default(20).describe('Connections for commands, and as many again for reads'),
  REDIS_URL: z.url().optional().describe('Redis 7 or newer for the job queues; without it they live in PostgreSQL'),
  SANAD_MASTER_KEYS: masterKeys
    .optional()
    .describe('Secret. Master keys by version, `1:BASE64[,2:BASE64]`, 32 bytes each; the highest version is current'),
  SANAD_MASTER_KEYS_FILE: z
    .string()
    .optional()
    .describe('File that holds the master keys in the same form, or one to a line, instead; refused when others may read it'),
  SANAD_MASTER_KEYS_COMMAND: z
    .string()
    .optional()
    .describe(
      'Command that prints the master keys, instead: a key service’s, say. Run once at start, without a shell; words with spaces need a JSON list, `["program", "a word"]`',
    ),
  SANAD_CURRENT_MASTER_KEY: z.coerce
    .number()
    .int()
    .min(1)
    .max(255)
    .optional()
    .describe(
      'Version that secrets are sealed under from now on, the highest unless this says otherwise. Name the old one here while a new one is being given to every process',
    ),
  SANAD_INDEX_KEY: key32
    .optional()
    .describe('Secret. Key of the blind indexes, 32 bytes in base64; it never changes for the life of a database'),
  SANAD_INDEX_KEY_FILE: z.string().optional().describe('File that holds the index key, instead; refused when others may read it'),
  SANAD_INDEX_KEY_COMMAND: z.string().optional().describe('Command that prints the index key, instead'),
  AUDIT_SIGNING_KEY: key32
    .optional()
    .describe(
      'Secret. Ed25519 key that signs the heads of the audit trail, 32 random bytes in base64; `sanad audit key` prints its public half',
    ),
  AUDIT_ORIGIN: z
    .string()
    .regex(/^[^\s+]{1,100}$/, 'has no spaces and no "+"')
    .default('sanad')
    .describe('Name of this audit trail in its signed heads, best a host and path of yours, `cash.example.org/trail`'),
  AUDIT_OLD_KEYS: z
    .string()
    .default('')
    .transform((text) => text.split(',').flatMap((part) => part.trim() || []))
    .describe('Public keys that heads were signed under before the present key, as `sanad audit key` printed them, separated by commas'),
  AUDIT_HEADS_FILE: z
    .string()
    .optional()
    .describe('File outside the database that every signed head is added to; `audit-heads.log` in the data folder without it'),
  AUDIT_HEADS_URL: z.url().optional().describe('Address that every signed head is posted to as well, and again until it is taken'),
  AUDIT_HEADS_TOKEN: z.string().optional().describe('Secret. Bearer token for that address'),
  AUDIT_SEAL_SECONDS: z.coerce
    .number()
    .int()
    .min(1)
    .max(3_600)
    .default(5)
    .describe('How often new events of the audit trail are sealed and signed, in seconds'),
  PAYMENT_BATCH: z.coerce
    .number()
    .int()
    .min(1)
    .max(20_000)
    .default(2_000)
    .describe('Lines of a payment list that one transaction builds, releases or cancels; a longer list goes on in the background'),
  UPLOAD_LIMIT_MIB: z.coerce
    .number()
    .int()
    .min(1)
    .max(65_536)
    .default(2_048)
    .describe('Size that an uploaded file of registrations may have, in MiB; it waits sealed under the data folder while it arrives'),
  GATEWAY_PRIVATE_ADDRESSES: z
    .enum(['refuse', 'allow'])
    .default('refuse')
    .describe(
      'Whether a gateway for messages may stand on a private network, and speak SMPP without TLS there; `refuse` keeps whoever types its address out of yours',
    ),
  PUBLIC_URL: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe(
      'Where people reach the console: links in e-mails lead there, changes that a browser makes by cookie come from its pages alone, and passkeys and devices sign for this place and no other; in development it defaults to `http://localhost:PORT`',
    ),
  SMTP_URL: z
    .url({ protocol: /^smtps?$/ })
    .optional()
    .describe(
      'Secret. Server that e-mails go to, `smtps://user:password@host` or `smtp://…:587`, which production asks to change to TLS unless it is this machine; without it they go to a file under the data folder, which production refuses because links would stand in it',
    ),
  SMTP_TIMEOUT_MS: z.coerce
    .number()
    .int()
    .min(100)
    .max(120_000)
    .default(20_000)
    .describe('How long the e-mail server may be silent, in milliseconds'),
  MAIL_FROM: z.email().optional().describe('Address that e-mails come from; production must be given one'),
  SELF_REGISTRATIONS_PER_ADDRESS: z.coerce
    .number()
    .int()
    .min(1)
    .default(120)
    .describe(
      'How often one network address may ask something of the door of self-registration in an hour; many people may share an address',
    ),
  SELF_REGISTRATIONS_PER_DAY: z.coerce
    .number()
    .int()
    .min(1)
    .default(2_000)
    .describe('How many self-registrations one programme takes in a day; it is sent twice as many messages with codes at most'),
  FEEDBACK_PER_ADDRESS: z.coerce
    .number()
    .int()
    .min(1)
    .default(60)
    .describe('How often one network address may ask something of the door of feedback in an hour; many people may share an address'),
  FEEDBACK_PER_DAY: z.coerce
    .number()
    .int()
    .min(1)
    .default(2_000)
    .describe('How many cases strangers may begin by the form of one programme in a day'),
  STATED_PURPOSE: z
    .enum(['asked', 'obligatory'])
    .default('asked')
    .describe('Whether everybody has to say what they read people for (`Sanad-Purpose`); a programme may ask for it by itself'),
  PEOPLE_READ_PER_HOUR: z.coerce
    .number()
    .int()
    .min(1)
    .default(3_000)
    .describe('People shown to one user in an hour above which an alert is raised; somebody shown twice counts twice'),
  EXPORTS_PER_DAY: z.coerce
    .number()
    .int()
    .min(1)
    .default(5)
    .describe('Exports of people by one user in a day above which an alert is raised'),
  EXPORTED_PEOPLE_PER_DAY: z.coerce
    .number()
    .int()
    .min(1)
    .default(20_000)
    .describe('People exported by one user in a day above which an alert is raised'),
  EXPORTS_PER_DAY_AT_MOST: z.coerce
    .number()
    .int()
    .min(1)
    .default(20)
    .describe('Exports of people by one user in a day; a further one is refused'),
  EXPORTED_PEOPLE_PER_DAY_AT_MOST: z.coerce
    .number()
    .int()
    .min(1)
    .default(500_000)
    .describe('People exported by one user in a day; an export that goes beyond is refused'),
  SUBJECT_FILES_PER_DAY: z.coerce
    .number()
    .int()
    .min(1)
    .default(20)
    .describe('People whom one user tells in a day what is held of them, above which an alert is raised'),
  SUBJECT_FILES_PER_DAY_AT_MOST: z.coerce
    .number()
    .int()
    .min(1)
    .default(200)
    .describe('People whom one user may tell in a day what is held of them; a further one is refused'),
  METRICS_TOKEN: z
    .string()
    .regex(/^[\x21-\x7e]{24,}$/, 'has at least 24 characters and no spaces')
    .optional()
    .describe('Secret. Bearer token for `/metrics`; without it production answers 404 there'),
  KOBO_PRIVATE_ADDRESSES: z
    .enum(['refuse', 'allow'])
    .default('refuse')
    .describe('Whether a KoboToolbox server may stand on a private network; `refuse` keeps whoever types its address out of yours'),
  KOBO_TIMEOUT_MS: z.coerce
    .number()
    .int()
    .min(100)
    .max(600_000)
    .default(60_000)
    .describe('How long a KoboToolbox server may take for a page of submissions, in milliseconds'),
  WEBHOOK_PRIVATE_ADDRESSES: z
    .enum(['refuse', 'allow'])
    .default('refuse')
    .describe(
      'Whether webhooks may go to a private network; outside production `allow` lets them go to this machine without TLS, too. `refuse` keeps whoever types an address out of your network',
    ),
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
  readonly AUDIT_SIGNING_KEY: string;
  readonly AUDIT_HEADS_FILE: string;
  readonly dataDir: string;
};

/** The settings are wrong; the message says which and why, one to a line. */
export class ConfigError extends Error {}

/** Settings that production must be given. */
const obligatory = [
  'DATABASE_URL',
  'SANAD_MASTER_KEYS',
  'SANAD_INDEX_KEY',
  'AUDIT_SIGNING_KEY',
  'PUBLIC_URL',
  'SMTP_URL',
  'MAIL_FROM',
] as const;

/**
 * Reads and checks the settings once.
 * @param environment usually `process.env`; an empty value counts as not set
 * @throws ConfigError naming every setting that is missing or wrong
 */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''));
  const { keys, places, faults } = keysOf(given);
  const parsed = settings.safeParse({ ...given, ...keys });
  const issues = (parsed.error?.issues ?? []).map(({ path, message }) => `${places.get(path.join('.')) ?? path.join('.')}: ${message}`);
  if (!parsed.success || faults.length > 0) throw new ConfigError([...faults, ...issues].join('\n'));
  const config = parsed.data;
  const dataDir = resolve(config.SANAD_DATA_DIR);
  if (config.SANAD_ENV === 'production') {
    const wrong = [
      ...obligatory.filter((name) => config[name] === undefined).map((name) => `${name}: must be set in production`),
      ...(config.PUBLIC_URL?.startsWith('http:')
        ? ['PUBLIC_URL: links that open accounts are read in transit; production needs https']
        : []),
      ...defaultSecrets(config, dataDir).map(
        (name) => `${places.get(name) ?? name}: is a development secret; make a new one with "sanad keys new"`,
      ),
    ];
    if (wrong.length > 0) throw new ConfigError(wrong.join('\n'));
  }
  const own = config.SANAD_MASTER_KEYS && config.SANAD_INDEX_KEY && config.AUDIT_SIGNING_KEY ? undefined : developmentKeys(dataDir);
  const masters = config.SANAD_MASTER_KEYS ?? new Map([[1, Buffer.from(own?.masterKey ?? '', 'base64')]]);
  const current = config.SANAD_CURRENT_MASTER_KEY;
  if (current && !masters.has(current)) throw new ConfigError(`SANAD_CURRENT_MASTER_KEY: no master key has version ${current}`);
  return {
    ...config,
    dataDir,
    SANAD_MASTER_KEYS: masters,
    SANAD_INDEX_KEY: config.SANAD_INDEX_KEY ?? own?.indexKey ?? '',
    AUDIT_SIGNING_KEY: config.AUDIT_SIGNING_KEY ?? own?.auditKey ?? '',
    AUDIT_HEADS_FILE: resolve(config.AUDIT_HEADS_FILE ?? join(dataDir, 'audit-heads.log')),
  };
}

/** The key settings as text, wherever they were found; and for each where that was. */
function keysOf(given: Readonly<Record<string, string | undefined>>) {
  const [keys, places, faults]: [Record<string, string>, Map<string, string>, string[]] = [{}, new Map(), []];
  for (const name of keySettings) {
    try {
      const found = readKeySetting(given, name);
      if (!found) continue;
      keys[name] = found.text;
      places.set(name, found.from);
    } catch (error) {
      if (!(error instanceof KeySourceError)) throw error;
      faults.push(error.message);
    }
  }
  return { keys, places, faults };
}

/** Where people reach the console. */
export const publicUrlOf = ({ PUBLIC_URL, PORT }: Pick<Config, 'PUBLIC_URL' | 'PORT'>): string => PUBLIC_URL ?? `http://localhost:${PORT}`;

interface DevelopmentKeys {
  readonly masterKey: string;
  readonly indexKey: string;
  readonly auditKey: string;
}

const keyFile = (dataDir: string): string => join(dataDir, 'development-keys.json');

function developmentKeys(dataDir: string): DevelopmentKeys {
  const file = keyFile(dataDir);
  const known: Partial<DevelopmentKeys> = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
  const made = () => randomBytes(32).toString('base64');
  const keys = { masterKey: known.masterKey ?? made(), indexKey: known.indexKey ?? made(), auditKey: known.auditKey ?? made() };
  if (known.masterKey && known.indexKey && known.auditKey) return keys;
  mkdirSync(dataDir, { recursive: true });
  writeFileSync(file, JSON.stringify(keys), { mode: 0o600 });
  return keys;
}

// A key that repeats one byte, or that development made on this machine, protects nobody.
function defaultSecrets(config: Settings, dataDir: string): string[] {
  const known = existsSync(keyFile(dataDir)) ? Object.values(developmentKeys(dataDir)) : [];
  const weak = (key: Buffer) => new Set(key).size < 8 || known.includes(key.toString('base64'));
  return [
    ...([...(config.SANAD_MASTER_KEYS?.values() ?? [])].some(weak) ? ['SANAD_MASTER_KEYS'] : []),
    ...(['SANAD_INDEX_KEY', 'AUDIT_SIGNING_KEY'] as const).filter((name) => config[name] && weak(Buffer.from(config[name], 'base64'))),
  ];
}
