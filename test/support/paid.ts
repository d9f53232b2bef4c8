import { createHash, randomInt } from 'node:crypto';
import { type LedgerEvent, post } from '../../src/ledger/index.ts';
import { Money, mod97Digits, newId, sql, type Tx } from '../../src/platform/index.ts';
import type { Frame } from './fixtures.ts';
import { someDefinition } from './plans.ts';
import type { TestPlatform } from './platform.ts';
import { signList } from './signed.ts';

/** Somebody on a list and what became of their voucher; whatever is left out is ordinary. */
export interface Wish {
  readonly outcome?: 'paid' | 'live' | 'expired' | 'cancelled' | 'voided' | 'returned';
  readonly amount?: string;
  readonly paidOn?: string;
  readonly officeId?: string;
  readonly agentId?: string;
  /** Whether a field officer brings the cash, from an advance of the fund. */
  readonly byHand?: boolean;
  /** Somebody who was on another list before. */
  readonly person?: Pick<Paid, 'beneficiaryId' | 'householdId'>;
  readonly householdId?: string;
  readonly sex?: 'female' | 'male' | 'other';
  readonly ageBand?: '0-5' | '6-11' | '12-17' | '18-59' | '60+';
  readonly hasDisability?: boolean;
  readonly wilaya?: string;
  /** The fund that pays; the frame's when left out. */
  readonly fundId?: string;
}

/** What came of a wish. */
export interface Paid {
  readonly beneficiaryId: string;
  readonly householdId: string;
  readonly serial: string;
  readonly amount: string;
  readonly paidOn: string;
  readonly payoutId: string;
  readonly agentId: string;
}

export interface ListOptions {
  readonly kind?: 'one_time_grant' | 'stipend' | 'reintegration_cash' | 'top_up' | 'cash_for_work' | 'emergency_cash';
  readonly approvedAt?: string;
}

let counter = 0;

const nextSerial = (): string => {
  counter += 1;
  const digits = String(100_000_000_000 + counter * 7919);
  return digits + mod97Digits(digits);
};

/** The document that every collector of these lists showed. */
export const documentLastFour = '4321';

type Line = ReturnType<typeof lineFor>;

function lineFor(frame: Frame, wish: Wish) {
  const paid: Paid = {
    beneficiaryId: wish.person?.beneficiaryId ?? newId(),
    householdId: wish.person?.householdId ?? wish.householdId ?? newId(),
    serial: nextSerial(),
    amount: wish.amount ?? '15000.00',
    paidOn: wish.paidOn ?? '2026-03-10',
    payoutId: newId(),
    agentId: wish.agentId ?? newId(),
  };
  return {
    wish,
    paid,
    outcome: wish.outcome ?? 'paid',
    officeId: wish.officeId ?? frame.officeId,
    fundId: wish.fundId ?? frame.fundId,
    lineId: newId(),
    voucherId: newId(),
    entitlementId: newId(),
    instalmentId: newId(),
  };
}

/**
 * A payment list carried through its life, with vouchers, pay-outs and postings, as the rooms that do this would leave it.
 * @returns one result for each wish, in order
 */
export async function payList(platform: TestPlatform, frame: Frame, wishes: readonly Wish[], options: ListOptions = {}): Promise<Paid[]> {
  const { kind = 'one_time_grant', approvedAt = '2026-03-01T09:00:00Z' } = options;
  const lines = wishes.map((wish) => lineFor(frame, wish));
  await platform.app.database.transaction(async (tx) => {
    const listId = await releaseList(tx, frame, lines, kind, new Date(approvedAt));
    await deliver(tx, frame, listId, lines, new Date(approvedAt));
  });
  return lines.map(({ paid }) => paid);
}

const totalOf = (lines: readonly Line[]): Money =>
  Money.sum(
    lines.map(({ paid }) => Money.of(paid.amount, 'DZD')),
    'DZD',
  );

const byFund = (lines: readonly Line[]): [string, Line[]][] =>
  [...new Set(lines.map(({ fundId }) => fundId))].map((fundId) => [fundId, lines.filter((line) => line.fundId === fundId)]);

async function releaseList(tx: Tx, { programmeId }: Frame, lines: readonly Line[], kind: string, at: Date): Promise<string> {
  const [listId, planId, maker] = [newId(), newId(), newId()];
  const by = newId();
  const newcomers = lines.filter(({ wish }) => !wish.person);
  const households = [...new Set(newcomers.map(({ paid }) => paid.householdId))];
  await tx.run(sql`insert into households (id, programme_id, reference, size, created_at)
    select h, ${programmeId}, h, 1, ${at} from unnest(${households}::uuid[]) h on conflict do nothing`);
  await tx.insert(
    'beneficiaries',
    newcomers.map(({ paid, wish }) => ({
      id: paid.beneficiaryId,
      registration_number: paid.serial.slice(2, 12),
      household_id: paid.householdId,
      relationship: 'head',
      sex: wish.sex ?? 'female',
      language: 'fr',
      wilaya_number: wish.wilaya ?? '16',
      commune: 'Alger Centre',
      version: 1,
      registered_by: by,
      registered_at: at,
    })),
  );
  await tx.insert('scorecards', [
    // So far apart that versions which are counted on from one meet no other.
    {
      id: planId,
      programme_id: programmeId,
      version: randomInt(1_000_000, 2_000_000_000),
      definition: someDefinition(),
      created_by: by,
      created_at: at,
    },
  ]);
  await tx.insert('plans', [
    {
      id: planId,
      programme_id: programmeId,
      programme_version: 1,
      kind,
      name: `Plan ${planId}`,
      purpose: 'rent',
      amount_rule: { rule: 'fixed', amount: '15000.00' },
      currency: 'DZD',
      due_on: kind === 'one_time_grant' ? '2026-03-01' : null,
      ...(kind === 'stipend' ? { starts_on: '2026-03-01', ends_on: '2026-03-31', every: 'month', due_at: 'start' } : {}),
      scorecard_id: planId,
      created_by: by,
      created_at: at,
    },
  ]);
  await tx.insert(
    'entitlements',
    lines.map(({ entitlementId, paid }) => ({ id: entitlementId, plan_id: planId, beneficiary_id: paid.beneficiaryId, created_at: at })),
  );
  await tx.insert(
    'instalments',
    // Each for a purpose of its own, so that nobody is paid twice for one.
    lines.map(({ instalmentId, entitlementId, paid }) => ({
      id: instalmentId,
      entitlement_id: entitlementId,
      number: 1,
      plan_id: planId,
      kind,
      programme_id: programmeId,
      beneficiary_id: paid.beneficiaryId,
      household_id: paid.householdId,
      purpose: `rent ${instalmentId}`,
      covers_from: '2026-03-01',
      covers_to: '2026-03-01',
      due_on: '2026-03-01',
      amount: paid.amount,
      currency: 'DZD',
      created_at: at,
    })),
  );
  const digest = createHash('sha256').update(listId).digest('hex');
  await tx.insert('payment_lists', [
    {
      id: listId,
      programme_id: programmeId,
      name: `List ${listId}`,
      source: {},
      currency: 'DZD',
      state: 'building',
      line_count: lines.length,
      total: totalOf(lines).toString(),
      built_by: maker,
      version: 1,
      created_at: at,
    },
  ]);
  await tx.insert(
    'payment_list_lines',
    lines.map(({ lineId, instalmentId, fundId, paid, wish }, i) => ({
      id: lineId,
      list_id: listId,
      position: i + 1,
      instalment_id: instalmentId,
      plan_id: planId,
      kind,
      purpose: `rent ${instalmentId}`,
      covers_from: '2026-03-01',
      covers_to: '2026-03-01',
      fund_id: fundId,
      beneficiary_id: paid.beneficiaryId,
      collector_id: paid.beneficiaryId,
      household_id: paid.householdId,
      amount: paid.amount,
      currency: 'DZD',
      wilaya_number: wish.wilaya ?? '16',
      sex: wish.sex ?? 'female',
      age_band: wish.ageBand ?? '18-59',
      has_disability: wish.hasDisability ?? false,
      state: 'included',
    })),
  );
  await tx.insert(
    'payment_list_funds',
    byFund(lines).map(([fundId, drawn]) => ({
      list_id: listId,
      fund_id: fundId,
      line_count: drawn.length,
      total: totalOf(drawn).toString(),
    })),
  );
  await signList(tx, listId, maker, digest, at);
  const returned = lines.filter(({ outcome }) => outcome === 'returned');
  await tx.run(sql`update payment_list_lines set state = 'returned', return_reason = 'consent_withdrawn'
    where id = any(${returned.map(({ lineId }) => lineId)}::uuid[])`);
  await tx.run(sql`update payment_list_lines set state = 'released' where list_id = ${listId} and state = 'included'`);
  await tx.run(sql`update payment_lists set state = 'released', released_at = ${at} where id = ${listId}`);
  const subject = { type: 'payment_list', id: listId };
  for (const [fundId, drawn] of byFund(lines))
    await post(tx, at, [{ event: 'approval', programmeId, fundId, subject, amount: totalOf(drawn) }]);
  for (const [fundId, drawn] of byFund(returned))
    await post(tx, at, [{ event: 'approval_returned', programmeId, fundId, subject, amount: totalOf(drawn) }]);
  return listId;
}

async function deliver(tx: Tx, { programmeId }: Frame, listId: string, lines: readonly Line[], at: Date): Promise<void> {
  const released = lines.filter(({ outcome }) => outcome !== 'returned');
  const of = (...outcomes: Line['outcome'][]) => released.filter(({ outcome }) => outcomes.includes(outcome));
  const moveTo = (state: string, moved: readonly Line[]) =>
    tx.run(sql`update vouchers set state = ${state},
      activated_at = coalesce(activated_at, ${at}), expires_at = coalesce(expires_at, ${at}::timestamptz + interval '60 days')
    where id = any(${moved.map(({ voucherId }) => voucherId)}::uuid[])`);
  await tx.insert(
    'vouchers',
    released.map(({ voucherId, lineId, fundId, paid }) => ({
      id: voucherId,
      serial: paid.serial,
      line_id: lineId,
      list_id: listId,
      programme_id: programmeId,
      fund_id: fundId,
      beneficiary_id: paid.beneficiaryId,
      collector_id: paid.beneficiaryId,
      amount: paid.amount,
      currency: 'DZD',
      state: 'issued',
      key_version: 1,
      counter: 0,
      failed_attempts: 0,
      issued_at: at,
    })),
  );
  const transfer = (event: LedgerEvent, line: Line, subject: { type: string; id: string }) => ({
    event,
    programmeId,
    fundId: line.fundId,
    subject,
    amount: Money.of(line.paid.amount, 'DZD'),
    officeId: line.officeId,
  });
  const ofVoucher = (event: LedgerEvent, moved: readonly Line[]) =>
    post(
      tx,
      at,
      moved.map((line) => transfer(event, line, { type: 'voucher', id: line.voucherId })),
    );
  for (const [fundId, drawn] of byFund(released))
    await post(tx, at, [
      { event: 'issue', programmeId, fundId, subject: { type: 'payment_list', id: listId }, part: 1, amount: totalOf(drawn) },
    ]);
  await moveTo('activated', released);
  const carried = of('paid').filter(({ wish }) => wish.byHand);
  const advances = new Map<string, { id: string; officerId: string }>();
  for (const [fundId, drawn] of byFund(carried)) advances.set(fundId, await drawAdvance(tx, programmeId, fundId, drawn, at));
  const advanceOf = (line: Line) => (carried.includes(line) ? advances.get(line.fundId) : undefined);
  await moveTo('expired', of('expired'));
  await ofVoucher('expiry', of('expired'));
  await moveTo('cancelled', of('cancelled'));
  await ofVoucher('cancellation', of('cancelled'));
  await moveTo('redeemed', of('paid', 'voided'));
  const payout = ({ paid }: Line) => ({ type: 'payout', id: paid.payoutId });
  for (const day of new Set(of('paid', 'voided').map(({ paid }) => paid.paidOn))) {
    const paidAt = new Date(`${day}T09:00:00Z`);
    const today = of('paid', 'voided').filter(({ paid }) => paid.paidOn === day);
    await tx.insert(
      'payouts',
      today.map((line) => ({
        id: line.paid.payoutId,
        voucher_id: line.voucherId,
        office_id: advanceOf(line) ? null : line.officeId,
        advance_id: advanceOf(line)?.id ?? null,
        agent_id: advanceOf(line)?.officerId ?? line.paid.agentId,
        collector_id: line.paid.beneficiaryId,
        amount: line.paid.amount,
        currency: 'DZD',
        document_type: 'passport',
        document_last_four: documentLastFour,
        paid_at: paidAt,
        paid_on: day,
      })),
    );
    await tx.insert(
      'deliveries',
      today.filter(advanceOf).map(({ paid }) => ({ payout_id: paid.payoutId, proof: 'code' })),
    );
    await post(
      tx,
      paidAt,
      today.map((line) => {
        const advance = advanceOf(line);
        if (!advance) return transfer('payout', line, payout(line));
        const { officeId: _none, ...delivery } = transfer('delivery', line, payout(line));
        return { ...delivery, officerId: advance.officerId };
      }),
    );
    await post(
      tx,
      paidAt,
      today.filter(({ outcome }) => outcome === 'voided').map((line) => transfer('void', line, payout(line))),
    );
  }
  await tx.run(sql`update payouts set voided_at = paid_at, voided_by = ${newId()}, void_reason = 'Counted wrongly'
    where id = any(${of('voided').map(({ paid }) => paid.payoutId)}::uuid[])`);
  await tx.run(sql`update vouchers set state = 'activated', counter = counter + 1
    where id = any(${of('voided').map(({ voucherId }) => voucherId)}::uuid[])`);
}

/** Draws an advance for a round of vouchers, and hands its cash to an officer. */
async function drawAdvance(
  tx: Tx,
  programmeId: string,
  fundId: string,
  round: readonly Line[],
  at: Date,
): Promise<{ id: string; officerId: string }> {
  const [id, officerId, amount] = [newId(), newId(), totalOf(round)];
  await tx.insert('advances', [
    {
      id,
      programme_id: programmeId,
      fund_id: fundId,
      officer_id: officerId,
      round: 'A village',
      visit_on: at.toISOString().slice(0, 10),
      amount: amount.toString(),
      currency: amount.currency,
      asked_at: at,
    },
  ]);
  await tx.insert(
    'advance_vouchers',
    round.map(({ voucherId }) => ({ advance_id: id, voucher_id: voucherId })),
  );
  await tx.run(
    sql`update advances set state = 'handed', handed_by = ${newId()}, handed_at = ${at}, handed_reference = 'R-1' where id = ${id}`,
  );
  await post(tx, at, [{ event: 'advance', programmeId, fundId, officerId, subject: { type: 'advance', id }, amount }]);
  return { id, officerId };
}
