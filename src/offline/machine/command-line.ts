import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readCode } from '../../vouchers/index.ts';
import { openPack } from '../device/pack.ts';
import { type OfflineLocator, OfflineTill } from '../device/till.ts';
import { ChainFile } from './chain-file.ts';
import { makeKeyFile, readKeyFile, trustPlatform } from './key-file.ts';
import { nodeSlowHash } from './slow-hash.ts';

export const offlineUsage = `  offline keys DIR --device ID --key SIGNING.jwk [--version N] | trust DIR PACK_KEY
  offline list DIR PACK | pay DIR PACK (--serial S | --number N) --document TYPE:LAST4 [--collector ID] | close DIR PACK | report DIR PACK [--from N]
            the counter of an office without a network; asks for the device's passphrase, and for the code when it pays. keys and report
            print what is sent to the server; trust keeps the packKey that it answers to the keys; DIR keeps the keys and what was done
`;

/** Where the counter asks and answers. */
export interface Terminal {
  /** Asks for something secret. */
  ask(question: string): Promise<string>;
  print(line: string): void;
  now(): Date;
  /** What one guess at a passphrase costs, if not the usual. */
  readonly workFactor?: number;
}

const options = {
  device: { type: 'string' },
  key: { type: 'string' },
  version: { type: 'string', default: '1' },
  serial: { type: 'string' },
  number: { type: 'string' },
  document: { type: 'string', default: '' },
  collector: { type: 'string' },
  from: { type: 'string', default: '1' },
} as const;

/**
 * Works the counter of an office without a network.
 * @returns the exit status: 0 when it did what was asked, 1 when nobody was paid, undefined when it was not understood
 */
export async function offlineCommand(args: readonly string[], terminal: Terminal): Promise<number | undefined> {
  const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options });
  // What comes third is a pack, or the key that packs are signed with.
  const [verb, folder, packFile] = positionals;
  if (!verb || !folder) return undefined;
  const passphrase = await terminal.ask('Passphrase of this device: ');
  if (verb === 'keys') {
    if (!values.device || !values.key) return undefined;
    const signing = JSON.parse(await readFile(values.key, 'utf8')) as object;
    const device = { deviceId: values.device, signing, version: Number(values.version) };
    const enrolment = await makeKeyFile(keyFile(folder), passphrase, device, terminal.workFactor);
    terminal.print(JSON.stringify(enrolment));
    return 0;
  }
  if (!packFile) return undefined;
  if (verb === 'trust') {
    await trustPlatform(keyFile(folder), passphrase, packFile, terminal.workFactor);
    return 0;
  }
  const keys = await readKeyFile(keyFile(folder), passphrase);
  const pack = await openPack(await readFile(packFile), keys);
  const file = await ChainFile.open(join(folder, `${pack.packId}.chain`));
  try {
    const ports = { now: terminal.now, slowHash: nodeSlowHash, readCode, append: file.append };
    const till = await OfflineTill.open(pack, keys, file.kept, ports);
    if (verb === 'list') {
      for (const { serial, registrationNumber, amount, collector } of pack.vouchers)
        terminal.print([serial, registrationNumber, `${amount.amount} ${amount.currency}`, collector ?? '?'].join('  '));
      return 0;
    }
    if (verb === 'pay') return await pay(till, values, terminal);
    if (verb === 'close') await till.close();
    else if (verb === 'report')
      terminal.print(JSON.stringify({ length: till.length, entries: portionOf(till.signedFrom(Number(values.from))) }));
    else return undefined;
    return 0;
  } finally {
    await file.close();
  }
}

/** As much as a report takes, always with the newest entry: that shows what had been done by then. */
export const portionOf = <Entry>(entries: readonly Entry[]): readonly Entry[] =>
  entries.length <= 50 ? entries : [...entries.slice(0, 49), ...entries.slice(-1)];

const keyFile = (folder: string): string => join(folder, 'device.age');

async function pay(
  till: OfflineTill,
  given: { serial?: string | undefined; number?: string | undefined; document: string; collector?: string | undefined },
  terminal: Terminal,
): Promise<number | undefined> {
  const locator: OfflineLocator | undefined = given.serial
    ? { serial: given.serial }
    : given.number
      ? { registrationNumber: given.number }
      : undefined;
  const [documentType = '', documentLastFour = ''] = given.document.split(':');
  if (!locator || !documentType || documentLastFour.length !== 4) return undefined;
  for (const { collector, alternates, amount } of till.find(locator)) {
    terminal.print(`${collector ?? '?'}: ${amount.amount} ${amount.currency}`);
    for (const { id, name } of alternates) terminal.print(`  or ${name}, with --collector ${id}`);
  }
  const answer = await till.pay({
    locator,
    code: await terminal.ask('Code: '),
    collectorId: given.collector,
    documentType,
    documentLastFour,
  });
  terminal.print(
    'paid' in answer ? `PAID. Hand over ${answer.paid.amount.amount} ${answer.paid.amount.currency}.` : `NOT PAID: ${answer.refusal}.`,
  );
  return 'paid' in answer ? 0 : 1;
}
