import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeStatement } from '../../test/support/exceptions.ts';
import { confirmAll, daysOf, giveCeilings, makeReintegration, makeWork, registeredBefore } from '../../test/support/extras.ts';
import { type Frame, makeFrame, makePerson, type Person } from '../../test/support/fixtures.ts';
import { OfflineOffice } from '../../test/support/offline.ts';
import { type Paid, payList } from '../../test/support/paid.ts';
import { makePlan, makeTeam, submitted } from '../../test/support/plans.ts';
import { startPlatform, type TestPlatform } from '../../test/support/platform.ts';
import { insertMatch, stageStatement } from '../../test/support/statements.ts';
import { changeTerms } from '../../test/support/terms.ts';
import { shippedModel } from '../matching/index.ts';
import { newId } from '../platform/index.ts';
import type { duties } from './duties.ts';
import { incompatibleRoles, rolePlaces, roles } from './roles.ts';

describe('the database keeps duties apart, whoever writes', () => {
  let platform: TestPlatform;
  let frame: Frame;
  let app: pg.Client;
  let paid: Paid;
  let live: Paid;
  /** Who made, approved and released the list. */
  let hands: string[];
  beforeAll(async () => {
    platform = await startPlatform();
    frame = await makeFrame(platform);
    app = await platform.applicationClient();
    // Of today, so that the one which is live does not expire meanwhile.
    const now = platform.clock.now().toISOString();
    const wishes = [{ outcome: 'paid' }, { outcome: 'live' }] as const;
    [paid, live] = (await payList(
      platform,
      frame,
      wishes.map((wish) => ({ ...wish, paidOn: now.slice(0, 10) })),
      { approvedAt: now },
    )) as [Paid, Paid];
    const { rows } = await platform.owner.query(
      'select h.user_id from payment_list_hands h join vouchers v on v.list_id = h.list_id where v.serial = $1 order by h.hand',
      [paid.serial],
    );
    hands = rows.map(({ user_id }) => user_id);
    await platform.owner.query(
      `insert into enrolments (programme_id, beneficiary_id, state, entered_by, changed_at) values ($1, $2, 'enrolled', $3, now())`,
      [frame.programmeId, live.beneficiaryId, enteredLive],
    );
  });
  afterAll(() => platform.close());

  const enteredLive = newId();
  const refused = async (constraint: string, attempt: Promise<unknown>) => {
    await expect(attempt).rejects.toMatchObject({ constraint });
  };

  /** Redeems the live voucher as somebody, and takes it back. */
  async function pay(agentId: string): Promise<void> {
    await app.query('begin');
    try {
      await app.query(`update vouchers set state = 'redeemed' where serial = $1`, [live.serial]);
      await app.query(
        `insert into payouts (id, voucher_id, office_id, agent_id, collector_id, amount, currency, document_type, document_last_four, paid_at, paid_on)
        select gen_random_uuid(), id, $2, $3, collector_id, amount, currency, 'passport', '1234', now(), '2026-03-11' from vouchers where serial = $1`,
        [live.serial, frame.officeId, agentId],
      );
    } finally {
      await app.query('rollback');
    }
  }

  /** An advance that an officer asks for, to deliver the live voucher. No other is open. */
  async function advanceOf(officer: string): Promise<string> {
    const id = newId();
    await platform.owner.query('update advance_vouchers set is_open = false');
    await app.query(
      `insert into advances (id, programme_id, fund_id, officer_id, round, visit_on, amount, currency, asked_at)
      select $1, programme_id, fund_id, $2, 'In Guezzam road', '2099-01-01', amount, currency, now() from vouchers where serial = $3`,
      [id, officer, live.serial],
    );
    await app.query('insert into advance_vouchers (advance_id, voucher_id) select $1, id from vouchers where serial = $2', [
      id,
      live.serial,
    ]);
    return id;
  }

  const openTill = (agentId: string, by: string) =>
    app.query(
      `insert into tills (id, office_id, agent_id, day, currency, opening, opened_by, opened_at)
      values ($1, $2, $3, current_date, 'DZD', 100, $4, now())`,
      [newId(), frame.officeId, agentId, by],
    );

  const pairOf = async (): Promise<[Person, Person]> => {
    const people = [await makePerson(platform, frame.programmeId), await makePerson(platform, frame.programmeId)];
    const [first, second] = people.sort((one, other) => (one.id < other.id ? -1 : 1)) as [Person, Person];
    await platform.owner.query(
      `insert into duplicate_pairs (first_id, second_id, programme_id, score, evidence, found_at) values ($1, $2, $3, 0.5, '[]', now())`,
      [first.id, second.id, frame.programmeId],
    );
    return [first, second];
  };
  const handsIn = async (id: string): Promise<string[]> => {
    const { rows } = await platform.owner.query(
      'select b.registered_by, e.entered_by from beneficiaries b join enrolments e on e.beneficiary_id = b.id where b.id = $1',
      [id],
    );
    return [rows[0].registered_by, rows[0].entered_by];
  };

  /** A submitted list that needs two signatures, of which a deputy has given one in somebody's place. */
  async function signedByDeputy() {
    const own = await makeFrame(platform);
    await changeTerms(platform, own.programmeId, { approvalRules: [[null, '0', 1, 'approver', 2]] });
    const team = await makeTeam(platform, own);
    const { id: listId, digest } = await submitted(team, own, await makePlan(platform, own, [await makePerson(platform, own.programmeId)]));
    const deputy = await platform.as('approver', { programme: own.programmeId });
    const { rows } = await platform.owner.query(`select id from role_grants where user_id = $1`, [team.approver.userId]);
    const endsAt = new Date(platform.clock.now().getTime() + 86_400_000).toISOString();
    await team.approver.post('/v1/approval-delegations', { grantId: rows[0].id, deputyId: deputy.userId, endsAt }).expect(201);
    await deputy.post(`/v1/payment-lists/${listId}/approve`, { digest, forUserId: team.approver.userId }).expect(200);
    return { listId, digest, approver: team.approver.userId, deputy: deputy.userId };
  }

  /** Two exceptions of the pay-out: one names it, the other the line of the post's that does. */
  async function twoExceptions(ownerId: string | null = null) {
    const { statementId, lineIds } = await makeStatement(platform, frame, [{ serial: paid.serial }]);
    const [exceptionId, byLine] = [newId(), newId()];
    for (const [id, payoutId, lineId] of [
      [exceptionId, paid.payoutId, null],
      [byLine, null, lineIds[0]],
    ])
      await platform.owner.query(
        `insert into exceptions (id, programme_id, statement_id, kind, statement_line_id, payout_id, detail, owner_id, opened_at)
        values ($1, $2, $3, 'reversed', $4, $5, 'x', $6, now())`,
        [id, frame.programmeId, statementId, lineId, payoutId, ownerId],
      );
    return { exceptionId, byLine };
  }
  /** The claim of a dinar. @returns its identifier */
  async function propose(exceptionId: string, by: string): Promise<string> {
    const id = newId();
    await app.query(
      `insert into exception_decisions (id, exception_id, kind, amount, currency, fund_id, office_id, note, proposed_by, proposed_at)
      values ($1, $2, 'claim_on_post', 1, 'DZD', $3, $4, 'x', $5, now())`,
      [id, exceptionId, frame.fundId, frame.officeId, by],
    );
    return id;
  }
  const approve = (id: string, by: string) =>
    app.query(`update exception_decisions set state = 'approved', decided_by = $2, decided_at = now() where id = $1`, [id, by]);
  /** A settlement in plain SQL, with what takes its steps and moves it. */
  async function draftedSettlement() {
    const [id, maker] = [newId(), newId()];
    const step = (name: string, by: string) =>
      app.query(`insert into settlement_steps values ($1, $2, $3, now(), 'As agreed')`, [id, name, by]);
    await app.query('begin');
    await app.query(
      `insert into settlements (id, programme_id, fund_id, reference, amount, currency, from_date, to_date, made_by, made_at)
      values ($1, $2, $3, $4, 1, 'DZD', '2026-03-01', '2026-03-31', $5, now())`,
      [id, frame.programmeId, frame.fundId, id.slice(0, 30), maker],
    );
    await app.query('insert into settlement_lines (settlement_id, position, office_id, principal, fee) values ($1, 1, $2, 1, 0)', [
      id,
      frame.officeId,
    ]);
    await step('drafted', maker);
    await app.query('commit');
    return { id, maker, step, move: (state: string) => app.query('update settlements set state = $2 where id = $1', [id, state]) };
  }
  /** One that was approved, with its order written. */
  async function approvedSettlement() {
    const made = await draftedSettlement();
    for (const name of ['submitted', 'approved']) {
      await made.step(name, newId());
      await made.move(name);
    }
    await app.query(
      `insert into settlement_files (settlement_id, programme_id, terms_version, execute_on, content, digest, written_at)
      values ($1, $2, 7, '2026-03-31', 'x', encode(sha256('x'), 'hex'), now())`,
      [made.id, frame.programmeId],
    );
    return made;
  }
  /** Has somebody set where the money goes, and another confirm it, once. @returns who set it */
  async function confirmedAccounts(): Promise<string> {
    await app.query(
      `insert into post_terms (programme_id, version, payer_name, payer_account, payee_name, payee_account, reason, set_by, set_at)
      values ($1, 7, 'We', 'A1', 'They', 'B1', 'Agreed', gen_random_uuid(), now()) on conflict do nothing`,
      [frame.programmeId],
    );
    await app.query('insert into post_terms_confirmations values ($1, 7, gen_random_uuid(), now()) on conflict do nothing', [
      frame.programmeId,
    ]);
    return (await app.query('select set_by from post_terms where programme_id = $1 and version = 7', [frame.programmeId])).rows[0].set_by;
  }
  /** An invoice of the post that waits for its decision. */
  async function receivedInvoice(number: string) {
    const [id, recorder] = [newId(), newId()];
    await app.query('begin');
    await app.query(
      `insert into post_invoices (id, programme_id, number, issued_on, from_date, to_date, currency, payout_count, principal, fee, recorded_by, recorded_at)
      values ($1, $2, $3, '2026-04-01', '2026-03-01', '2026-03-31', 'DZD', 1, 1, 0, $4, now())`,
      [id, frame.programmeId, number, recorder],
    );
    await app.query(
      `insert into post_invoice_lines (invoice_id, position, office_id, office_code, payout_count, principal, fee) values ($1, 1, $2, '16', 1, 1, 0)`,
      [id, frame.officeId],
    );
    await app.query('commit');
    const dispute = (by: string) =>
      app.query(`update post_invoices set state = 'disputed', reason = 'None of ours', decided_by = $2, decided_at = now() where id = $1`, [
        id,
        by,
      ]);
    return { recorder, dispute };
  }

  /** A case about a colleague. */
  async function accusedCase() {
    const [id, accused] = [newId(), newId()];
    await app.query(
      `insert into feedback_cases (id, programme_id, reference, channel, language, category, is_sensitive, is_anonymous, has_contact, data_key, content,
        accused_ids, received_at, acknowledge_due_at, resolve_due_at)
      values ($1, $2, lpad((random() * 1e9)::bigint::text, 10, '0'), 'box', 'fr', 'other', false, true, false, '', '', array[$3::uuid], now(),
        now() + interval '1 hour', now() + interval '1 day')`,
      [id, frame.programmeId, accused],
    );
    return { id, accused };
  }

  /** A pack that is out at an office of its own. */
  async function packOut() {
    const office = await OfflineOffice.open(platform, 1);
    return { office, agent: office.staff.agent, ...(await office.out(1)) };
  }

  const insertStatement = (id: string, digit: string, uploadedBy = id) =>
    platform.owner.query(
      `insert into statements (id, programme_id, name, content_digest, currency, from_date, to_date, uploaded_by, uploaded_at)
      values ($1, $2, 'S', $3, 'DZD', '2026-03-01', '2026-03-31', $4, now())`,
      [id, frame.programmeId, digit.repeat(64), uploadedBy],
    );
  const insertLine = (id: string, statementId: string) =>
    platform.owner.query(
      `insert into statement_lines (id, statement_id, row_number, kind, reference, serial, amount, currency, office_code, paid_on)
      values ($1, $2, 1, 'payment', 'R', $3, 15000, 'DZD', '16001', '2026-03-10')`,
      [id, statementId, paid.serial],
    );

  /** What tries to break each constraint; every one of `duties` has to be here. */
  const attacks: Readonly<Record<(typeof duties)[number]['constraint'], () => Promise<void>>> = {
    async payment_list_hands_one_each() {
      for (const hand of hands)
        await refused(
          'payment_list_hands_one_each',
          app.query(
            `insert into payment_list_hands (list_id, user_id, hand, role, digest, reason, at)
            select list_id, $2, 'rejecter', 'approver', repeat('0', 64), 'No', now() from vouchers where serial = $1`,
            [paid.serial, hand],
          ),
        );
    },
    async signals_judged_by_another() {
      const [agent, signal] = [newId(), newId()];
      await app.query(
        `insert into signals (id, programme_id, kind, key, agent_id, concerns, severity, count, began_at, ended_at, evidence, found_at)
        values ($1, $2, 'agent_burst', $1::uuid::text, $3, array[$3::uuid], 'low', 1, now(), now(), '{}', now())`,
        [signal, frame.programmeId, agent],
      );
      const take = (by: string) =>
        app.query(`update signals set state = 'in_review', owner_id = $2, taken_at = now() where id = $1`, [signal, by]);
      await refused('signals_judged_by_another', take(agent));
      await take(newId());
    },
    async feedback_cases_not_by_accused() {
      const { id, accused } = await accusedCase();
      const own = (by: string) => app.query('update feedback_cases set owner_id = $2 where id = $1', [id, by]);
      await refused('feedback_cases_not_by_accused', own(accused));
      await own(newId());
    },
    async feedback_steps_not_by_accused() {
      const { id, accused } = await accusedCase();
      const step = (by: string) => app.query(`insert into feedback_steps values ($1, 1, 'noted', $2, now())`, [id, by]);
      await refused('feedback_steps_not_by_accused', step(accused));
      await step(newId());
    },
    async survey_interviews_by_another() {
      const id = newId();
      await app.query(
        `with round as (insert into survey_rounds (id, programme_id, name, from_on, to_on, confidence, margin, stratify_by, minimum, questionnaire, created_by,
            created_at) values ($1, $2, 'R', '2026-03-01', '2026-03-31', 0.95, 0.05, '{}', 1, '[]', $1, now()) returning id),
          stratum as (insert into survey_strata select id, 'all', 1, 1 from round),
          frame as (insert into survey_frame select id, 'all', 1, $3, $4, '16', 'female', '18-59', false from round)
        insert into survey_interviews (id, round_id, stratum, rank, beneficiary_id, payout_id) select id, id, 'all', 1, $3, $4 from round`,
        [id, frame.programmeId, paid.beneficiaryId, paid.payoutId],
      );
      const ask = (by: string) => app.query('update survey_interviews set interviewer_id = $2 where id = $1', [id, by]);
      for (const hand of [...hands, paid.agentId]) await refused('survey_interviews_by_another', ask(hand));
      await ask(newId());
    },
    async draws_signed_by_another() {
      const officer = await platform.as('programme_officer', { programme: frame.programmeId });
      const planId = await makeReintegration(officer, frame);
      const [draw] = await giveCeilings(officer, planId, [await makePerson(platform, frame.programmeId)]);
      await confirmAll(officer, draw?.id ?? '');
      const sign = (by: string) => app.query(`insert into draw_decisions values ($1, 1, 'signed', null, $2, now())`, [draw?.id, by]);
      await refused('draws_signed_by_another', sign(officer.userId));
      await sign(newId());
    },
    async attendance_sheets_signed_by_another() {
      const officer = await platform.as('programme_officer', { programme: frame.programmeId });
      const { planId, siteId } = await makeWork(officer, frame);
      const person = await makePerson(platform, frame.programmeId);
      await registeredBefore(platform, [person]);
      const rows = daysOf(person, [2]);
      const { body } = await officer.post(`/v1/plans/${planId}/attendance-sheets`, { siteId, rows }).expect(201);
      const sign = (by: string) =>
        app.query(`update attendance_sheets set state = 'signed', signed_by = $2, signed_at = now() where id = $1`, [body.id, by]);
      await refused('attendance_sheets_signed_by_another', sign(officer.userId));
      await sign(newId());
    },
    async payment_list_hands_one_authority() {
      const { listId, digest, approver, deputy } = await signedByDeputy();
      const sign = (userId: string, forUserId: string | null, delegationId: string | null) =>
        app.query(
          `insert into payment_list_hands (list_id, user_id, hand, step, role, digest, for_user_id, delegation_id, at)
          values ($1, $2, 'approver', 1, 'approver', $3, $4, $5, now())`,
          [listId, userId, digest, forUserId, delegationId],
        );
      await refused('payment_list_hands_one_authority', sign(approver, null, null));
      await refused('payment_list_hands_one_each', sign(deputy, null, null));
    },
    async payment_list_cancellations_two_people() {
      const { rows } = await app.query(
        `insert into payment_list_cancellations (id, list_id, whole, instalments, reason, line_count, total, currency, proposed_by, proposed_at)
        select gen_random_uuid(), list_id, true, 'free', 'Left', 1, 1, 'DZD', $2, now() from vouchers where serial = $1 returning id`,
        [live.serial, enteredLive],
      );
      const confirm = `update payment_list_cancellations set state = 'confirmed', decided_by = $2, decided_at = now() where id = $1`;
      await refused('payment_list_cancellations_two_people', app.query(confirm, [rows[0].id, enteredLive]));
      await refused(
        'payment_list_cancellations_append_only',
        app.query('begin').then(async () => {
          try {
            await app.query(confirm, [rows[0].id, newId()]);
            await app.query('update payment_list_cancellations set decided_by = $2 where id = $1', [rows[0].id, enteredLive]);
          } finally {
            await app.query('rollback');
          }
        }),
      );
    },
    async payouts_by_another() {
      expect(hands).toHaveLength(3);
      for (const hand of [...hands, enteredLive]) await refused('payouts_by_another', pay(hand));
      await pay(newId()); // anybody else could
      for (const hand of hands)
        await refused(
          'payouts_by_another',
          app.query('update payouts set voided_at = now(), voided_by = $2 where id = $1', [paid.payoutId, hand]),
        );
    },
    async tills_opened_by_another() {
      const { userId } = await platform.as('agent', { office: frame.officeId });
      await refused('tills_opened_by_another', openTill(userId, userId));
      await openTill(userId, newId());
    },
    async till_top_ups_by_another() {
      const { rows } = await app.query('select id, agent_id from tills where closed_at is null limit 1');
      const bring = (by: string) =>
        app.query(`insert into till_top_ups values ($1, $2, 100, 'DZD', 'R', $3, now())`, [newId(), rows[0].id, by]);
      await refused('till_top_ups_by_another', bring(rows[0].agent_id));
      await bring(newId());
    },
    async tills_signed_by_another() {
      const { rows } = await app.query('select id, agent_id from tills where closed_at is null limit 1');
      const { id, agent_id: agentId } = rows[0];
      await app.query(`update tills set counted = 0, closed_by = $2, closed_at = now() where id = $1`, [id, agentId]);
      const sign = (by: string) =>
        app.query(`update tills set signed_by = $2, signed_at = now(), remark = 'Empty' where id = $1`, [id, by]);
      await refused('tills_signed_by_another', sign(agentId));
      await sign(newId());
    },
    async payouts_void_by_another() {
      const voiding = app.query('update payouts set voided_at = now(), voided_by = agent_id where id = $1', [paid.payoutId]);
      await refused('payouts_void_by_another', voiding);
    },
    async deliveries_witnessed_by_another() {
      const officer = newId();
      const advanceId = await advanceOf(officer);
      await app.query(`update advances set state = 'handed', handed_by = $2, handed_at = now(), handed_reference = 'R' where id = $1`, [
        advanceId,
        newId(),
      ]);
      const { userId: colleague } = await platform.as('field_officer', { programme: frame.programmeId });
      const { userId: elsewhere } = await platform.as('field_officer', { programme: newId() });
      const deliver = async (witness: string) => {
        await app.query('begin');
        try {
          await app.query(`update vouchers set state = 'redeemed' where serial = $1`, [live.serial]);
          await app.query(
            `with paid as (insert into payouts
                (id, voucher_id, advance_id, agent_id, collector_id, amount, currency, document_type, document_last_four, paid_at, paid_on)
              select $1, id, $2, $3, collector_id, amount, currency, 'passport', '1234', now(), '2026-03-11' from vouchers where serial = $4)
            select`,
            [advanceId, advanceId, officer, live.serial],
          );
          await app.query(`insert into deliveries values ($1, 'receipt', $2, 'R-1')`, [advanceId, witness]);
        } finally {
          await app.query('rollback');
        }
      };
      for (const witness of [officer, ...hands, elsewhere, newId()]) await refused('deliveries_witnessed_by_another', deliver(witness));
      await deliver(colleague);
    },
    async voucher_changes_two_people() {
      const id = newId();
      await app.query(
        `insert into voucher_changes (id, voucher_id, kind, reason, asked_by, asked_at)
        select $1, id, 'cancel', 'As agreed', $1, now() from vouchers where serial = $2`,
        [id, live.serial],
      );
      const confirm = (by: string) =>
        app.query(`update voucher_changes set state = 'done', decided_by = $2, decided_at = now() where id = $1`, [id, by]);
      await refused('voucher_changes_two_people', confirm(id));
      await confirm(newId());
    },
    async advances_handed_by_another() {
      const officer = newId();
      const advanceId = await advanceOf(officer);
      const hand = (by: string) =>
        app.query(`update advances set state = 'handed', handed_by = $2, handed_at = now(), handed_reference = 'R' where id = $1`, [
          advanceId,
          by,
        ]);
      await refused('advances_handed_by_another', hand(officer));
      await hand(newId());
    },
    async advance_returns_by_another() {
      const { rows } = await app.query(`select id, officer_id from advances where state = 'handed' limit 1`);
      const bring = (by: string) =>
        app.query(`insert into advance_returns values ($1, $2, 15000, 'DZD', 'R', $3, now())`, [newId(), rows[0].id, by]);
      await refused('advance_returns_by_another', bring(rows[0].officer_id));
      await bring(newId());
    },
    async advances_closed_by_another() {
      const { rows } = await app.query('select id, officer_id from advances where returned = amount limit 1');
      const close = (by: string) =>
        app.query(`update advances set state = 'closed', ended_by = $2, ended_at = now() where id = $1`, [rows[0].id, by]);
      await refused('advances_closed_by_another', close(rows[0].officer_id));
      await close(newId());
    },
    async statement_matches_by_another() {
      const { lineIds } = await stageStatement(platform, { programmeId: frame.programmeId, lines: [{ serial: paid.serial }] });
      const [lineId = ''] = lineIds;
      const match = (by: string) => insertMatch(app, lineId, paid.payoutId, by);
      for (const hand of [...hands, paid.agentId]) await refused('statement_matches_by_another', match(hand));
      await match(newId());
    },
    async statement_decisions_by_another() {
      const { rows } = await platform.owner.query('select statement_line_id as id from statement_matches limit 1');
      const decide = (by: string) =>
        app.query(`insert into statement_decisions values ($1, $2, 'payout', $3, 'apart', 'By hand', $4, now())`, [
          newId(),
          rows[0].id,
          paid.payoutId,
          by,
        ]);
      for (const hand of [...hands, paid.agentId]) await refused('statement_decisions_by_another', decide(hand));
      await decide(newId());
    },
    async statements_by_another() {
      const stage = async (by: string, digit: string) => {
        const id = newId();
        await insertStatement(id, digit, by);
        await insertLine(newId(), id);
        return app.query(`update statements set state = 'staged' where id = $1`, [id]);
      };
      for (const [i, hand] of [...hands, paid.agentId].entries()) await refused('statements_by_another', stage(hand, 'abcdef'[i] ?? '9'));
      await stage(newId(), '0');
    },
    async exceptions_resolved_by_another() {
      const { exceptionId, byLine } = await twoExceptions();
      const resolve = (id: string, by: string) =>
        app.query(
          `update exceptions set state = 'resolved', resolution = 'accepted', note = 'x', resolved_by = $2, resolved_at = now() where id = $1`,
          [id, by],
        );
      for (const id of [exceptionId, byLine])
        for (const hand of [...hands, paid.agentId]) {
          await refused('exceptions_resolved_by_another', resolve(id, hand));
          await refused('exceptions_resolved_by_another', propose(id, hand));
        }
      await resolve(byLine, newId());
      const rewriting = app.query('update exceptions set resolved_by = $2 where id = $1', [byLine, paid.agentId]);
      await refused('exceptions_resolved_by_another', rewriting);
      const proposal = await propose(exceptionId, newId());
      for (const hand of [...hands, paid.agentId]) await refused('exceptions_resolved_by_another', approve(proposal, hand));
    },
    async exceptions_owned_by_another() {
      const { exceptionId, byLine } = await twoExceptions();
      const give = (id: string, to: string) => app.query('update exceptions set owner_id = $2 where id = $1', [id, to]);
      for (const id of [exceptionId, byLine])
        for (const hand of [...hands, paid.agentId]) await refused('exceptions_owned_by_another', give(id, hand));
      await refused('exceptions_owned_by_another', twoExceptions(paid.agentId));
      await give(exceptionId, newId());
    },
    async exception_decisions_two_people() {
      const { exceptionId } = await twoExceptions();
      const by = newId();
      await refused('exception_decisions_two_people', approve(await propose(exceptionId, by), by));
    },
    async settlements_by_another() {
      const { step } = await draftedSettlement();
      for (const hand of [...hands, paid.agentId]) {
        await refused('settlements_by_another', step('submitted', hand));
        await refused('settlements_by_another', step('cancelled', hand));
      }
      await step('submitted', newId());
    },
    async settlements_approved_by_another() {
      await confirmedAccounts();
      const { maker, step, move } = await draftedSettlement();
      const submitter = newId();
      await step('submitted', submitter);
      await move('submitted');
      for (const by of [maker, submitter])
        for (const name of ['approved', 'rejected']) await refused('settlements_approved_by_another', step(name, by));
      await step('approved', newId());
    },
    async settlements_instructed_by_another() {
      const writer = await confirmedAccounts();
      const { step } = await approvedSettlement();
      await refused('settlements_instructed_by_another', step('instructed', writer));
      await step('instructed', newId());
    },
    async settlements_cancelled_by_another() {
      await confirmedAccounts();
      const { maker, step, move } = await approvedSettlement();
      const sender = newId();
      await step('instructed', sender);
      await move('instructed');
      for (const by of [maker, sender]) await refused('settlements_cancelled_by_another', step('cancelled', by));
      await step('cancelled', newId());
    },
    async post_terms_two_people() {
      const writer = await confirmedAccounts();
      await refused(
        'post_terms_two_people',
        app.query('insert into post_terms_confirmations values ($1, 7, $2, now())', [frame.programmeId, writer]),
      );
    },
    async post_invoices_decided_by_another() {
      const { recorder, dispute } = await receivedInvoice('F-2');
      await refused('post_invoices_decided_by_another', dispute(recorder));
      await dispute(newId());
    },
    async post_invoices_by_another() {
      const { dispute } = await receivedInvoice('F-1');
      for (const hand of [...hands, paid.agentId]) await refused('post_invoices_by_another', dispute(hand));
      await dispute(newId());
    },
    async ledger_carry_forwards_two_people() {
      const [id, asker] = [newId(), newId()];
      await app.query(
        `insert into ledger_carry_forwards (id, programme_id, office_id, ends_on, amount, currency, reason, asked_by, asked_at)
        values ($1, $2, $3, '2026-03-31', 1, 'DZD', 'Too late', $4, now())`,
        [id, frame.programmeId, frame.officeId, asker],
      );
      const confirm = (by: string) =>
        app.query('update ledger_carry_forwards set confirmed_by = $2, confirmed_at = now() where id = $1', [id, by]);
      await refused('ledger_carry_forwards_two_people', confirm(asker));
      await confirm(newId());
    },
    async enrolments_verified_by_another() {
      const { id } = await makePerson(platform, frame.programmeId);
      const changer = newId();
      await platform.owner.query(`insert into beneficiary_changes values ($1, 2, '{language}', '', 'As asked', $2, now())`, [id, changer]);
      for (const by of [...(await handsIn(id)), changer])
        await refused(
          'enrolments_verified_by_another',
          app.query('update enrolments set verified_by = $2 where beneficiary_id = $1', [id, by]),
        );
    },
    async phone_holds_two_people() {
      const { id } = await makePerson(platform, frame.programmeId);
      const [holdId, one, another] = [newId(), newId(), newId()];
      await platform.owner.query(
        `insert into phone_holds (id, beneficiary_id, programme_id, phones_before, hands, changed_by, changed_at, held_until)
        values ($1, $2, $3, '', $4, $5, now(), now() + interval '2 days')`,
        [holdId, id, frame.programmeId, [one, another], another],
      );
      const confirm = (by: string) =>
        app.query(`update phone_holds set decision = 'confirmed', reason = 'Seen', decided_by = $2, decided_at = now() where id = $1`, [
          holdId,
          by,
        ]);
      for (const by of [one, another]) await refused('phone_holds_two_people', confirm(by));
      await confirm(newId());
    },
    async duplicate_pairs_decided_by_another() {
      const [first, second] = await pairOf();
      const decide = (by: string) =>
        app.query(
          `update duplicate_pairs set state = 'different_people', reason = 'As seen', decided_by = $2, decided_at = now() where first_id = $1`,
          [first.id, by],
        );
      const keep = (by: string) =>
        app.query(`insert into duplicate_decisions values ($1, $2, $3, 'different_people', '[]', 'As seen', $4, now())`, [
          newId(),
          first.id,
          second.id,
          by,
        ]);
      for (const by of [...(await handsIn(first.id)), ...(await handsIn(second.id))]) {
        await refused('duplicate_pairs_decided_by_another', decide(by));
        await refused('duplicate_pairs_decided_by_another', keep(by));
      }
      await decide(newId());
      const [owner = ''] = await handsIn(first.id);
      await refused(
        'duplicate_pairs_decided_by_another',
        app.query('update duplicate_pairs set decided_by = $2 where first_id = $1', [first.id, owner]),
      );
    },
    async mergers_by_another() {
      const [first, second] = await pairOf();
      const mergerId = newId();
      const merge = (by: string) =>
        app.query(`insert into mergers (id, loser_id, survivor_id, before, merged_by, merged_at) values ($1, $2, $3, '{}', $4, now())`, [
          mergerId,
          second.id,
          first.id,
          by,
        ]);
      const undo = (by: string) => app.query('update mergers set undone_by = $2, undone_at = now() where id = $1', [mergerId, by]);
      const involved = [...(await handsIn(first.id)), ...(await handsIn(second.id))];
      for (const by of involved) await refused('mergers_by_another', merge(by));
      await merge(newId());
      for (const by of involved) await refused('mergers_by_another', undo(by));
    },
    async erasures_two_people() {
      const { id } = await makePerson(platform, frame.programmeId);
      const [erasureId, asker] = [newId(), newId()];
      await app.query(
        `insert into erasures (id, beneficiary_id, programme_id, ground, reason, origin, asked_by, asked_at)
        values ($1, $2, $3, 'mistake', 'Case 12', 'people', $4, now())`,
        [erasureId, id, frame.programmeId, asker],
      );
      await refused(
        'erasures_two_people',
        app.query(`update erasures set state = 'done', decided_by = $2, decided_at = now() where id = $1`, [erasureId, asker]),
      );
    },
    async ledger_reopenings_two_people() {
      const [periodId, reopeningId, asker] = [newId(), newId(), newId()];
      await platform.owner.query(
        `insert into ledger_periods (id, programme_id, number, starts_on, ends_on, from_at, until_at, created_at)
        values ($1, $2, 1, '2020-01-01', '2020-01-31', '2020-01-01', '2020-02-01', now())`,
        [periodId, frame.programmeId],
      );
      await platform.owner.query(`insert into ledger_closings values ($1, 1, $2, now(), '[{"check": "identities", "holds": true}]')`, [
        periodId,
        asker,
      ]);
      await app.query(`insert into ledger_reopenings values ($1, $2, 1, 'A receipt was found', $3, now())`, [reopeningId, periodId, asker]);
      const confirm = (by: string) =>
        app.query('update ledger_reopenings set confirmed_by = $2, confirmed_at = now() where id = $1', [reopeningId, by]);
      await refused('ledger_reopenings_two_people', confirm(asker));
      await confirm(newId());
    },
    async api_keys_two_people() {
      const [accountId, keyId, maker] = [newId(), newId(), newId()];
      await app.query(
        `insert into service_accounts (id, name, role, programme_id, created_by, created_at) values ($1, $1::uuid::text, 'auditor', $2, $3, now())`,
        [accountId, frame.programmeId, newId()],
      );
      const issue = (columns: string, values: string) =>
        app.query(
          `insert into api_keys (id, service_account_id, permissions, prefix, key_hash, expires_at, created_by, created_at${columns})
          values ($1, $2, '{audit.read}', $3, sha256($3::text::bytea), now() + interval '1 day', $4, now()${values})`,
          [keyId, accountId, newId().slice(-8), maker],
        );
      await refused('api_keys_over', issue(', confirmed_by, confirmed_at', ', gen_random_uuid(), now()'));
      await issue('', '');
      const confirm = (by: string) => app.query('update api_keys set confirmed_by = $2, confirmed_at = now() where id = $1', [keyId, by]);
      await refused('api_keys_two_people', confirm(maker));
      await refused('api_keys_confirmed', app.query('update api_keys set confirmed_by = gen_random_uuid() where id = $1', [keyId]));
      await confirm(newId());
      await refused('api_keys_over', confirm(newId()));
      await refused('api_keys_over', app.query('update api_keys set confirmed_by = null, confirmed_at = null where id = $1', [keyId]));
      for (const forged of [`created_by = gen_random_uuid()`, `key_hash = ''`, `permissions = '{audit.export}'`])
        await expect(app.query(`update api_keys set ${forged} where id = $1`, [keyId])).rejects.toMatchObject({ code: '42501' });
    },
    async gateways_two_people() {
      const [id, maker, helper, colleague] = [newId(), newId(), newId(), newId()];
      const add = (enabled: boolean, by: string | null) =>
        app.query(
          `insert into gateways (id, name, kind, position, per_second, settings, credentials, enabled, changed_by, enabled_by, created_by, created_at)
          values ($1, $1::uuid::text, 'http', 1, 1, '{}', 'sealed', $2, $3, $4, $5, now())`,
          [id, enabled, [maker, helper], by, maker],
        );
      for (const by of [maker, helper, null]) await refused('gateways_two_people', add(true, by));
      await add(false, null);
      const change = (what: string) => app.query(`update gateways set ${what} where id = $1`, [id]);
      const enable = (by: string) => change(`enabled = true, enabled_by = '${by}'`);
      for (const by of [maker, helper]) await refused('gateways_two_people', enable(by));
      await refused('gateways_two_people', change('enabled = true'));
      await refused('gateways_over', change(`changed_by = '{${helper}}', enabled = true, enabled_by = '${maker}'`));
      await enable(colleague);
      const elsewhere = [`settings = '{"url":"https://elsewhere"}'`, 'position = 2', `credentials = 'others', version = version + 1`];
      for (const isEnabled of [true, false]) {
        for (const what of elsewhere) await refused('gateways_over', change(`${what}, enabled = ${isEnabled}`));
        await change('enabled = false');
      }
      await change(`credentials = 'sealed anew'`);
      for (const what of elsewhere)
        await refused('gateways_two_people', change(`${what}, changed_by = '{${helper}}', enabled_by = '${helper}', enabled = true`));
    },
    async export_definitions_two_people() {
      const [id, maker, owner, colleague] = [newId(), newId(), newId(), newId()];
      const define = (state: string, recipient: string | null, approvedBy: string | null = null) =>
        app.query(
          `insert into export_definitions (id, programme_id, name, dataset, is_personal, format, period, every, hour, owner_id, recipient, purpose,
            reason, state, approved_by, last_due_on, created_by, created_at)
          values ($1, $2, 'x', 'beneficiaries', true, 'csv', 'day', 'day', 6, $3, $4, 'monitoring', 'for a test', $5, $6, '2026-01-01', $7, now())`,
          [id, frame.programmeId, owner, recipient, state, approvedBy, maker],
        );
      await refused('export_definitions_first_state', define('on', 'age1xxxxxxxx', colleague));
      await refused('export_definitions_encrypted', define('proposed', null));
      await define('proposed', 'age1xxxxxxxx');
      const approve = (by: string | null) =>
        app.query(`update export_definitions set state = 'on', approved_by = $2 where id = $1`, [id, by]);
      for (const by of [maker, owner, null]) await refused('export_definitions_two_people', approve(by));
      await approve(colleague);
      await refused('export_definitions_over', app.query(`update export_definitions set approved_by = $2 where id = $1`, [id, newId()]));
      await refused('export_definitions_over', app.query(`update export_definitions set last_due_on = '2025-12-31' where id = $1`, [id]));
      for (const what of [`recipient = 'age1other'`, 'owner_id = gen_random_uuid()', `dataset = 'payouts'`, 'is_personal = false'])
        await expect(app.query(`update export_definitions set ${what} where id = $1`, [id])).rejects.toMatchObject({ code: '42501' });
    },
    async webhooks_two_people() {
      const [id, maker, helper, colleague] = [newId(), newId(), newId(), newId()];
      await app.query(
        `insert into webhooks (id, programme_id, url, events, description, makers, secret, created_by, created_at)
        values ($1, $2, 'https://erp.example.org', '{voucher.paid}', 'x', $3, 'sealed', $4, now())`,
        [id, frame.programmeId, [maker, helper], maker],
      );
      const change = (what: string) => app.query(`update webhooks set ${what} where id = $1`, [id]);
      const enable = (by: string) => change(`state = 'on', since = now(), confirmed_by = '${by}'`);
      for (const by of [maker, helper]) await refused('webhooks_two_people', enable(by));
      await refused('webhooks_two_people', change(`state = 'on', since = now()`));
      await refused('webhooks_over', change(`makers = '{${helper}}', state = 'on', since = now(), confirmed_by = '${maker}'`));
      await enable(colleague);
      for (const what of [`url = 'https://elsewhere.example'`, `events = '{voucher.expired}'`, `makers = '{${newId()}}'`])
        await refused('webhooks_over', change(what));
      await change(`secret = 'sealed anew'`);
      await refused('webhooks_two_people', change(`url = 'https://elsewhere.example', makers = '{${helper}}', confirmed_by = '${helper}'`));
    },
    async offline_packs_agent_is_another() {
      const by = newId();
      const pack = (agentId: string) =>
        app.query(
          `insert into offline_packs (id, programme_id, office_id, device_id, agent_id, prepared_by, prepared_at, starts_at, ends_at, grace_ends_at,
            voucher_count, cash_limit, currency, work_factor, head_hash)
          values (gen_random_uuid(), $1, $2, $3, $4, $5, now(), now(), now() + interval '8 hours', now() + interval '3 days', 1, 100, 'DZD', 4, repeat('0', 64))`,
          [frame.programmeId, frame.officeId, newId(), agentId, by],
        );
      await refused('offline_packs_agent_is_another', pack(by));
      await refused('offline_packs_device_id_fkey', pack(newId()));
    },
    async offline_packs_closed_by_another() {
      const { packId, agent } = await packOut();
      const close = (by: string) =>
        app.query(`update offline_packs set is_finished = true, state = 'closed', ended_by = $2, ended_at = now() where id = $1`, [
          packId,
          by,
        ]);
      await refused('offline_packs_closed_by_another', close(agent.userId));
      await close(newId());
    },
    async offline_packs_lost_by_two() {
      const { packId } = await packOut();
      const reporter = newId();
      await app.query(
        `update offline_packs set loss_reported_by = $2, loss_reported_at = now(), loss_reason = 'Left in a taxi' where id = $1`,
        [packId, reporter],
      );
      const confirm = (by: string) =>
        app.query(`update offline_packs set state = 'lost', loss_confirmed_by = $2, loss_confirmed_at = now() where id = $1`, [packId, by]);
      await refused('offline_packs_lost_by_two', confirm(reporter));
      await confirm(newId());
    },
    async offline_conflicts_resolved_by_another() {
      const { office, packId, vouchers, agent } = await packOut();
      const { body } = await office.staff.agent.post(`/v1/offline-packs/${packId}/syncs`, {
        length: 0,
        entries: [{ payload: 'nothing', signature: 'nothing' }],
      });
      expect(body.entries).toEqual([{ state: 'conflict', reason: 'bad_signature' }]);
      const resolve = (by: string) =>
        app.query(
          `update offline_conflicts set state = 'resolved', resolution = 'dismissed', note = 'Nothing', resolved_by = $2, resolved_at = now()
          where pack_id = $1`,
          [packId, by],
        );
      for (const by of [agent.userId, office.staff.supervisor.userId]) await refused('offline_conflicts_resolved_by_another', resolve(by));
      await platform.owner.query('update offline_conflicts set voucher_id = $2 where pack_id = $1', [packId, vouchers[0]?.id]);
      const { rows } = await platform.owner.query('select user_id as id from payment_list_hands where list_id = $1', [vouchers[0]?.listId]);
      for (const { id } of rows) await refused('offline_conflicts_resolved_by_another', resolve(id));
      await resolve(newId());
    },
    async matching_model_uses_by_another() {
      const [modelId, by] = [newId(), newId()];
      await app.query('insert into matching_models values ($1, $2, 1, $3, $4, $5, now())', [
        modelId,
        frame.programmeId,
        shippedModel,
        {},
        by,
      ]);
      const use = (user: string) =>
        app.query('insert into matching_model_uses values ($1, $2, $3, $4, now())', [newId(), frame.programmeId, modelId, user]);
      await refused('matching_model_uses_by_another', use(by));
      await use(newId());
    },
    async role_grants_not_to_oneself() {
      const { userId } = await platform.as('enrolment_officer');
      await refused(
        'role_grants_not_to_oneself',
        app.query('insert into role_grants (id, user_id, role, granted_by, granted_at) values ($1, $2, $3, $2, now())', [
          newId(),
          userId,
          'approver',
        ]),
      );
    },
  };

  it.each(Object.entries(attacks))('%s', async (_constraint, attack) => attack());

  it('lets nobody reject a list unsigned, or rewrite what somebody signed', async () => {
    for (const statement of [
      'update payment_list_hands set user_id = gen_random_uuid()',
      'delete from payment_list_hands',
      'update role_grants set granted_by = gen_random_uuid()',
      'update enrolments set entered_by = gen_random_uuid()',
      'update payouts set agent_id = gen_random_uuid()',
      'update matching_models set created_by = gen_random_uuid()',
      'update beneficiaries set registered_by = gen_random_uuid()',
      'update mergers set merged_by = gen_random_uuid()',
      'alter table payouts disable trigger all',
    ])
      await expect(app.query(statement), statement).rejects.toMatchObject({ code: expect.stringMatching(/42501|23/) });
  });

  it('holds the roles of src/access/roles.ts: the same names, and the same pairs that nobody holds', async () => {
    const { rows } = await platform.owner.query('select role, other from incompatible_roles order by role, other');
    const listed = incompatibleRoles.flatMap(([role, other]) => [
      { role, other },
      { role: other, other: role },
    ]);
    listed.sort((one, two) => (`${one.role} ${one.other}` < `${two.role} ${two.other}` ? -1 : 1));
    expect(rows).toEqual(listed);
    expect(Object.keys(rolePlaces)).toEqual([...roles]);
    const { rows: checks } = await platform.owner.query(
      `select pg_get_constraintdef(oid) as definition from pg_constraint where conname = 'role_grants_role_check'`,
    );
    expect([...checks[0].definition.matchAll(/'([a-z_]+)'/g)].map(([, role]) => role)).toEqual([...roles]);
  });

  it('refuses the second of two roles that control each other, when both are granted at once over two connections', async () => {
    const other = await platform.applicationClient();
    for (const [one, two] of incompatibleRoles) {
      const { id: userId } = (
        await platform.owner.query(
          `insert into users (id, email, display_name, password_hash, totp_secret, created_by, created_at)
          values ($1::uuid, $1::text || '@example.org', 'Test', '$argon2id$none', '', $1::uuid, now()) returning id`,
          [newId()],
        )
      ).rows[0];
      const grant = (client: pg.Client, role: (typeof roles)[number]) => {
        const [kind] = rolePlaces[role].obligatory ? rolePlaces[role].kinds : [];
        return client.query(
          `insert into role_grants (id, user_id, role, office_id, fund_id, granted_by, granted_at) values ($1, $2, $3, $4, $5, '00000000-0000-0000-0000-000000000001', now())`,
          [newId(), userId, role, kind === 'office' ? frame.officeId : null, kind === 'fund' ? frame.fundId : null],
        );
      };
      const outcomes = await Promise.allSettled([grant(app, one), grant(other, two)]);
      expect([one, two, ...outcomes.map(({ status }) => status).sort()]).toEqual([one, two, 'fulfilled', 'rejected']);
    }
  });
});
