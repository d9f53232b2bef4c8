import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { post } from '../../src/ledger/index.ts';
import { outboxFile, queueCodes, sendingOf } from '../../src/messaging/index.ts';
import { Money, newId, sql } from '../../src/platform/index.ts';
import { issueVouchers } from '../../src/vouchers/index.ts';
import { type Frame, makePerson, type Person } from './fixtures.ts';
import type { TestPlatform } from './platform.ts';
import { signList } from './signed.ts';

/** A line of the outbox: what one phone received. */
export interface ReceivedSms {
  readonly to: string;
  readonly text: string;
  readonly reference: string;
}

/** A voucher whose message has arrived, with the code that was in it. */
export interface TestVoucher {
  readonly id: string;
  readonly serial: string;
  readonly listId: string;
  readonly person: Person;
  /** Nine digits; empty when no message arrived. */
  readonly code: string;
  readonly text: string;
}

export interface VoucherOptions {
  readonly amount?: string;
  readonly people?: readonly Person[];
  /** Whether the messages are sent before this returns; they wait for `sendMessages` otherwise. */
  readonly send?: boolean;
}

/** Every message in the outbox. */
export const receivedSms = ({ dataDir }: Pick<TestPlatform, 'dataDir'>): ReceivedSms[] =>
  existsSync(outboxFile(dataDir))
    ? readFileSync(outboxFile(dataDir), 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as ReceivedSms)
    : [];

/** The code in a message. */
export const codeIn = (text: string): string => /\d{3} \d{3} \d{3}/.exec(text)?.[0].replaceAll(' ', '') ?? '';

/** A released list of so many people, with vouchers whose codes have been sent. Made without the rooms that plan and approve. */
export async function makeVouchers(
  platform: TestPlatform,
  frame: Frame,
  count: number,
  options: VoucherOptions = {},
): Promise<TestVoucher[]> {
  const { amount = '15000.00', send = true } = options;
  const people = options.people ?? (await makePeople(platform, frame.programmeId, count));
  const { listId } = await releasedList(platform, frame, people, amount);
  const now = platform.clock.now();
  const total = Money.of(amount, 'DZD').times(people.length);
  await platform.app.database.transaction(async (tx) => {
    const { programmeId, fundId } = frame;
    await post(
      tx,
      now,
      (['approval', 'issue'] as const).map((event) => ({
        event,
        programmeId,
        fundId,
        subject: { type: 'payment_list', id: listId },
        amount: total,
      })),
    );
    await issueVouchers(
      { tx, now, keyRing: platform.app.keyRing },
      { id: listId, programmeId },
      { from: 1, to: people.length, count: people.length },
    );
    await queueCodes(tx, now, listId, { from: 1, to: people.length });
    // Whoever sends what is due passes over what waits for ever.
    if (!send) await tx.run(sql`update messages set next_try_at = 'infinity' where list_id = ${listId}`);
  });
  if (send) await sendMessages(platform, listId);
  return vouchersOf(platform, listId, people);
}

/** Has the messages of a list sent, those that were made to wait among them. */
export async function sendMessages(platform: TestPlatform, listId: string): Promise<void> {
  const now = platform.clock.now();
  const followUp = { id: newId(), ...sendingOf(listId) };
  await platform.app.database.transaction(async (tx) => {
    await tx.run(sql`update messages set next_try_at = ${now} where list_id = ${listId} and state = 'pending'`);
    await tx.insert('follow_ups', [{ ...followUp, attempts: 0, created_at: now }]);
  });
  await platform.app.jobs.start([followUp]);
  await platform.settled();
}

async function makePeople(platform: TestPlatform, programmeId: string, count: number): Promise<Person[]> {
  const people: Person[] = [];
  for (let i = 0; i < count; i += 1) people.push(await makePerson(platform, programmeId));
  return people;
}

async function releasedList({ app, clock }: TestPlatform, { programmeId, fundId }: Frame, people: readonly Person[], amount: string) {
  const [planId, listId, maker] = [newId(), newId(), newId()];
  const now = clock.now();
  const digest = createHash('sha256').update(listId).digest('hex');
  const money = Money.of(amount, 'DZD');
  const drafted = people.map(({ id, householdId }, i) => ({
    id: newId(),
    position: i + 1,
    entitlementId: newId(),
    instalmentId: newId(),
    fundId,
    beneficiaryId: id,
    collectorId: id,
    householdId,
    amount: money,
  }));
  await app.database.transaction(async (tx) => {
    await tx.insert('plans', [
      {
        id: planId,
        programme_id: programmeId,
        programme_version: 1,
        kind: 'one_time_grant',
        name: planId,
        purpose: `rent ${planId}`,
        amount_rule: { rule: 'fixed', amount },
        currency: 'DZD',
        due_on: '2026-01-01',
        created_by: maker,
        created_at: now,
      },
    ]);
    await tx.insert(
      'entitlements',
      drafted.map(({ entitlementId, beneficiaryId }) => ({
        id: entitlementId,
        plan_id: planId,
        beneficiary_id: beneficiaryId,
        created_at: now,
      })),
    );
    await tx.insert(
      'instalments',
      drafted.map(({ entitlementId, instalmentId, beneficiaryId, householdId }) => ({
        id: instalmentId,
        entitlement_id: entitlementId,
        number: 1,
        plan_id: planId,
        kind: 'one_time_grant',
        programme_id: programmeId,
        beneficiary_id: beneficiaryId,
        household_id: householdId,
        purpose: `rent ${planId}`,
        covers_from: '2026-01-01',
        covers_to: '2026-01-01',
        due_on: '2026-01-01',
        amount,
        currency: 'DZD',
        created_at: now,
      })),
    );
    await tx.insert('payment_lists', [
      {
        id: listId,
        programme_id: programmeId,
        name: listId,
        source: {},
        currency: 'DZD',
        state: 'building',
        line_count: people.length,
        total: money.times(people.length).toString(),
        version: 1,
        built_by: maker,
        created_at: now,
      },
    ]);
    await tx.insert(
      'payment_list_lines',
      drafted.map(({ id, position, instalmentId, beneficiaryId, householdId }) => ({
        id,
        list_id: listId,
        position,
        instalment_id: instalmentId,
        plan_id: planId,
        kind: 'one_time_grant',
        purpose: `rent ${planId}`,
        covers_from: '2026-01-01',
        covers_to: '2026-01-01',
        fund_id: fundId,
        beneficiary_id: beneficiaryId,
        collector_id: beneficiaryId,
        household_id: householdId,
        amount,
        currency: 'DZD',
        wilaya_number: '16',
        sex: 'female',
        age_band: '18-59',
        has_disability: false,
        state: 'included',
      })),
    );
    await tx.insert('payment_list_funds', [
      { list_id: listId, fund_id: fundId, line_count: people.length, total: money.times(people.length).toString() },
    ]);
    await signList(tx, listId, maker, digest, now);
    await tx.run(sql`update payment_list_lines set state = 'released' where list_id = ${listId}`);
    await tx.run(sql`update payment_lists set state = 'released', released_at = ${now} where id = ${listId}`);
  });
  return { listId };
}

async function vouchersOf(platform: TestPlatform, listId: string, people: readonly Person[]): Promise<TestVoucher[]> {
  const { rows } = await platform.owner.query<{ id: string; serial: string; collector_id: string; message_id: string }>(
    `select v.id, v.serial, v.collector_id, m.id as message_id from vouchers v join messages m on m.voucher_id = v.id where v.list_id = $1`,
    [listId],
  );
  const texts = new Map(receivedSms(platform).map(({ reference, text }) => [reference, text]));
  const byPerson = new Map(rows.map((row) => [row.collector_id, row]));
  return people.flatMap((person) => {
    const row = byPerson.get(person.id);
    if (!row) return [];
    const text = texts.get(row.message_id) ?? '';
    return [{ id: row.id, serial: row.serial, listId, person, code: codeIn(text), text }];
  });
}
