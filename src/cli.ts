import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { inviteAdministrator, linkAddress } from './access/index.ts';
import { createApp } from './app.ts';
import { auditCommand, verifyCommand } from './cli-audit.ts';
import { keysCommand, keysUsage } from './keys-cli.ts';
import { dedupeFile, FileError } from './matching/index.ts';
import { offlineCommand, offlineUsage } from './offline/index.ts';
import { ConfigError, createLogger, migrate, publicUrlOf, readConfig, systemClock } from './platform/index.ts';
import { applyJournal, journalFile } from './privacy/index.ts';
import { openDatabase } from './server.ts';

const usage = `Usage: sanad COMMAND

  migrate   bring the database up to date (DATABASE_OWNER_URL, or the embedded one)
  erase --again [FILE]
            erase again whoever came back with a backup, by the journal of erasures (in the data folder, or FILE); status 1 if anybody is left
  invite-administrator EMAIL [--name NAME] [--language ar|fr|en]
            invite the first administrator, or one more when none can sign in: prints a link, once, by which they set up
            their account within 72 hours; run it again for another link
  verify [--json] [--heads FILE | --inside] [--key KEY]
            recompute the audit trail and the books from nothing and print what does not hold; status 1 if anything does not.
            --heads names a copy of the file of signed heads, --inside does without one, --key trusts a public key as well
  audit key | prove EVENT | consistency FROM TO | check FILE --key KEY
            prove things of the audit trail to an outsider, and check such a proof with nothing but the public key
${keysUsage}${offlineUsage}  dedupe FILE --out PAIRS.csv [--link OTHER.csv]
            find the people whom a CSV file holds twice, or whom two files both hold; needs no database
`;

const config = () => readConfig(process.env);

async function migrateCommand(): Promise<number> {
  const { DATABASE_URL, DATABASE_OWNER_URL, ...settings } = config();
  if (!DATABASE_URL) {
    const { embedded } = await openDatabase(settings as ReturnType<typeof config>);
    await embedded?.stop();
    process.stdout.write('The embedded database is up to date.\n');
    return 0;
  }
  const applied = await migrate(DATABASE_OWNER_URL ?? DATABASE_URL, DATABASE_URL);
  process.stdout.write(applied.length > 0 ? `Applied ${applied.join(', ')}.\n` : 'Nothing to do: the database is up to date.\n');
  return 0;
}

async function eraseCommand(): Promise<number> {
  const { values, positionals } = parseArgs({
    args: process.argv.slice(3),
    allowPositionals: true,
    options: { again: { type: 'boolean' } },
  });
  if (!values.again || positionals.length > 1) throw new Error(usage);
  const settings = config();
  const { address, embedded } = await openDatabase(settings);
  const app = createApp({ config: settings, address, clock: systemClock, logger: createLogger('warn') });
  try {
    const { lines, erased, refused } = await applyJournal(app.execute, positionals[0] ?? journalFile(settings.dataDir));
    process.stdout.write(`${lines} erasures in the journal; ${erased} people were here again and are erased.\n`);
    for (const { erasureId, reasons } of refused) process.stdout.write(`refused: ${erasureId}: ${reasons.join(' ')}\n`);
    return refused.length === 0 ? 0 : 1;
  } finally {
    await app.close();
    await embedded?.stop();
  }
}

const say = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

async function dedupeCommand(): Promise<number> {
  const { values, positionals } = parseArgs({
    args: process.argv.slice(3),
    allowPositionals: true,
    options: { out: { type: 'string' }, link: { type: 'string' } },
  });
  const [file] = positionals;
  if (!file || !values.out || positionals.length > 1) throw new FileError(usage);
  const started = systemClock.now().getTime();
  const { records, compared, same, review } = await dedupeFile({ file, out: values.out, link: values.link, today: systemClock.now(), say });
  const seconds = ((systemClock.now().getTime() - started) / 1000).toFixed(1);
  say(`${records} records, ${compared} pairs compared: ${same} same, ${review} to review. ${seconds} seconds.`);
  return 0;
}

async function keys(): Promise<number> {
  const print = (text: string): void => {
    process.stdout.write(text);
  };
  const status = await keysCommand(process.argv[3], config, systemClock, { print, say });
  if (status === undefined) process.stderr.write(usage);
  return status ?? 2;
}

async function inviteAdministratorCommand(): Promise<number> {
  const { values, positionals } = parseArgs({
    args: process.argv.slice(3),
    allowPositionals: true,
    options: { name: { type: 'string' }, language: { type: 'string', default: 'en' } },
  });
  const [email] = positionals;
  const given = z
    .object({ email: z.email().max(254), displayName: z.string().min(1).max(200), language: z.enum(['ar', 'fr', 'en']) })
    .safeParse({ email, displayName: values.name ?? email, language: values.language });
  if (!given.success || positionals.length > 1) throw new FileError(usage);
  const settings = config();
  const { address, embedded } = await openDatabase(settings);
  const app = createApp({ config: settings, address, clock: systemClock, logger: createLogger('warn') });
  try {
    const link = await inviteAdministrator(app.execute, given.data);
    say(`Pass this link on to ${given.data.email} and to nobody else. It is good once, until ${link.expiresAt.toISOString()}.`);
    process.stdout.write(`${linkAddress(publicUrlOf(settings), app.keyRing, link)}\n`);
    return 0;
  } finally {
    await app.close();
    await embedded?.stop();
  }
}

async function offline(): Promise<number> {
  // What is typed here is secret, so nothing of it is shown.
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: nowhere, terminal: process.stdin.isTTY });
  const answers = lines[Symbol.asyncIterator]();
  try {
    const status = await offlineCommand(process.argv.slice(3), {
      async ask(question) {
        process.stderr.write(question);
        const { value = '' } = await answers.next();
        process.stderr.write('\n');
        return value;
      },
      print: (line) => process.stdout.write(`${line}\n`),
      now: () => systemClock.now(),
    });
    if (status === undefined) process.stderr.write(usage);
    return status ?? 2;
  } finally {
    lines.close();
  }
}

const commands: Readonly<Record<string, () => Promise<number>>> = {
  migrate: migrateCommand,
  keys,
  'invite-administrator': inviteAdministratorCommand,
  verify: () => verifyCommand(process.argv.slice(3)),
  audit: () => auditCommand(process.argv.slice(3)),
  erase: eraseCommand,
  dedupe: dedupeCommand,
  offline,
};

const run = commands[process.argv[2] ?? ''];
const asksForHelp = process.argv.length === 2 || process.argv.includes('--help');
if (run && !asksForHelp) {
  run().then(
    (status) => process.exit(status),
    (error: unknown) => {
      process.stderr.write(error instanceof ConfigError ? `${error.message}\n` : `${error instanceof Error ? error.message : error}\n`);
      process.exit(2);
    },
  );
} else {
  (asksForHelp ? process.stdout : process.stderr).write(usage);
  process.exit(asksForHelp ? 0 : 2);
}
