import { readFile, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import {
  checkProof,
  consistencyProof,
  type Finding,
  inclusionProof,
  signerOf,
  trailFindings,
  verifierOf,
  verifyGuards,
  verifyRecords,
  verifyRights,
  verifyTrail,
} from './audit/index.ts';
import { bookFindings, verifyBooks } from './ledger/index.ts';
import { type Config, ConfigError, Database, type Db, isId, readConfig, systemClock } from './platform/index.ts';
import { openDatabase } from './server.ts';

const meanings: Readonly<Record<string, string>> = { ...trailFindings, ...bookFindings };
/** Of one kind so many are printed; the rest are counted. */
const PRINTED = 50;

const out = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

async function withReader<T>(config: Config, work: (db: Db) => Promise<T>): Promise<T> {
  const { address, embedded } = await openDatabase(config);
  const database = new Database({ ...address, poolSize: 4 });
  try {
    return await work(database.reader);
  } finally {
    await database.close();
    await embedded?.stop();
  }
}

/** The public keys that are vouched for: the present one, those that the settings name, and those given on the line. */
function trustedKeys(config: Config, given: readonly string[] = []) {
  const own = signerOf(config.AUDIT_ORIGIN, Buffer.from(config.AUDIT_SIGNING_KEY, 'base64')).verifierKey;
  return [own, ...config.AUDIT_OLD_KEYS, ...given].map((key) => {
    try {
      return verifierOf(key);
    } catch (error) {
      throw new ConfigError(`${key}: ${error instanceof Error ? error.message : error}`);
    }
  });
}

/** `sanad verify`: recomputes the trail and the books from nothing. @returns 1 when anything does not hold */
export async function verifyCommand(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: { json: { type: 'boolean' }, heads: { type: 'string' }, inside: { type: 'boolean' }, key: { type: 'string', multiple: true } },
  });
  const config = readConfig(process.env);
  const verifiers = trustedKeys(config, values.key);
  const headsFile = values.inside ? undefined : (values.heads ?? config.AUDIT_HEADS_FILE);
  const report = reporter(values.json === true);
  return withReader(config, async (db) => {
    for (const fault of [...(await verifyGuards(db)), ...(await verifyRights(db))]) report.add(fault);
    const trail = await drained(verifyTrail(db, { now: systemClock.now(), verifiers, headsFile }), report.add);
    const records = await drained(verifyRecords(db, systemClock.now()), report.add);
    const books = await drained(verifyBooks(db), report.add);
    return report.end({ ...trail, ...records, ...books });
  });
}

async function drained<Item, Summary>(items: AsyncGenerator<Item, Summary>, take: (item: Item) => void): Promise<Summary> {
  for (;;) {
    const next = await items.next();
    if (next.done) return next.value;
    take(next.value);
  }
}

function reporter(json: boolean): { add(fault: Finding): void; end(summary: Readonly<Record<string, number>>): number } {
  const counts = new Map<string, number>();
  const write = (fault: Finding) =>
    out(json ? JSON.stringify(fault) : `${fault.kind}: ${fault.subject.type} ${fault.subject.id}: ${fault.detail}`);
  return {
    add(fault) {
      const seen = (counts.get(fault.kind) ?? 0) + 1;
      counts.set(fault.kind, seen);
      if (json || seen <= PRINTED) write(fault);
    },
    end(summary) {
      const found = Object.fromEntries(counts);
      if (json) out(JSON.stringify({ holds: counts.size === 0, found, ...summary }));
      else {
        for (const [kind, count] of counts) out(`${count} × ${kind}: ${meanings[kind]}`);
        out(
          `${summary['events']} events under ${summary['heads']} heads (${summary['outsideHeads']} outside), ${summary['records']} readings and alerts, ${summary['identities']} identities of ` +
            `${summary['programmes']} programmes: ${counts.size === 0 ? 'everything holds' : 'NOT everything holds'}.`,
        );
      }
      return counts.size === 0 ? 0 : 1;
    },
  };
}

const usage = `Usage: sanad audit COMMAND

  key                       print the public key that heads are signed under
  prove EVENT [--out FILE]  prove that an event is in the trail
  consistency FROM TO [--out FILE]
                            prove that the trail of TO events begins with the one of FROM events
  check FILE --key KEY      check a proof; needs no database and no settings
`;

/** `sanad audit …` @returns 1 when a proof does not hold */
export async function auditCommand(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { out: { type: 'string' }, key: { type: 'string', multiple: true } },
  });
  const [command, ...operands] = positionals;
  const [first = '', second = ''] = operands;
  const write = async (proof: object): Promise<number> => {
    const text = `${JSON.stringify(proof, null, 2)}\n`;
    if (values.out) await writeFile(values.out, text);
    else process.stdout.write(text);
    return 0;
  };
  if (command === 'key' && operands.length === 0) {
    const config = readConfig(process.env);
    out(signerOf(config.AUDIT_ORIGIN, Buffer.from(config.AUDIT_SIGNING_KEY, 'base64')).verifierKey);
    return 0;
  }
  if (command === 'prove' && operands.length === 1 && isId(first)) {
    return write(await withReader(readConfig(process.env), (db) => inclusionProof(db, first)));
  }
  if (command === 'consistency' && operands.length === 2 && [first, second].every((size) => /^\d{1,15}$/.test(size))) {
    return write(await withReader(readConfig(process.env), (db) => consistencyProof(db, Number(first), Number(second))));
  }
  if (command === 'check' && operands.length === 1 && values.key) {
    const verdict = checkProof(JSON.parse(await readFile(first, 'utf8')), values.key);
    out(verdict.holds ? verdict.says : `It does not hold: ${verdict.why}.`);
    return verdict.holds ? 0 : 1;
  }
  throw new ConfigError(usage);
}
