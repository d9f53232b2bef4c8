import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Frame, makeFrame, makePerson, type Person } from '../../test/support/fixtures.ts';
import { approved, type ListBody, makePlan, makeTeam, submitted, type Team } from '../../test/support/plans.ts';
import { startPlatform, type TestPlatform } from '../../test/support/platform.ts';
import { changeTerms } from '../../test/support/terms.ts';
import { newId } from '../platform/index.ts';

describe('a frozen list', () => {
  let platform: TestPlatform;
  let frame: Frame;
  let team: Team;
  let people: Person[];
  let app: pg.Client;
  beforeAll(async () => {
    platform = await startPlatform();
    frame = await makeFrame(platform);
    team = await makeTeam(platform, frame);
    people = [await makePerson(platform, frame.programmeId), await makePerson(platform, frame.programmeId)];
    app = await platform.applicationClient();
  });
  afterAll(() => platform.close());

  const fresh = async (): Promise<ListBody> => submitted(team, frame, await makePlan(platform, frame, people));
  const draft = async (): Promise<{ id: string }> => {
    const planId = await makePlan(platform, frame, people);
    return (
      await team.maker
        .post(`/v1/programmes/${frame.programmeId}/payment-lists`, { name: newId(), planIds: [planId], fundIds: [frame.fundId] })
        .expect(201)
    ).body;
  };
  const refused = (text: string, values: unknown[], constraint: string) =>
    expect(app.query(text, values)).rejects.toMatchObject({ constraint });
  const denied = (text: string, values: unknown[]) => expect(app.query(text, values)).rejects.toMatchObject({ code: '42501' });
  const dueOf = 'select i.* from instalments i';
  const insertLine = `insert into payment_list_lines (id, list_id, position, instalment_id, plan_id, kind, purpose, fund_id, beneficiary_id, collector_id,
    household_id, amount, covers_from, covers_to, currency, wilaya_number, sex, age_band, has_disability)
    values ($1, $2, 99, $3, $4, $5, $6, $7, $8, $8, $9, $10, $11, $12, 'DZD', '16', 'female', '18-59', false)`;
  /** The values of a line of an instalment; what is given beside makes it a false one. */
  const lineOf = (listId: string, due: Readonly<Record<string, unknown>>, lie: Readonly<Record<string, unknown>> = {}): unknown[] => {
    const line = { fund_id: frame.fundId, ...due, ...lie } as Record<string, unknown>;
    const named = ['plan_id', 'kind', 'purpose', 'fund_id', 'beneficiary_id', 'household_id', 'amount', 'covers_from', 'covers_to'].map(
      (name) => line[name],
    );
    return [newId(), listId, line['id'], ...named];
  };
  const building = async (): Promise<string> => {
    const id = newId();
    await app.query(
      `insert into payment_lists (id, programme_id, name, source, currency, built_by, created_at) values ($1, $2, $1::uuid::text, '{}', 'DZD', $1, now())`,
      [id, frame.programmeId],
    );
    return id;
  };
  const sign = (listId: string, hand: string, digest: string, step: number | null = null, userId = newId()) =>
    app.query(
      `insert into payment_list_hands (list_id, user_id, hand, step, role, digest, at)
      values ($1, $2, $3, $4, case $3 when 'approver' then 'approver' end, $5, now())`,
      [listId, userId, hand, step, digest],
    );
  const outOfTurn = (attempt: Promise<unknown>) => expect(attempt).rejects.toMatchObject({ constraint: 'payment_list_hands_in_turn' });

  it('takes no further line and gives none up, in plain SQL as the application', async () => {
    const { id } = await fresh();
    await makePlan(platform, frame, people, '5.00');
    const {
      rows: [spare],
    } = await platform.owner.query(`${dueOf} where i.amount = 5 and i.beneficiary_id = $1`, [people[0]?.id]);
    await refused(insertLine, lineOf(id, spare), 'payment_list_lines_while_building');
    await denied('delete from payment_list_lines where list_id = $1', [id]);
    await refused('update payment_lists set total = 1 where id = $1', [id], 'payment_lists_frozen');
    await refused(`update payment_lists set digest = $2 where id = $1`, [id, '0'.repeat(64)], 'payment_lists_frozen');
  });

  it('keeps amount, person, collector and owner as they are', async () => {
    const { id } = await fresh();
    await denied('update payment_list_lines set amount = 1 where list_id = $1', [id]);
    await denied('update payment_list_lines set collector_id = $2 where list_id = $1', [id, people[0]?.id]);
    await denied('update payment_list_lines set fund_id = $2 where list_id = $1', [id, newId()]);
    await denied('update payment_list_funds set fund_id = $2 where list_id = $1', [id, newId()]);
    await denied('delete from payment_list_funds where list_id = $1', [id]);
    await refused('update payment_list_funds set total = 1 where list_id = $1', [id], 'payment_lists_frozen');
    await denied('update payment_lists set built_by = $2 where id = $1', [id, newId()]);
    await denied('update payment_list_hands set user_id = $2 where list_id = $1', [id, newId()]);
    await denied('delete from payment_list_hands where list_id = $1', [id]);
  });

  it('is submitted only with its lines counted and summed, in all and of each fund', async () => {
    const submit = `update payment_lists set state = 'submitted', digest = $2, programme_version = 1 where id = $1`;
    const { id } = await draft();
    await app.query('update payment_lists set total = total + 1 where id = $1', [id]);
    await refused(submit, [id, '0'.repeat(64)], 'payment_lists_totals');
    const { id: other } = await draft();
    await app.query('update payment_list_funds set total = total + 1 where list_id = $1', [other]);
    await refused(submit, [other, '0'.repeat(64)], 'payment_lists_totals');
  });

  it('is submitted only when who built it is on record as a maker', async () => {
    const { id } = await draft();
    const submit = `update payment_lists set state = 'submitted', digest = $2, programme_version = $3 where id = $1`;
    await refused(submit, [id, '0'.repeat(64), 1], 'payment_lists_signed');
  });

  it('is submitted under the terms that its programme has now, and stays under them', async () => {
    const { id } = await draft();
    const submit = `update payment_lists set state = 'submitted', digest = $2, programme_version = $3 where id = $1`;
    for (const version of [null, 2]) await refused(submit, [id, '0'.repeat(64), version], 'payment_lists_present_terms');
    const { id: other } = await fresh();
    await refused('update payment_lists set programme_version = null where id = $1', [other], 'payment_lists_frozen');
  });

  it('has lines that are what their instalment says, from a fund of the programme', async () => {
    await makePlan(platform, frame, people, '6.00');
    const {
      rows: [due],
    } = await platform.owner.query(`${dueOf} where i.amount = 6 and i.beneficiary_id = $1`, [people[0]?.id]);
    const other = await makeFrame(platform);
    const id = await building();
    const lies = [
      { amount: 7 },
      { kind: 'stipend' },
      { purpose: 'another' },
      { covers_from: '2025-12-31' },
      { covers_to: '2026-12-31' },
      { plan_id: await makePlan(platform, frame, []) },
      { fund_id: other.fundId },
    ];
    for (const lie of lies) await refused(insertLine, lineOf(id, due, lie), 'payment_list_lines_of_instalment');
    await app.query(insertLine, lineOf(id, due));
  });

  it('holds lines back in a draft only', async () => {
    const { id } = await fresh();
    const hold = `update payment_list_lines set state = 'held', held_reason = 'Doubt', held_by = $2 where list_id = $1`;
    await refused(hold, [id, newId()], 'payment_lists_frozen');
    const { id: open } = await draft();
    await app.query(hold, [open, newId()]);
    await refused(
      `update payment_list_lines set state = 'released', held_reason = null, held_by = null where list_id = $1`,
      [open],
      'payment_list_lines_transition',
    );
  });

  it('is released in batches that follow each other', async () => {
    const { id } = await fresh();
    const settle = `insert into payment_list_batches values ($1, $2, $3, 5, now())`;
    await refused(settle, [id, 1, 1], 'payment_list_batches_in_order');
    await platform.owner.query(`set session_replication_role = replica`);
    await platform.owner.query(`update payment_lists set state = 'releasing' where id = $1`, [id]);
    await platform.owner.query(`set session_replication_role = origin`);
    await refused(settle, [id, 1, 2], 'payment_list_batches_in_order');
    await refused(settle, [id, 2, 1], 'payment_list_batches_in_order');
    await app.query(settle, [id, 1, 1]);
    await refused(settle, [id, 2, 1], 'payment_list_batches_in_order');
    await denied('delete from payment_list_batches where list_id = $1', [id]);
  });

  it('skips no state', async () => {
    const { id } = await draft();
    await outOfTurn(sign(id, 'releaser', '0'.repeat(64)));
    await refused(
      `update payment_lists set state = 'releasing', digest = $2, programme_version = 1 where id = $1`,
      [id, '0'.repeat(64)],
      'payment_lists_signed',
    );
    const { id: other, digest } = await fresh();
    await outOfTurn(sign(other, 'releaser', digest));
    await refused(`update payment_lists set state = 'releasing' where id = $1`, [other], 'payment_lists_signed');
    await refused(`update payment_lists set state = 'closed' where id = $1`, [other], 'payment_lists_transition');
    await refused(
      `insert into payment_lists (id, programme_id, name, source, currency, state, digest, programme_version, built_by, created_at)
      select $1, programme_id, 'Born approved', '{}', currency, 'approved', digest, 1, built_by, now() from payment_lists where id = $2`,
      [newId(), other],
      'payment_lists_first_state',
    );
  });

  it('is signed by nobody twice, and not by its maker', async () => {
    const { id, digest } = await fresh();
    await expect(sign(id, 'approver', digest, 1, team.maker.userId)).rejects.toMatchObject({ constraint: 'payment_list_hands_one_each' });
    const approver = newId();
    await sign(id, 'approver', digest, 1, approver);
    await expect(sign(id, 'releaser', digest, null, approver)).rejects.toMatchObject({ constraint: 'payment_list_hands_one_each' });
  });

  it('is not approved without as many signatures as its total asks for, each of its own digest', async () => {
    const one = [null, '0', 1, 'approver', 1] as const;
    await changeTerms(platform, frame.programmeId, { approvalRules: [one, [null, '20000', 1, 'approver', 2]] });
    try {
      const { id, digest } = await fresh();
      const approve = `update payment_lists set state = 'approved' where id = $1`;
      await refused(approve, [id], 'payment_lists_signed');
      await sign(id, 'approver', digest, 1);
      await refused(approve, [id], 'payment_lists_signed');
      await outOfTurn(sign(id, 'approver', '0'.repeat(64), 1));
      await outOfTurn(sign(id, 'approver', digest, 2));
      await sign(id, 'approver', digest, 1);
      await outOfTurn(sign(id, 'approver', digest, 1));
      await app.query(approve, [id]);
      await refused(`update payment_lists set state = 'releasing' where id = $1`, [id], 'payment_lists_signed');
    } finally {
      await changeTerms(platform, frame.programmeId, { approvalRules: [one] });
    }
  });

  it('has each instalment on one list that counts', async () => {
    await fresh();
    const id = await building();
    const {
      rows: [taken],
    } = await platform.owner.query(`${dueOf} join payment_list_lines l on l.instalment_id = i.id and l.state = 'included' limit 1`);
    await refused(insertLine, lineOf(id, taken), 'payment_list_lines_instalment_once');
  });

  it('cannot draw a fund below zero', async () => {
    const { rows: accounts } = await platform.owner.query(`select id, kind from accounts where fund_id = $1`, [frame.fundId]);
    const accountOf = (wanted: string): string => accounts.find(({ kind }) => kind === wanted)?.id;
    const entry = newId();
    const committed = newId();
    await app.query('begin');
    await app.query(`insert into accounts (id, kind, fund_id, currency) values ($1, 'fund_committed', $2, 'DZD') on conflict do nothing`, [
      committed,
      frame.fundId,
    ]);
    await app.query(
      `insert into journal_entries (id, at, event, programme_id, fund_id, subject_type, subject_id)
      values ($1, now(), 'approval', $2, $3, 'payment_list', $1)`,
      [entry, frame.programmeId, frame.fundId],
    );
    await refused(
      `insert into postings values ($1, 1, $2, 99999999, 'DZD', now()), ($1, 2, $3, -99999999, 'DZD', now())`,
      [entry, accountOf('fund_available'), accountOf('fund_committed') ?? committed],
      'accounts_not_overdrawn',
    );
    await app.query('rollback');
  });

  it('refuses, in words, whoever has had a hand in it', async () => {
    const both = await platform.as('programme_officer', { programme: frame.programmeId });
    const grant = (userId: string, role: string) =>
      platform.owner.query(
        `insert into role_grants (id, user_id, role, programme_id, granted_by, granted_at)
      values ($1, $2, $3, $4, '00000000-0000-0000-0000-000000000001', now())`,
        [newId(), userId, role, frame.programmeId],
      );
    for (const role of ['approver', 'finance_officer']) await grant(both.userId, role);
    const { id, digest } = await submitted({ ...team, maker: both }, frame, await makePlan(platform, frame, people));
    const { body } = await both.post(`/v1/payment-lists/${id}/approve`, { digest }).expect(403);
    expect(body.code).toBe('separation_of_duties');
    const { body: list } = await both.get(`/v1/payment-lists/${id}`).expect(200);
    expect(list.signaturesNeeded[0].given).toBe(0);

    const second = await approved({ ...team, approver: both }, frame, await makePlan(platform, frame, people));
    const { body: releaser } = await both.post(`/v1/payment-lists/${second.id}/release`).expect(403);
    expect(releaser.code).toBe('separation_of_duties');
    expect((await both.get(`/v1/payment-lists/${second.id}`).expect(200)).body.state).toBe('approved');
  });

  it('counts as made by who built it even when somebody else submits it', async () => {
    const builder = await platform.as('programme_officer', { programme: frame.programmeId });
    await platform.owner.query(
      `insert into role_grants (id, user_id, role, programme_id, granted_by, granted_at)
      values ($1, $2, 'approver', $3, '00000000-0000-0000-0000-000000000001', now())`,
      [newId(), builder.userId, frame.programmeId],
    );
    const planId = await makePlan(platform, frame, people);
    const { body: built } = await builder
      .post(`/v1/programmes/${frame.programmeId}/payment-lists`, { name: newId(), planIds: [planId], fundIds: [frame.fundId] })
      .expect(201);
    const { body: list } = await team.maker.post(`/v1/payment-lists/${built.id}/submit`).expect(200);
    expect(list.signatures.filter(({ hand }: { hand: string }) => hand === 'maker')).toHaveLength(2);
    await builder.post(`/v1/payment-lists/${built.id}/approve`, { digest: list.digest }).expect(403);
  });

  it('asks who signs or releases for a fresh second factor', async () => {
    const { id, digest } = await fresh();
    await platform.owner.query(`update sessions set second_factor_at = second_factor_at - interval '6 minutes' where user_id = any($1)`, [
      [team.approver.userId, team.finance.userId],
    ]);
    const { body } = await team.approver.post(`/v1/payment-lists/${id}/approve`, { digest }).expect(401);
    expect(body.code).toBe('step_up_required');
    await team.finance.post(`/v1/payment-lists/${id}/release`).expect(401);
  });
});
