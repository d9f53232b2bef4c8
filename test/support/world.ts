import { generateKeyPairSync } from 'node:crypto';
import { shippedModel } from '../../src/matching/index.ts';
import { newId, type Scope, sql } from '../../src/platform/index.ts';
import { daysOf, giveCeilings, makeKind, makeReintegration, makeWork, registeredBefore } from './extras.ts';
import { type Frame, makeFrame, makePerson, type Person, receive } from './fixtures.ts';
import { httpGatewayTo } from './gateways.ts';
import { payList } from './paid.ts';
import { makePlan, someDefinition } from './plans.ts';
import type { Client, TestPlatform } from './platform.ts';
import { fileOf, many } from './registration-files.ts';

/** The identifiers of one record of every kind, by the name that paths and bodies give it. */
export type Ids = Readonly<Record<string, string>>;

/** A corner of the world: a programme, one of its funds, an office, and a record of every kind that lies there. */
export interface Corner {
  readonly ids: Ids;
  readonly programmeId: string;
  readonly fundId: string;
  readonly officeId: string;
}

/** Where a record lies, by the name that gives its identifier; what is not here lies nowhere in particular. */
export function scopeOf({ programmeId: programme, fundId: fund, officeId: office }: Corner, name: string): Scope | undefined {
  if (
    [
      'fundId',
      'listId',
      'voucherId',
      'cancellationId',
      'changeId',
      'advanceId',
      'handPayoutId',
      'accountId',
      'entryId',
      'messageId',
      'settlementId',
    ].includes(name)
  )
    return { programme, fund };
  if (['packId', 'conflictId'].includes(name)) return { programme, office };
  if (name === 'payoutId') return { programme, fund, office };
  if (name === 'officeId') return { office };
  if (['deviceId', 'tillId', 'lookUpId'].includes(name)) return { office };
  // Of the whole agency: nobody reaches it whose role is for a place.
  if (['everything', 'retentionRunId', 'gatewayId'].includes(name)) return {};
  if (['userId', 'partnerId', 'sessionId'].includes(name)) return undefined;
  return { programme };
}

/**
 * Two programmes, the first with two funds, and two offices; in each corner a record of every kind.
 * @returns three corners: one, its neighbour in the same programme, and a far one
 */
export async function makeWorld(platform: TestPlatform): Promise<[here: Corner, beside: Corner, far: Corner]> {
  const staff: Staff = {
    enrolment: await platform.as('enrolment_officer'),
    programme: await platform.as('programme_officer'),
    finance: await platform.as('finance_officer'),
    administrator: await platform.as('administrator'),
    keeper: await platform.as('administrator'),
  };
  const frame = await makeFrame(platform);
  const far = await makeFrame(platform);
  const fundId = newId();
  await platform.owner.query(
    `insert into funds (id, programme_id, donor, agreement, currency, created_by, created_at) values ($1, $2, 'Another donor', 'AG-2', 'DZD', $1, now())`,
    [fundId, frame.programmeId],
  );
  await receive(platform, { programmeId: frame.programmeId, fundId }, '10000000.00');
  const corners: Corner[] = [];
  for (const [n, place] of [frame, { ...frame, fundId }, far].entries()) corners.push(await makeCorner(platform, staff, place, n));
  await platform.settled();
  return corners as [Corner, Corner, Corner];
}

interface Staff {
  readonly enrolment: Client;
  readonly programme: Client;
  readonly finance: Client;
  readonly administrator: Client;
  /** Makes the keys of the machines that the administrator has made. */
  readonly keeper: Client;
}

async function makeCorner(platform: TestPlatform, staff: Staff, frame: Frame, n: number): Promise<Corner> {
  const { programmeId, fundId, officeId } = frame;
  const { owner } = platform;
  // Two corners are of one programme, and nobody is asked about the same days twice.
  const month = `2026-0${3 + n}`;
  const people: Person[] = [];
  for (let i = 0; i < 5; i += 1) people.push(await makePerson(platform, programmeId));
  people.sort((one, other) => (one.id < other.id ? -1 : 1));
  const [first, second, third, fourth, person] = people as [Person, Person, Person, Person, Person];
  const planId = await makePlan(platform, frame, [person]);
  const entitlement = await owner.query('select id from entitlements where plan_id = $1', [planId]);
  const made = async (client: Client, path: string, body: object | string = {}): Promise<Ids> =>
    (await client.post(path, body).expect((answer) => expectMade(path, answer))).body;
  const list = await made(staff.programme, `/v1/programmes/${programmeId}/payment-lists`, {
    name: newId(),
    planIds: [planId],
    fundIds: [fundId],
  });
  const [paid, live, bound, handed] = await payList(platform, frame, [
    { outcome: 'paid', officeId, paidOn: `${month}-10` },
    { outcome: 'live' },
    { outcome: 'live' },
    { outcome: 'live' },
  ]);
  const voucher = await owner.query('select id from vouchers where serial = $1', [paid?.serial]);
  const handPayoutId = await deliveredByHand(platform, handed?.serial ?? '');
  const [changeId, advanceId, holdId, messageId] = [newId(), newId(), newId(), newId()];
  await owner.query(
    `insert into voucher_changes (id, voucher_id, kind, reason, asked_by, asked_at)
    select $1, id, 'reissue', 'Telephone lost', $1, now() from vouchers where serial = $2`,
    [changeId, live?.serial],
  );
  await owner.query(
    `insert into advances (id, programme_id, fund_id, officer_id, round, visit_on, amount, currency, asked_at)
    select $1, programme_id, fund_id, $1, 'In Guezzam road', '2099-01-01', amount, currency, now() from vouchers where serial = $2`,
    [advanceId, live?.serial],
  );
  await owner.query(`insert into advance_vouchers (advance_id, voucher_id) select $1, id from vouchers where serial = $2`, [
    advanceId,
    live?.serial,
  ]);
  await owner.query(
    `insert into messages (id, kind, voucher_id, counter, beneficiary_id, list_id, next_try_at, created_at)
    select $1, 'code', id, counter, collector_id, list_id, 'infinity', now() from vouchers where serial = $2`,
    [messageId, live?.serial],
  );
  const gateway = await made(staff.administrator, '/v1/gateways', {
    name: `Gateway ${n}`,
    position: n + 1,
    ...httpGatewayTo('https://sms.invalid'),
  });
  await owner.query(
    `insert into phone_holds (id, beneficiary_id, programme_id, merged_id, hands, changed_by, changed_at, held_until)
    values ($1, $2, $3, $4, array[$1::uuid], $1, now(), now() + interval '2 days')`,
    [holdId, third.id, programmeId, fourth.id],
  );
  const definition = someDefinition();
  const scorecard = await made(staff.programme, `/v1/programmes/${programmeId}/scorecards`, { definition });
  const other = await made(staff.programme, `/v1/programmes/${programmeId}/scorecards`, { definition });
  const run = await made(staff.programme, `/v1/scorecards/${scorecard['id']}/runs`);
  const pair = (one: Person, other: Person) =>
    owner.query(
      `insert into duplicate_pairs (first_id, second_id, programme_id, score, evidence, found_at) values ($1, $2, $3, 0.5, '[]', now())
      on conflict do nothing`,
      [one.id, other.id, programmeId],
    );
  await pair(first, second);
  await pair(third, fourth);
  await made(staff.programme, `/v1/duplicate-pairs/${third.id}/${fourth.id}/decision`, {
    decision: 'same_person',
    survivorId: third.id,
    reason: 'The same document',
    version: 1,
  });
  const merger = await owner.query('select id from mergers where loser_id = $1', [fourth.id]);
  await owner.query(
    `insert into matching_models values (gen_random_uuid(), $1, 1, $2, $3, gen_random_uuid(), now()) on conflict do nothing`,
    [
      programmeId,
      { ...shippedModel, version: 1 },
      { withVersion: 0, pairs: 0, moves: [], decided: { pairs: 0, rightBefore: 0, rightAfter: 0 } },
    ],
  );
  const [statementId, exceptionId] = [newId(), newId()];
  await owner.query(
    `insert into statements (id, programme_id, name, content_digest, currency, from_date, to_date, uploaded_by, uploaded_at)
    values ($1, $2, 'Statement', $3, 'DZD', '2026-03-01', '2026-03-31', $1, now())`,
    [statementId, programmeId, statementId.replaceAll('-', '').padEnd(64, '0')],
  );
  await owner.query(
    `insert into exceptions (id, programme_id, statement_id, kind, payout_id, detail, opened_at) values ($1, $2, $3, 'ours_not_in_statement', $4, 'x', now())`,
    [exceptionId, programmeId, statementId, paid?.payoutId],
  );
  const [proposalId, attachmentId] = [newId(), newId()];
  await owner.query(
    `insert into exception_decisions (id, exception_id, kind, amount, currency, fund_id, office_id, note, proposed_by, proposed_at)
    values ($1, $2, 'claim_on_post', 1, 'DZD', $3, $4, 'x', $5, now())`,
    [proposalId, exceptionId, fundId, officeId, newId()],
  );
  await owner.query(
    `insert into exception_attachments (id, exception_id, title, location, added_by, added_at) values ($1, $2, 'Letter', 'Archive 12', $1, now())`,
    [attachmentId, exceptionId],
  );
  const unsettled = await settlementInCorner(platform, { programmeId, fundId, officeId }, n);
  const collector = await made(staff.enrolment, `/v1/households/${first.householdId}/collectors`, collectorOf(n));
  const file = await made(staff.enrolment, `/v1/programmes/${programmeId}/registration-files`, fileOf(...many(2, 100 * n)));
  const connection = await made(staff.programme, `/v1/programmes/${programmeId}/kobo-connections`, {
    serverUrl: 'https://kobo.invalid',
    assetUid: `aCorner${n}`,
    token: 'a'.repeat(40),
  });
  const [draw] = await giveCeilings(staff.programme, await makeReintegration(staff.programme, frame), [person]);
  await registeredBefore(platform, [person]);
  const work = await makeWork(staff.programme, frame);
  const sheet = await made(staff.programme, `/v1/plans/${work.planId}/attendance-sheets`, {
    siteId: work.siteId,
    rows: daysOf(person, [2]),
  });
  const topUp = { reason: 'winter', percentage: '10', dueOn: '2026-03-01' };
  const topUpPlanId = await makeKind(staff.programme, frame, 'top_up', { topUp });
  const partner = await made(staff.administrator, '/v1/partners', { name: `Partner ${n}` });
  const key = await made(staff.administrator, `/v1/partners/${partner['id']}/keys`, { programmeId, expiresAt: inMonths(platform, 3) });
  const account = await made(staff.administrator, '/v1/service-accounts', { name: `Machine ${n}`, role: 'auditor', programmeId });
  const expiresAt = inMonths(platform, 3);
  const machineKey = await made(staff.keeper, `/v1/service-accounts/${account['id']}/keys`, {
    permissions: ['programmes.read'],
    expiresAt,
  });
  const webhook: { webhook?: { id: string } } = await made(staff.administrator, `/v1/programmes/${programmeId}/webhooks`, {
    url: 'https://hooks.invalid/',
    events: ['voucher.paid'],
    description: 'The books',
  });
  const webhookId = webhook.webhook?.id ?? '';
  await made(staff.administrator, `/v1/webhooks/${webhookId}/secret`);
  const ping = await made(staff.administrator, `/v1/webhooks/${webhookId}/ping`);
  const scheduled = await made(staff.programme, `/v1/programmes/${programmeId}/export-definitions`, {
    name: 'Daily',
    dataset: 'payouts',
    format: 'csv',
    period: 'day',
    schedule: { every: 'day', hour: 6 },
    purpose: 'monitoring',
    reason: 'As agreed',
  });
  const exportRunId = newId();
  await owner.query(
    `insert into export_runs (id, definition_id, programme_id, is_personal, due_on, from_day, to_day, state, created_at, expires_at)
    values ($1, $2, $3, false, '2026-01-02', '2026-01-01', '2026-01-01', 'preparing', now(), now() + interval '7 days')`,
    [exportRunId, scheduled['id'], programmeId],
  );
  const erasure = await made(staff.programme, `/v1/beneficiaries/${second.id}/erasures`, { ground: 'mistake', reason: 'Case 12' });
  const exporting = staff.programme.post(`/v1/programmes/${programmeId}/beneficiary-exports`, exported).set('Sanad-Purpose', 'monitoring');
  const asked = (await exporting.expect((answer) => expectMade('exports', answer))).body;
  await made(staff.administrator, '/v1/retention/rules', { category: 'exited', programmeId, keepDays: 4_000, reason: 'As agreed' });
  const [delegationId, cancellationId] = [newId(), newId()];
  await owner.query(
    `insert into payment_list_cancellations (id, list_id, whole, instalments, reason, line_count, total, currency, proposed_by, proposed_at)
    select $1, list_id, true, 'free', 'As agreed', 1, amount, currency, gen_random_uuid(), now() from vouchers where id = $2`,
    [cancellationId, voucher.rows[0].id],
  );
  const [away, deputy] = [
    await platform.as('approver', { programme: programmeId }),
    await platform.as('approver', { programme: programmeId }),
  ];
  await owner.query(
    `insert into approval_delegations (id, grant_id, user_id, deputy_id, role, starts_at, ends_at, created_by, created_at)
    select $1, id, user_id, $3, role, now(), now() + interval '1 day', user_id, now() from role_grants where user_id = $2`,
    [delegationId, away.userId, deputy.userId],
  );
  const [deviceId, passkeyId, alertId, readId, retentionRunId] = [newId(), newId(), newId(), newId(), newId()];
  const [lookUpId, tillId, signalId] = [newId(), newId(), newId()];
  await owner.query(
    `insert into signals (id, programme_id, kind, key, concerns, severity, count, began_at, ended_at, evidence, found_at)
    values ($1::uuid, $2, 'shared_phone', $1::text, '{}', 'medium', 4, now(), now(), '{}', now())`,
    [signalId, programmeId],
  );
  await owner.query(
    `insert into look_ups (id, voucher_id, counter, agent_id, office_id, looked_at, expires_at)
    select $1, id, counter, $1, $2, now(), now() + interval '10 minutes' from vouchers where serial = $3`,
    [lookUpId, officeId, live?.serial],
  );
  const user = await platform.as('enrolment_officer', { programme: programmeId });
  await owner.query(
    `with known as (insert into devices (id, office_id, name, enrolled_by, created_at) values ($1, $2, 'Counter', $3, now()))
    insert into device_keys (device_id, version, public_key, created_by, created_at) values ($1, 1, $4, $3, now())`,
    [deviceId, officeId, user.userId, generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' })],
  );
  const { packId, conflictId } = await packWithConflict(platform, { programmeId, officeId, deviceId, serial: bound?.serial ?? '' });
  await owner.query(
    `insert into tills (id, office_id, agent_id, day, currency, opening, opened_by, opened_at)
    values ($1, $2, $3, current_date, 'DZD', 0, $1, now())`,
    [tillId, officeId, user.userId],
  );
  // A day that every office has to itself.
  await owner.query(`insert into office_days values ($1, '2099-01-01', null, null, 'Holiday') on conflict do nothing`, [officeId]);
  await owner.query(
    `insert into passkeys (id, user_id, credential_id, public_key, name, transports, is_synced, sign_count, created_at)
    values ($1::uuid, $2, uuid_send($1::uuid), 'key', 'Laptop', '{}', false, 0, now())`,
    [passkeyId, user.userId],
  );
  await owner.query(
    `insert into alerts (id, kind, at, subject_type, subject_id, programme_id) values ($1, 'test.alert', now(), 'programme', $2::text, $2::uuid)`,
    [alertId, programmeId],
  );
  await owner.query(
    `insert into person_reads (id, at, actor_id, actor_kind, purpose, purpose_stated, operation, programme_id, beneficiary_ids)
    values ($1, now(), $2, 'user', 'support', false, 'getBeneficiary', $3, array[$4::uuid])`,
    [readId, user.userId, programmeId, person.id],
  );
  await owner.query(`insert into retention_runs (id, day, started_at) values ($1, date '2020-01-01' + $2::int, now())`, [
    retentionRunId,
    n,
  ]);
  const told = await made(staff.programme, `/v1/programmes/${programmeId}/feedback-cases`, {
    channel: 'desk',
    category: 'question',
    language: 'fr',
    text: 'When is it?',
  });
  const feedback = await owner.query('select id from feedback_cases where reference = $1', [told['reference']]);
  const round = await made(staff.programme, `/v1/programmes/${programmeId}/survey-rounds`, {
    name: newId(),
    from: `${month}-01`,
    to: `${month}-30`,
  });
  await made(staff.programme, `/v1/survey-rounds/${round['id']}/draw`);
  const interview = await owner.query('select id from survey_interviews where round_id = $1 limit 1', [round['id']]);
  const bank = await owner.query(`select id from accounts where fund_id = $1 and kind = 'bank'`, [fundId]);
  const entry = await owner.query(`select id from journal_entries where fund_id = $1 and event = 'contribution'`, [fundId]);
  const { periodId, reopeningId } = await closedLongAgo(platform, programmeId);
  const event = await owner.query('select id from audit_events where programme_id = $1 and fund_id is null and office_id is null limit 1', [
    programmeId,
  ]);
  const session = await owner.query('select id from sessions where user_id = $1', [user.userId]);
  const grant = await owner.query('select id from role_grants where user_id = $1', [user.userId]);
  return {
    programmeId,
    fundId,
    officeId,
    ids: {
      programmeId,
      fundId,
      officeId,
      planId,
      entitlementId: entitlement.rows[0].id,
      drawId: draw?.id ?? '',
      caseId: feedback.rows[0].id,
      roundId: round['id'] ?? '',
      interviewId: interview.rows[0].id,
      workPlanId: work.planId,
      siteId: work.siteId,
      sheetId: String(sheet['id']),
      topUpPlanId,
      delegationId,
      cancellationId,
      listId: String(list['id']),
      voucherId: voucher.rows[0].id,
      changeId,
      advanceId,
      handPayoutId,
      lookUpId,
      tillId,
      packId,
      conflictId,
      payoutId: paid?.payoutId ?? '',
      scorecardId: String(scorecard['id']),
      otherScorecardId: String(other['id']),
      runId: String(run['id']),
      beneficiaryId: person.id,
      holdId,
      messageId,
      gatewayId: String(gateway['id']),
      registrationNumber: person.registrationNumber,
      householdId: first.householdId,
      collectorId: String(collector['id']),
      firstId: first.id,
      secondId: second.id,
      mergerId: merger.rows[0].id,
      statementId,
      exceptionId,
      proposalId,
      attachmentId,
      ...unsettled,
      fileId: String(file['id']),
      connectionId: String(connection['id']),
      partnerId: String(partner['id']),
      keyId: String(key['id']),
      userId: user.userId,
      grantId: grant.rows[0].id,
      sessionId: session.rows[0].id,
      passkeyId,
      deviceId,
      alertId,
      signalId,
      serviceAccountId: String(account['id']),
      serviceKeyId: String(machineKey['id']),
      readId,
      eventId: event.rows[0].id,
      exportId: String(asked['export'].id),
      erasureId: String(erasure['id']),
      webhookId,
      deliveryId: String(ping['id']),
      definitionId: String(scheduled['id']),
      exportRunId,
      retentionRunId,
      accountId: bank.rows[0].id,
      entryId: entry.rows[0].id,
      periodId,
      reopeningId,
    },
  };
}

/** A voucher that was delivered by hand, of which a receipt was signed before somebody. */
async function deliveredByHand({ owner }: TestPlatform, serial: string): Promise<string> {
  const id = newId();
  await owner.query('begin');
  await owner.query(`update vouchers set state = 'redeemed' where serial = $1`, [serial]);
  await owner.query('set local session_replication_role = replica');
  await owner.query(
    `with v as (select * from vouchers where serial = $2),
      drawn as (insert into advances (id, programme_id, fund_id, officer_id, round, visit_on, amount, currency, state, delivered, asked_at, handed_by,
          handed_at, handed_reference)
        select $1, programme_id, fund_id, $1, 'In Guezzam road', '2099-01-01', amount, currency, 'handed', amount, now(), gen_random_uuid(), now(), 'R-1'
        from v),
      paid as (insert into payouts (id, voucher_id, advance_id, agent_id, collector_id, amount, currency, document_type, document_last_four, paid_at, paid_on)
        select $1, id, $1, $1, collector_id, amount, currency, 'passport', '1234', now(), current_date from v)
    insert into deliveries values ($1, 'receipt', gen_random_uuid(), 'P-1')`,
    [id, serial],
  );
  await owner.query('commit');
  return id;
}

/** A pack that is prepared, and a conflict of something that was reported for it. */
async function packWithConflict(
  { owner }: TestPlatform,
  { programmeId, officeId, deviceId, serial }: { programmeId: string; officeId: string; deviceId: string; serial: string },
): Promise<{ packId: string; conflictId: string }> {
  const [packId, conflictId] = [newId(), newId()];
  await owner.query(`insert into offline_limits values ($1, $2, $3, 200, 100000, 'DZD', 72, 24, $1, now())`, [
    newId(),
    programmeId,
    officeId,
  ]);
  await owner.query(`update vouchers set expires_at = now() + interval '60 days' where serial = $1`, [serial]);
  await owner.query(
    `with made as (
      insert into offline_packs (id, programme_id, office_id, device_id, agent_id, prepared_by, prepared_at, starts_at, ends_at, grace_ends_at,
        voucher_count, cash_limit, currency, work_factor, head_hash)
      values ($1, $2, $3, $4, gen_random_uuid(), gen_random_uuid(), now(), now(), now() + interval '8 hours', now() + interval '3 days', 1, 100, 'DZD',
        4, repeat('0', 64)) returning id),
    bound as (insert into offline_bindings select made.id, v.id from made, vouchers v where v.serial = $5),
    reported as (
      insert into offline_entries (id, pack_id, payload, signature, hash, is_genuine, is_proven, received_by, received_at)
      select $6, id, 'nothing', 'nothing', repeat('0', 64), false, false, $6, now() from made returning id, pack_id)
    insert into offline_conflicts (id, entry_id, pack_id, programme_id, office_id, reason, opened_at)
    select id, id, pack_id, $2, $3, 'bad_signature', now() from reported`,
    [packId, programmeId, officeId, deviceId, serial, conflictId],
  );
  await owner.query(`update offline_entries set state = 'conflict' where id = $1`, [conflictId]);
  return { packId, conflictId };
}

/** A programme's closed period before everything else, which somebody wants to open again. */
async function closedLongAgo({ owner }: TestPlatform, programmeId: string): Promise<{ periodId: string; reopeningId: string }> {
  const known = await owner.query(
    `select p.id as "periodId", r.id as "reopeningId" from ledger_periods p join ledger_reopenings r on r.period_id = p.id where p.programme_id = $1`,
    [programmeId],
  );
  if (known.rows[0]) return known.rows[0];
  const [periodId, reopeningId] = [newId(), newId()];
  await owner.query(
    `insert into ledger_periods (id, programme_id, number, starts_on, ends_on, from_at, until_at, created_at)
    values ($1, $2, 1, '2000-01-01', '2000-01-31', '2000-01-01', '2000-02-01', now())`,
    [periodId, programmeId],
  );
  await owner.query(
    `insert into ledger_closings values ($1, 1, $1, now(), '[{"check": "identities", "holds": true, "openCount": 0, "open": []}]')`,
    [periodId],
  );
  await owner.query(`update ledger_periods set state = 'closed' where id = $1`, [periodId]);
  await owner.query(`insert into ledger_reopenings values ($1, $2, 1, 'A receipt was found', $1, now())`, [reopeningId, periodId]);
  return { periodId, reopeningId };
}

function expectMade(path: string, { status, body }: { status: number; body: unknown }): void {
  if (status >= 300) throw new Error(`${path}: ${status} ${JSON.stringify(body)}`);
}

export const inMonths = ({ clock }: TestPlatform, months: number): string =>
  new Date(clock.now().getTime() + months * 30 * 86_400_000).toISOString();

export const collectorOf = (n: number) => ({
  names: { given: 'Moussa', family: 'Keita' },
  document: { type: 'passport', number: `C${7_000_000 + n}`, issuingCountry: 'MLI' },
  validUntil: '2099-01-01',
});

/** What is asked for when people are taken out as a file. */
export const exported = { reason: 'As agreed', format: 'csv', fields: ['registrationNumber'], language: 'fr', encryption: 'zip' };

/** A settlement that is made and not approved, an invoice of the post, and a remainder that somebody wants carried forward. */
async function settlementInCorner(
  platform: TestPlatform,
  { programmeId, fundId, officeId }: Pick<Frame, 'programmeId' | 'fundId' | 'officeId'>,
  n: number,
): Promise<Ids> {
  const [settlementId, invoiceId, carryForwardId] = [newId(), newId(), newId()];
  await platform.app.database.transaction(async (tx) => {
    await tx.run(sql`insert into settlements (id, programme_id, fund_id, reference, amount, currency, from_date, to_date, made_by, made_at)
      values (${settlementId}, ${programmeId}, ${fundId}, ${`C${settlementId.slice(0, 30)}`}, 0.01, 'DZD', '2026-03-01', '2026-03-31', ${settlementId}, now())`);
    await tx.run(
      sql`insert into settlement_lines (settlement_id, position, office_id, principal, fee) values (${settlementId}, 1, ${officeId}, 0.01, 0)`,
    );
    await tx.run(sql`insert into settlement_steps values (${settlementId}, 'drafted', ${settlementId}, now(), null)`);
    await tx.run(sql`insert into post_invoices (id, programme_id, number, issued_on, from_date, to_date, currency, payout_count, principal, fee, recorded_by, recorded_at)
      values (${invoiceId}, ${programmeId}, ${`F-${n}`}, '2026-04-01', '2026-03-01', '2026-03-31', 'DZD', 1, 0.01, 0, ${invoiceId}, now())`);
    await tx.run(sql`insert into post_invoice_lines (invoice_id, position, office_id, office_code, payout_count, principal, fee)
      values (${invoiceId}, 1, ${officeId}, '16000', 1, 0.01, 0)`);
    await tx.run(sql`insert into post_terms (programme_id, version, payer_name, payer_account, payee_name, payee_account, reason, set_by, set_at)
      values (${programmeId}, 1, 'We', 'A-1', 'The post', 'B-1', 'Agreed', ${invoiceId}, now()) on conflict do nothing`);
    await tx.run(sql`insert into ledger_carry_forwards (id, programme_id, office_id, ends_on, amount, currency, reason, asked_by, asked_at)
      values (${carryForwardId}, ${programmeId}, ${officeId}, ${`2026-0${n + 1}-28`}, 0.01, 'DZD', 'Too late', ${carryForwardId}, now())`);
  });
  return { settlementId, invoiceId, carryForwardId };
}
