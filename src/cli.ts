import { parseArgs } from 'node:util';
import { createApp } from './app.ts';
import { checkIdentities } from './ledger/index.ts';
import { dedupeFile, FileError } from './matching/index.ts';
import { ConfigError, createLogger, migrate, readConfig, sql, systemClock } from './platform/index.ts';
import { openDatabase } from './server.ts';

const usage = `Usage: sanad COMMAND

  migrate   bring the database up to date (DATABASE_OWNER_URL, or the embedded one)
  verify    recompute the books from nothing and print what does not hold; status 1 if anything does not
  dedupe FILE --out PAIRS.csv [--link OTHER.csv]
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

async function verifyCommand(): Promise<number> {
  const settings = config();
  const { address, embedded } = await openDatabase(settings);
  const app = createApp({ config: settings, address, clock: systemClock, logger: createLogger('warn') });
  try {
    const { reader } = app.database;
    const programmes = await reader.all<{ id: string; code: string }>(sql`select id, code from programmes order by code`);
    let broken = 0;
    for (const { id, code } of programmes) {
      const identities = await checkIdentities(reader, id);
      const faults = identities.filter(({ holds }) => !holds);
      for (const { identity, subject, left, right } of faults) {
        const sum = right.map(({ term, amount }) => `${term} ${amount.amount}`).join(' + ') || '0';
        process.stdout.write(
          `identity_broken: ${identity} of ${subject.type} ${subject.id}: ${left.term} ${left.amount.amount} is not ${sum}\n`,
        );
      }
      process.stdout.write(`${code}: ${identities.length - faults.length} of ${identities.length} identities hold.\n`);
      broken += faults.length;
    }
    return broken === 0 ? 0 : 1;
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

const commands: Readonly<Record<string, () => Promise<number>>> = { migrate: migrateCommand, verify: verifyCommand, dedupe: dedupeCommand };

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
