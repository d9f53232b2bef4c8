import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Frame, makeFrame, makePerson, type Person } from '../../test/support/fixtures.ts';
import { approved, makePlan, makeTeam, submitted, type Team } from '../../test/support/plans.ts';
import { startPlatform, type TestPlatform } from '../../test/support/platform.ts';
import { newId } from '../platform/index.ts';

describe('payment lists', () => {
  let platform: TestPlatform;
  let frame: Frame;
  let team: Team;
  let people: Person[];
  beforeAll(async () => {
    platform = await startPlatform();
  });
  afterAll(() => platform.close());
  beforeEach(async () => {
    frame = await makeFrame(platform, '100000.00');
    team = await makeTeam(platform, frame);
    people = [];
    for (let i = 0; i < 3; i += 1) people.push(await makePerson(platform, frame.programmeId));
  });

  const path = () => `/v1/programmes/${frame.programmeId}/payment-lists`;
  const balances = async () => {
    const { body } = await team.finance.get(`/v1/funds/${frame.fundId}/balances`).expect(200);
    const shown = body.balances as { kind: string; balance: { amount: string } }[];
    return Object.fromEntries(shown.map(({ kind, balance }) => [kind, balance.amount]));
  };
  const born = (year: number) => ({ birth: { from: `${year}-01-01`, to: `${year}-12-31`, precision: 'year' as const } });
  const thisYear = () => platform.clock.now().getUTCFullYear();

  it('goes from draft to released, with the money following', async () => {
    const planId = await makePlan(platform, frame, people, '15000.00');
    const { body: draft } = await team.maker.post(path(), { name: 'May', planIds: [planId], fundIds: [frame.fundId] }).expect(201);
    expect(draft).toMatchObject({
      state: 'draft',
      lineCount: 3,
      total: { amount: '45000.00', currency: 'DZD' },
      digest: null,
      leftOut: [],
      byWilaya: [{ wilayaNumber: '16', lines: 3, total: { amount: '45000.00', currency: 'DZD' } }],
      builtBy: team.maker.userId,
      signaturesNeeded: [{ step: 1, role: 'approver', signatures: 1, given: 0 }],
    });

    const { body: frozen } = await team.maker.post(`/v1/payment-lists/${draft.id}/submit`).expect(200);
    expect(frozen.state).toBe('submitted');
    const { rows: lines } = await platform.owner.query(
      `select instalment_id, beneficiary_id, collector_id, fund_id, amount::text, currency, wilaya_number
      from payment_list_lines where list_id = $1 order by position`,
      [draft.id],
    );
    const text = lines.map((line) => `${Object.values(line).join(',')}\n`).join('');
    const sha256 = (what: string) => createHash('sha256').update(what).digest('hex');
    expect(frozen.digest).toBe(sha256(`${sha256(text)}\n`));
    expect(await balances()).toMatchObject({ fund_available: '100000.00', fund_committed: '0.00' });

    const { body: signed } = await team.approver.post(`/v1/payment-lists/${draft.id}/approve`, { digest: frozen.digest }).expect(200);
    expect(signed).toMatchObject({ state: 'approved', signaturesNeeded: [{ given: 1 }] });
    expect(await balances()).toMatchObject({ fund_available: '55000.00', fund_committed: '45000.00' });

    const { body: released } = await team.finance.post(`/v1/payment-lists/${draft.id}/release`).expect(200);
    expect(released).toMatchObject({ state: 'released', byState: [{ state: 'released', lines: 3 }], returned: [] });
    expect(released.signatures.map(({ userId, hand }: { userId: string; hand: string }) => [userId, hand])).toEqual([
      [team.maker.userId, 'maker'],
      [team.approver.userId, 'approver'],
      [team.finance.userId, 'releaser'],
    ]);
    expect(await balances()).toMatchObject({
      fund_available: '55000.00',
      fund_committed: '0.00',
      vouchers_outstanding: '45000.00',
      bank: '100000.00',
    });

    const { rows: events } = await platform.owner.query(
      `select command, fund_id from audit_events
      where subject_id = $1 and command like 'payments.%' order by id`,
      [draft.id],
    );
    expect(events.map(({ command }) => command)).toEqual([
      'payments.build_list',
      'payments.submit_list',
      'payments.approve_list',
      'payments.release_list',
    ]);
    expect(events.every(({ fund_id }) => fund_id === frame.fundId)).toBe(true);
    const { body: read } = await team.approver.get(`/v1/payment-lists/${draft.id}`).expect(200);
    expect(read).toEqual(released);
  });

  it('previews exactly what it would build, and changes nothing', async () => {
    const planId = await makePlan(platform, frame, people);
    await platform.owner.query(`update enrolments set state = 'suspended' where beneficiary_id = $1`, [people[0]?.id]);
    const { body: preview } = await team.maker.post(`${path()}/preview`, { planIds: [planId], fundIds: [frame.fundId] }).expect(200);
    const left = {
      beneficiaryId: people[0]?.id,
      registrationNumber: people[0]?.registrationNumber,
      instalmentId: expect.any(String),
      planId,
      kind: 'one_time_grant',
      amount: { amount: '15000.00', currency: 'DZD' },
      reason: 'not_enrolled',
      detail: null,
    };
    expect(preview).toMatchObject({ leftOutPeople: [left], nextCursor: null });
    expect((await team.maker.get(path()).expect(200)).body.items).toEqual([]);
    const { body: built } = await team.maker.post(path(), { name: 'Built', planIds: [planId], fundIds: [frame.fundId] }).expect(201);
    const { lines, leftOutPeople: _people, nextCursor: _cursor, ...totals } = preview;
    expect(built).toMatchObject({ lineCount: lines, ...totals });
    expect(totals).toMatchObject({
      total: { amount: '30000.00', currency: 'DZD' },
      funds: [{ fundId: frame.fundId, lines: 2 }],
      byKind: [{ kind: 'one_time_grant', lines: 2 }],
      byPlan: [{ planId, lines: 2, total: { amount: '30000.00' } }],
      bySexAndAge: [{ sex: 'female', ageBand: '18-59', lines: 2 }],
      leftOut: [{ reason: 'not_enrolled', people: 1 }],
    });
    expect((await team.approver.get(`/v1/payment-lists/${built.id}/left-out`).expect(200)).body).toMatchObject({ items: [left] });
    const { body: after } = await team.maker.post(`${path()}/preview`, { planIds: [planId], fundIds: [frame.fundId] }).expect(200);
    expect(after).toMatchObject({ lines: 0, total: { amount: '0.00' }, leftOut: [{ reason: 'not_enrolled', people: 1 }] });
  });

  it('leaves people out for one reason each', async () => {
    const { owner } = platform;
    const person = (overrides = {}) => makePerson(platform, frame.programmeId, overrides);
    const suspended = await person();
    const merged = await person();
    const silent = await person();
    const [twin, other, decided] = [await person(), await person(), await person()].sort((a, b) => (a.id < b.id ? -1 : 1)) as [
      Person,
      Person,
      Person,
    ];
    const orphan = await person(born(thisYear() - 10));
    const paidAlready = await person();
    const uncompared = await person();
    const all = [...people, suspended, merged, silent, twin, other, decided, orphan, paidAlready, uncompared];
    const purpose = 'rent of May';
    const elsewhere = await makePlan(platform, frame, [paidAlready], '100.00', purpose);
    await submitted(team, frame, elsewhere);
    const planId = await makePlan(platform, frame, all, '100.00', purpose);
    await owner.query(`update enrolments set state = 'suspended' where beneficiary_id = $1`, [suspended.id]);
    await owner.query('update beneficiaries set merged_into = $1 where id = $2', [people[0]?.id, merged.id]);
    await owner.query('delete from comparisons_due');
    await owner.query('insert into comparisons_due (beneficiary_id, since) values ($1, $2)', [uncompared.id, '2999-01-01']);
    await owner.query(
      `update consents set withdrawn_at = recorded_at, withdrawn_by = recorded_by where beneficiary_id = $1 and purpose = 'share_with_paying_agent'`,
      [silent.id],
    );
    const pair = (first: Person, second: Person, score: string) =>
      owner.query(
        `insert into duplicate_pairs (first_id, second_id, programme_id, score, evidence, found_at)
      values ($1, $2, $4, $3, '[]', now())`,
        [first.id, second.id, score, frame.programmeId],
      );
    await pair(twin, other, '0.8');
    await pair(twin, decided, '0.79');
    const { body } = await team.maker.post(`${path()}/preview`, { planIds: [planId], fundIds: [frame.fundId] }).expect(200);
    expect(body.lines).toBe(people.length + 1);
    const reasons = new Map(
      (body.leftOutPeople as { registrationNumber: string; reason: string }[]).map((one) => [one.registrationNumber, one.reason]),
    );
    expect(reasons).toEqual(
      new Map([
        [suspended.registrationNumber, 'not_enrolled'],
        [merged.registrationNumber, 'merged'],
        [silent.registrationNumber, 'no_consent'],
        [twin.registrationNumber, 'duplicate_open'],
        [other.registrationNumber, 'duplicate_open'],
        [orphan.registrationNumber, 'no_collector'],
        [paidAlready.registrationNumber, 'overlap'],
        [uncompared.registrationNumber, 'comparison_due'],
      ]),
    );
  });

  it('lets the adult head of the household collect for a child, and keeps what reports need', async () => {
    const head = await makePerson(platform, frame.programmeId);
    const child = await makePerson(
      platform,
      frame.programmeId,
      { ...born(thisYear() - 8), answers: { disability: true } },
      head.householdId,
    );
    const old = await makePerson(platform, frame.programmeId, born(thisYear() - 70));
    const youngHead = await makePerson(platform, frame.programmeId, born(thisYear() - 16));
    const sibling = await makePerson(platform, frame.programmeId, born(thisYear() - 3), youngHead.householdId);
    const planId = await makePlan(platform, frame, [child, old, sibling]);
    const { body } = await team.maker.post(path(), { name: 'Children', planIds: [planId], fundIds: [frame.fundId] }).expect(201);
    expect(body).toMatchObject({ lineCount: 2, leftOut: [{ reason: 'no_collector', people: 1 }] });
    const { rows } = await platform.owner.query(
      `select beneficiary_id, collector_id, age_band, has_disability, sex from payment_list_lines
      where list_id = $1 order by age_band desc`,
      [body.id],
    );
    expect(rows).toEqual([
      { beneficiary_id: old.id, collector_id: old.id, age_band: '60+', has_disability: false, sex: 'female' },
      { beneficiary_id: child.id, collector_id: head.id, age_band: '6-11', has_disability: true, sex: 'female' },
    ]);
  });

  it('lets nobody collect for a child who is not enrolled', async () => {
    const heads = [await makePerson(platform, frame.programmeId), await makePerson(platform, frame.programmeId)];
    const children = [];
    for (const { householdId } of heads) children.push(await makePerson(platform, frame.programmeId, born(thisYear() - 8), householdId));
    const dismiss = (id = '') => platform.owner.query(`update enrolments set state = 'exited' where beneficiary_id = $1`, [id]);
    await dismiss(heads[0]?.id);
    const planId = await makePlan(platform, frame, children);
    const { body } = await team.maker.post(`${path()}/preview`, { planIds: [planId], fundIds: [frame.fundId] }).expect(200);
    expect(body).toMatchObject({ lines: 1, leftOut: [{ reason: 'no_collector', people: 1 }] });
    const { id } = await approved(team, frame, planId);
    await dismiss(heads[1]?.id);
    const { body: list } = await team.finance.post(`/v1/payment-lists/${id}/release`).expect(200);
    expect(list.returned).toEqual([{ reason: 'no_collector', people: 1 }]);
  });

  it('returns, with the money, whoever stopped being payable between approval and release', async () => {
    const planId = await makePlan(platform, frame, people, '10000.00');
    const { id } = await approved(team, frame, planId);
    await platform.owner.query(`update enrolments set state = 'suspended' where beneficiary_id = $1`, [people[1]?.id]);
    const { body } = await team.finance.post(`/v1/payment-lists/${id}/release`).expect(200);
    expect(body).toMatchObject({
      state: 'released',
      returned: [{ reason: 'not_enrolled', people: 1 }],
      byState: [
        { state: 'released', lines: 2, total: { amount: '20000.00' } },
        { state: 'returned', lines: 1, total: { amount: '10000.00' } },
      ],
    });
    expect(await balances()).toMatchObject({ fund_available: '80000.00', fund_committed: '0.00', vouchers_outstanding: '20000.00' });
    const { body: lines } = await team.finance.get(`/v1/payment-lists/${id}/lines?limit=2`).expect(200);
    const { body: rest } = await team.finance.get(`/v1/payment-lists/${id}/lines?limit=2&cursor=${lines.nextCursor}`).expect(200);
    expect([...lines.items, ...rest.items].find(({ state }: { state: string }) => state === 'returned')).toMatchObject({
      registrationNumber: people[1]?.registrationNumber,
      returnReason: 'not_enrolled',
    });
    expect(rest.nextCursor).toBeNull();
    await team.finance.get(`/v1/payment-lists/${id}/lines?cursor=bm9wZQ`).expect(400);
    await platform.owner.query(`update enrolments set state = 'enrolled' where beneficiary_id = $1`, [people[1]?.id]);
    const { body: next } = await team.maker.post(`${path()}/preview`, { planIds: [planId], fundIds: [frame.fundId] }).expect(200);
    expect(next.lines).toBe(1);
  });

  it('gives its instalments and its money back when it is cancelled', async () => {
    const planId = await makePlan(platform, frame, people, '10000.00');
    const { id } = await approved(team, frame, planId);
    await team.maker
      .post(path(), { name: 'Again', planIds: [planId], fundIds: [frame.fundId] })
      .expect(422)
      .expect(({ body }) => expect(body.code).toBe('nothing_to_pay'));
    const { body } = await team.finance.post(`/v1/payment-lists/${id}/cancel`, { reason: 'The season is over.' }).expect(200);
    expect(body).toMatchObject({ state: 'cancelled', returned: [{ reason: 'list_cancelled', people: 3 }] });
    expect(await balances()).toMatchObject({ fund_available: '100000.00', fund_committed: '0.00' });
    await team.maker.post(path(), { name: 'Again', planIds: [planId], fundIds: [frame.fundId] }).expect(201);
    await team.finance.post(`/v1/payment-lists/${id}/release`).expect(409);
    await team.finance.post(`/v1/payment-lists/${id}/cancel`, { reason: 'Twice.' }).expect(409);
  });

  it('is approved for other lines by nobody, nor released with other lines than were signed', async () => {
    const planId = await makePlan(platform, frame, people, '10000.00');
    const { id } = await submitted(team, frame, planId);
    const { body } = await team.approver.post(`/v1/payment-lists/${id}/approve`, { digest: '0'.repeat(64) }).expect(409);
    expect(body.code).toBe('digest_mismatch');
    const { body: list } = await team.approver.get(`/v1/payment-lists/${id}`).expect(200);
    await team.approver.post(`/v1/payment-lists/${id}/approve`, { digest: list.digest }).expect(200);
    await platform.owner.query('set session_replication_role = replica');
    await platform.owner.query('update payment_list_lines set collector_id = $1 where list_id = $2 and position = 1', [people[2]?.id, id]);
    await platform.owner.query('set session_replication_role = origin');
    const { body: refused } = await team.finance.post(`/v1/payment-lists/${id}/release`).expect(409);
    expect(refused.code).toBe('digest_mismatch');
    expect((await team.finance.get(`/v1/payment-lists/${id}`).expect(200)).body.state).toBe('approved');
  });

  it('says what a fund has when that is too little, and leaves the signature ungiven', async () => {
    const [first, second] = [
      await submitted(team, frame, await makePlan(platform, frame, people, '30000.00')),
      await submitted(team, frame, await makePlan(platform, frame, people, '30000.00')),
    ];
    await team.approver.post(`/v1/payment-lists/${first.id}/approve`, { digest: first.digest }).expect(200);
    const { body } = await team.approver.post(`/v1/payment-lists/${second.id}/approve`, { digest: second.digest }).expect(409);
    expect(body).toMatchObject({
      code: 'insufficient_funds',
      fundId: frame.fundId,
      available: '10000.00',
      needed: '90000.00',
      currency: 'DZD',
    });
    const { body: list } = await team.approver.get(`/v1/payment-lists/${second.id}`).expect(200);
    expect(list).toMatchObject({ state: 'submitted', signaturesNeeded: [{ given: 0 }] });
  });

  it('asks for plans and funds of the programme', async () => {
    const other = await makeFrame(platform);
    const planId = await makePlan(platform, other, []);
    const { body } = await team.maker.post(path(), { name: 'Foreign', planIds: [planId], fundIds: [other.fundId] }).expect(422);
    expect(body.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual(['/planIds/0', '/fundIds/0']);
  });

  it('is nothing to somebody of another programme, whether it exists or not', async () => {
    const planId = await makePlan(platform, frame, people);
    const { id, digest } = await submitted(team, frame, planId);
    const strangers = await makeTeam(platform, await makeFrame(platform));
    const same = async (hidden: Promise<{ body: object }>, missing: Promise<{ body: object }>) =>
      expect({ ...(await hidden).body, requestId: '' }).toEqual({ ...(await missing).body, requestId: '' });
    const absent = newId();
    await same(strangers.maker.get(`/v1/payment-lists/${id}`).expect(404), strangers.maker.get(`/v1/payment-lists/${absent}`).expect(404));
    await same(
      strangers.maker.get(`/v1/payment-lists/${id}/lines`).expect(404),
      strangers.maker.get(`/v1/payment-lists/${absent}/lines`).expect(404),
    );
    await same(
      strangers.approver.post(`/v1/payment-lists/${id}/approve`, { digest }).expect(404),
      strangers.approver.post(`/v1/payment-lists/${absent}/approve`, { digest }).expect(404),
    );
    await strangers.finance.post(`/v1/payment-lists/${id}/release`).expect(404);
    await strangers.maker.post(path(), { name: 'Mine', planIds: [planId], fundIds: [frame.fundId] }).expect(404);
    await strangers.maker.post(`${path()}/preview`, { planIds: [planId], fundIds: [frame.fundId] }).expect(404);
    await strangers.finance.get(`/v1/funds/${frame.fundId}/balances`).expect(404);
    await strangers.finance.get(`/v1/programmes/${frame.programmeId}/identities`).expect(404);
    await team.approver.post(`/v1/payment-lists/${id}/release`).expect(403);
    await team.finance.post(`/v1/payment-lists/${id}/approve`, { digest }).expect(403);
    await team.maker.get(`/v1/funds/${frame.fundId}/balances`).expect(403);
  });
});
