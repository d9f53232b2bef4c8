import { join } from 'node:path';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import {
  ChainFile,
  type DeviceKeys,
  enrolmentText,
  newAgreementPair,
  nodeSlowHash,
  OfflineTill,
  openPack,
  type Pack,
  type PublicJwk,
  signed,
} from '../../src/offline/index.ts';
import type { ShiftedClock } from '../../src/platform/index.ts';
import { readCode } from '../../src/vouchers/index.ts';
import type { CashedOut } from './cash-out.ts';
import { redemption } from './cash-out.ts';
import { GRANT } from './pay.ts';
import type { Received } from './phones.ts';
import type { Pilot } from './set-up.ts';
import type { Member } from './staff.ts';
import { ORIGIN, type Stage } from './stage.ts';

const PIN = '385172';
const OUT = 4;
const PAID = 3;

interface Settings {
  readonly clock: ShiftedClock;
  readonly dataDir: string;
}

/** An office loses its network for a day, and pays from a pack all the same. @returns the counters afterwards */
export async function payWithoutNetwork(stage: Stage, pilot: Pilot, cashed: CashedOut, { clock, dataDir }: Settings): Promise<CashedOut> {
  stage.chapter('Paying at an office without a network');
  const { staff, programmeId, finance, reconciler, administrator } = pilot;
  const [counter] = cashed.counters;
  const going = cashed.unused.slice(-OUT);
  if (!counter || going.length < OUT) throw new Error('too few people in the story');
  const { agent, office } = counter;
  const officeId = office.id;
  await staff.signInAgain();
  const maxCash = { amount: '200000.00', currency: 'DZD' };
  await finance.api.call('setOfflineLimits', {
    params: { programmeId },
    body: { officeId, maxVouchers: 20, maxCash, maxHours: 12, graceHours: 48 },
  });
  const keys = await enrolDevice(agent, officeId);
  const supervisor = await staff.hire(administrator, 'office_supervisor', `Second supervisor ${office.code}`, { officeId });
  const { id: agentId } = await agent.api.call('whoAmI');
  const serials = going.map(({ serial }) => serial);
  const body = { officeId, deviceId: keys.deviceId, agentId, hours: 10, cashLimit: maxCash, vouchers: { serials } };
  const own = await agent.api.refusal('prepareOfflinePack', { params: { programmeId }, body });
  stage.check('an agent prepares no pack', own?.code, 'forbidden');
  const { id: packId, voucherCount } = await supervisor.api.call('prepareOfflinePack', { params: { programmeId }, body });
  stage.check('the supervisor binds vouchers to the office', voucherCount, OUT);
  await agent.api.call('handOutOfflinePack', { params: { packId } });
  const { file } = await agent.api.call('getOfflinePackFile', { params: { packId } });
  const pack = await openPack(Buffer.from(file, 'base64url'), keys);
  const [elsewhere] = cashed.counters.slice(1);
  const bound = elsewhere && (await elsewhere.agent.api.refusal('redeemVoucher', redemption(elsewhere, going[0] as Received)));
  stage.check('they pay nowhere else meanwhile', bound?.code, 'wrong_office');

  const { length, entries } = await dayWithout(stage, { pack, keys, clock, dataDir }, going);
  const report = (some: typeof entries) => agent.api.call('syncOfflinePack', { params: { packId }, body: { length, entries: [...some] } });
  const [first, second] = entries;
  if (!first || !second) throw new Error('the device has kept nothing');
  // A byte is changed on the way, and the line drops after it.
  const bad = await report([first, { ...second, payload: second.payload.replace('passport', 'pasSport') }]);
  stage.check(
    'what was changed on the way is not booked',
    [bad.entries.at(-1)?.state, bad.entries.at(-1)?.reason],
    ['conflict', 'bad_signature'],
  );
  const answers = [await report(entries), await report(entries)];
  const booked = answers.map((answer) => answer.entries.filter(({ state }) => state === 'booked').length);
  stage.check('the same report twice books each pay-out once', booked, [PAID, PAID]);
  const conflicts = await reconciler.api.call('listOfflineConflicts', { params: { programmeId }, query: { state: 'open' } });
  for (const { id } of conflicts.items)
    await reconciler.api.call('resolveOfflineConflict', {
      params: { conflictId: id },
      body: { resolution: 'dismissed', note: 'The true one came afterwards.' },
    });
  stage.check('finance decides what could not be booked', conflicts.items.length, 1);
  await staff.signInAgain();
  const closed = await supervisor.api.call('closeOfflinePack', { params: { packId } });
  stage.check(
    'the supervisor closes it: three paid, the fourth pays anywhere again',
    [closed.state, closed.paidCount, closed.paid.amount, closed.openConflicts],
    ['closed', PAID, `${Number.parseInt(GRANT, 10) * PAID}.00`, 0],
  );
  const paid = new Set(serials.slice(0, PAID));
  return { ...cashed, paid: cashed.paid + PAID, unused: cashed.unused.filter(({ serial }) => !paid.has(serial)) };
}

/** Makes a counter's device known, by the agent who works on it, with the keys that packs are locked with. */
async function enrolDevice({ api }: Member, officeId: string): Promise<DeviceKeys> {
  const pair = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify']);
  const { x = '', y = '' } = await crypto.subtle.exportKey('jwk', pair.publicKey);
  const publicKey: PublicJwk = { kty: 'EC', crv: 'P-256', x, y };
  const { id: userId } = await api.call('whoAmI');
  const { deviceId, challenge } = await api.call('askToEnrolOnDevice', { body: {} });
  const signature = await signed(pair.privateKey, ['sanad-device-v1', ORIGIN, 'enrol', deviceId, userId, challenge].join('\n'));
  await api.call('enrolOnDevice', {
    params: { deviceId },
    body: { challenge, signature, pin: PIN, device: { officeId, name: 'Counter 1', publicKey } },
  });
  const identity = await generateX25519Identity();
  const recipient = await identityToRecipient(identity);
  const { secret, publicJwk } = await newAgreementPair();
  const text = enrolmentText(deviceId, 1, recipient, publicJwk);
  const { packKey } = await api.call('enrolOfflineKeys', {
    params: { deviceId },
    body: { version: 1, recipient, agreementKey: publicJwk, signature: await signed(pair.privateKey, text) },
  });
  return { deviceId, signing: pair.privateKey, agreement: secret, identity, platform: packKey };
}

interface Day {
  readonly pack: Pack;
  readonly keys: DeviceKeys;
  readonly clock: ShiftedClock;
  readonly dataDir: string;
}

/** What the device does without a network, and through a loss of power. */
async function dayWithout(stage: Stage, { pack, keys, clock, dataDir }: Day, going: readonly Received[]) {
  const path = join(dataDir, `${pack.packId}.chain`);
  const open = async () => {
    const file = await ChainFile.open(path);
    const ports = { now: () => clock.now(), slowHash: nodeSlowHash, readCode, append: file.append };
    return { file, till: await OfflineTill.open(pack, keys, file.kept, ports) };
  };
  const seen = { documentType: 'passport', documentLastFour: '0042' };
  const before = await open();
  const [one, two, three] = going as [Received, Received, Received];
  const pay = (till: OfflineTill, { serial }: Received, { code }: Received) => till.pay({ locator: { serial }, code, ...seen });
  const wrong = await pay(before.till, one, two);
  stage.check('the device tells a wrong code', wrong, { refusal: 'code_refused' });
  const paid = ['paid' in (await pay(before.till, one, one))];
  await before.file.close();
  const { file, till } = await open();
  stage.check('after a restart it remembers whom it paid', await pay(till, one, one), { refusal: 'paid' });
  for (const person of [two, three]) paid.push('paid' in (await pay(till, person, person)));
  stage.check('three people have their cash', paid, [true, true, true]);
  await till.close();
  await file.close();
  return { length: till.length, entries: till.signedFrom(1) };
}
