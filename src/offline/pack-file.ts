import { Encrypter } from 'age-encryption';
import { authoriseRead } from '../access/index.ts';
import type { Signer } from '../audit/index.ts';
import { openIdentity, openPeople } from '../beneficiaries/index.ts';
import { type Actor, type Ground, Money, problem } from '../platform/index.ts';
import { codeOf } from '../vouchers/index.ts';
import { inOtherState } from './commands/hand-out.ts';
import { newAgreementPair, pepperOf } from './device/keys.ts';
import type { Pack, PackAlternate, PackVoucher } from './device/pack.ts';
import { type SlowHash, saltOf, stretch, verifierOf } from './device/verifier.ts';
import { offlineProblem } from './problems.ts';
import { findDevice } from './store/devices.ts';
import { findOpenPack } from './store/entries.ts';
import { officeOf, packById, scopeOfPack } from './store/packs.ts';
import { alternateRows, type PackRow, packRows } from './store/vouchers.ts';
import { twoAtATime } from './two-at-a-time.ts';
import type { OfflinePack } from './types.ts';
import { say } from './words.ts';

/** A pack as it is handed out, and whom it names inside. */
export interface PackFile {
  readonly packId: string;
  readonly programmeId: string;
  readonly people: { beneficiaryId: string; collectorId: string }[];
  /** base64url */
  readonly file: string;
}

const beingMade = new Set<string>();

/** What a pack is made with. */
interface Making {
  readonly slowHash: SlowHash;
  readonly signer: Signer;
}

/**
 * Makes the file of a pack for its device, signed and then encrypted, one at a time of each pack: every voucher in it is slow on purpose. The key that the verifiers are made with is forgotten at once: each file has another.
 * @throws not_found to anybody but the agent; pack_in_other_state when it is not out; file_being_made
 */
export async function packFile(ground: Ground, making: Making, actor: Actor, packId: string): Promise<PackFile> {
  authoriseRead(actor, 'offline.read_file');
  const scope = await scopeOfPack(ground.db, packId);
  const pack = await packById(ground.db, packId);
  authoriseRead(actor, 'offline.read_file', scope, pack.agentId);
  if (beingMade.has(packId)) throw offlineProblem.file_being_made(say('file_being_made'));
  beingMade.add(packId);
  try {
    return await makeFile(ground, making, pack);
  } finally {
    beingMade.delete(packId);
  }
}

async function makeFile({ db, keyRing }: Ground, { slowHash, signer }: Making, pack: OfflinePack): Promise<PackFile> {
  const packId = pack.id;
  const device = await findDevice(db, pack.deviceId);
  if (pack.state !== 'out') throw inOtherState(pack);
  if (!device?.recipient || !device.agreementKey) throw problem.not_found('There is no such record.');
  const rows = await packRows(db, packId);
  const people = await openPeople(db, keyRing, [...new Set(rows.flatMap((row) => [row.beneficiaryId, row.collectorId]))], ['names']);
  const alternates = (await alternateRows(db, packId)).map(({ serial, id, householdId, identity, until }) => {
    const { names } = openIdentity(keyRing, householdId, id, identity);
    return { serial, alternate: { id, name: spoken(names), until: until.toISOString() } };
  });
  const { secret, publicJwk } = await newAgreementPair();
  const { workFactor } = await findOpenPack(db, packId);
  const pepper = await pepperOf(secret, device.agreementKey, packId);
  const vouchers = await twoAtATime(rows, async (row) => {
    const digits = codeOf(keyRing, row);
    const others = alternates.filter(({ serial }) => serial === row.serial).map(({ alternate }) => alternate);
    return describe(row, people, others, verifierOf(pepper, await stretch(slowHash, digits, saltOf(packId, row.serial), workFactor)));
  });
  const content: Pack = {
    format: 'sanad-offline-pack-2',
    packId,
    deviceId: pack.deviceId,
    agentId: pack.agentId,
    office: await officeOf(db, pack.officeId),
    startsAt: pack.startsAt,
    endsAt: pack.endsAt,
    cashLimit: pack.cashLimit,
    workFactor,
    agreementKey: publicJwk,
    vouchers,
  };
  const encrypter = new Encrypter();
  encrypter.addRecipient(device.recipient);
  return {
    packId,
    programmeId: pack.programmeId,
    people: rows.map(({ beneficiaryId, collectorId }) => ({ beneficiaryId, collectorId })),
    file: Buffer.from(await encrypter.encrypt(signer.sign(`${JSON.stringify(content)}\n`))).toString('base64url'),
  };
}

type Names = Awaited<ReturnType<typeof openIdentity>>['names'];
type People = Awaited<ReturnType<typeof openPeople<'names'>>>;

const nameOf = (people: People, id: string): string | null => {
  const names = people.get(id)?.names;
  return names ? spoken(names) : null;
};

const spoken = ({ given, middle, family }: Names): string => [given, middle, family].filter(Boolean).join(' ');

async function describe(
  row: PackRow,
  people: People,
  alternates: readonly PackAlternate[],
  verifier: Promise<string>,
): Promise<PackVoucher> {
  return {
    serial: row.serial,
    registrationNumber: row.registrationNumber,
    amount: Money.of(row.amount, row.currency).toJSON(),
    collectorId: row.collectorId,
    collector: nameOf(people, row.collectorId),
    beneficiary: nameOf(people, row.beneficiaryId),
    alternates,
    verifier: await verifier,
  };
}
