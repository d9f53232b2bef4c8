import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Frame, makeFrame, makePerson } from '../../../../test/support/fixtures.ts';
import { payList, type Wish } from '../../../../test/support/paid.ts';
import { someDefinition } from '../../../../test/support/plans.ts';
import { startPlatform, type TestPlatform } from '../../../../test/support/platform.ts';
import { makeVouchers } from '../../../../test/support/vouchers.ts';
import { system } from '../../../access/index.ts';
import { newId } from '../../../platform/index.ts';
import { foldOperations, rebuildOperations } from './commands.ts';

const outcomes = ['paid', 'live', 'expired', 'cancelled', 'voided', 'returned'] as const;

/** Numbers that look like chance and are the same for the same seed (mulberry32). */
function chance(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

describe('figures kept by differences', () => {
  let platform: TestPlatform;
  let frame: Frame;
  let owner: pg.Client;
  const gateway = newId();
  const scorecard = newId();
  beforeAll(async () => {
    platform = await startPlatform({ recurring: false });
    owner = platform.owner;
    frame = await makeFrame(platform, '900000000.00');
    await owner.query(`insert into wilayas values ('31', 'DZ-31', 'DZ031', 'Oran', 'وهران', null, '1984-02-04')`);
    await owner.query(
      `insert into gateways (id, name, kind, position, per_second, settings, credentials, changed_by, created_by, created_at)
      values ($1, 'Operator', 'outbox', 1, 10, '{}', '', array[$1]::uuid[], $1, now())`,
      [gateway],
    );
    await owner.query(
      'insert into scorecards (id, programme_id, version, definition, created_by, created_at) values ($1, $2, 77, $3, $1, now())',
      [scorecard, frame.programmeId, someDefinition()],
    );
  });
  afterAll(() => platform.close());

  const figures = async (from: string): Promise<unknown[]> =>
    (
      await owner.query(
        `select measure, list_id, fund_id, wilaya_number, office_id, gateway_id, key, day::text, until::text, sum(count)::int as count, trim_scale(sum(amount)) as amount
        from ${from} where programme_id = $1 and measure <> 'people' group by 1, 2, 3, 4, 5, 6, 7, 8, 9
        having sum(count) <> 0 or sum(amount) <> 0 order by 1, 2, 3, 4, 5, 6, 7, 8, 9`,
        [frame.programmeId],
      )
    ).rows;
  const plain = () => figures(`plain_operations('${frame.programmeId}')`);
  const shown = () => figures('operations_figures');
  const kept = () => figures('operations_kept');
  const fold = async () => {
    while (await platform.app.execute(foldOperations, {}, { actor: system }));
  };
  /** People counted from nothing, as they are kept, and as they are counted by where they stand. */
  const people = async () => {
    const of = async (from: string) =>
      (
        await owner.query(`select wilaya_number, stands, count(*)::int as count from ${from} group by 1, 2 order by 1, 2`, [
          frame.programmeId,
        ])
      ).rows;
    return {
      plain: await of(`people_stand($1, array(select id from beneficiaries)) s`),
      placed: await of('operations_people where programme_id = $1'),
      counted: (
        await owner.query(
          `select wilaya_number, key as stands, count::int from operations_kept where programme_id = $1 and measure = 'people' order by 1, 2`,
          [frame.programmeId],
        )
      ).rows,
    };
  };

  /** One of so many, of what is there. */
  const some = (table: string, where: string, pick: number) =>
    `select x.id from ${table} x where ${where} order by x.id offset ${pick} % greatest(1, (select count(*) from ${table} x where ${where})) limit 1`;

  const isOne = 'x.merged_into is null and exists (select from enrolments e where e.beneficiary_id = x.id)';
  /** What may happen, each as the database sees it. */
  const deeds: ((pick: (below: number) => number) => Promise<unknown>)[] = [
    (pick) =>
      payList(
        platform,
        frame,
        Array.from(
          { length: 1 + pick(6) },
          (): Wish => ({
            outcome: outcomes[pick(outcomes.length)] ?? 'paid',
            amount: `${1000 + pick(9) * 500}.50`,
            paidOn: `2026-0${3 + pick(3)}-1${pick(9)}`,
            wilaya: pick(3) ? '16' : '31',
          }),
        ),
        { approvedAt: `2026-0${1 + pick(2)}-1${pick(9)}T09:00:00Z` },
      ),
    (pick) =>
      owner.query(
        `update vouchers set state = 'locked', failed_attempts = 5 where id = (${some('vouchers', "x.state = 'activated'", pick(99))})`,
      ),
    (pick) =>
      owner.query(`update vouchers set state = 'expired' where id = (${some('vouchers', "x.state in ('activated', 'locked')", pick(99))})`),
    (pick) =>
      owner.query(
        `update vouchers set expires_at = expires_at + interval '9 days' where id = (${some('vouchers', "x.state = 'activated'", pick(99))})`,
      ),
    (pick) =>
      owner.query(`do $$ declare v vouchers; begin
        select * into v from vouchers where id = (${some('vouchers', "x.state = 'activated'", pick(99))});
        if v.id is null then return; end if;
        update vouchers set state = 'redeemed' where id = v.id;
        insert into payouts (id, voucher_id, office_id, agent_id, collector_id, amount, currency, document_type, document_last_four, paid_at, paid_on)
          select gen_random_uuid(), v.id, '${frame.officeId}', gen_random_uuid(), v.collector_id, v.amount, 'DZD', 'passport', '1234',
            d.at, d.at::date from (select '2026-04-01 10:00Z'::timestamptz + interval '1 day' * ${pick(9)} + interval '1 hour' * ${pick(9)} as at) d;
      end $$`),
    (pick) =>
      owner.query(`do $$ declare paid payouts; begin
        select * into paid from payouts where id = (${some('payouts', 'x.voided_at is null', pick(99))});
        if paid.id is null then return; end if;
        update payouts set voided_at = paid_at, voided_by = gen_random_uuid(), void_reason = 'Counted wrongly' where id = paid.id;
        update vouchers set state = 'activated', counter = counter + 1 where id = paid.voucher_id;
      end $$`),
    (pick) =>
      owner.query(`insert into messages (id, kind, voucher_id, counter, beneficiary_id, list_id, created_at)
        select gen_random_uuid(), case when ${pick(4)} = 0 then 'reminder' else 'code' end, v.id, ${pick(3)}, v.beneficiary_id, v.list_id, '2026-03-0${1 + pick(9)}T10:00Z'
        from vouchers v where v.id = (${some('vouchers', 'true', pick(99))}) on conflict do nothing`),
    (pick) =>
      owner.query(`update messages set state = 'accepted', gateway_id = '${gateway}', segments = ${1 + pick(3)}, accepted_at = created_at + interval '1 minute'
        where id in (select id from messages where state = 'pending' order by id limit ${pick(4)})`),
    (pick) =>
      owner.query(`update messages set state = 'delivered', reported_at = accepted_at + interval '${pick(500)} seconds'
        where id in (select id from messages where state = 'accepted' order by id limit ${pick(4)})`),
    (pick) =>
      owner.query(
        `update messages set state = 'undelivered', last_error = 'undelivered' where id = (${some('messages', "x.state = 'accepted'", pick(99))})`,
      ),
    (pick) =>
      owner.query(
        `update messages set state = 'pending', last_error = null where id = (${some('messages', "x.state = 'undelivered'", pick(99))})`,
      ),
    (pick) =>
      owner.query(`insert into failed_codes (id, agent_id, office_id, voucher_id, at) select gen_random_uuid(), gen_random_uuid(), '${frame.officeId}', v.id,
        '2026-04-0${1 + pick(9)}T10:00Z' from vouchers v where v.id = (${some('vouchers', 'true', pick(99))})`),
    (pick) =>
      owner.query(`insert into cash_refusals (id, agent_id, office_id, voucher_id, at) select gen_random_uuid(), gen_random_uuid(), '${frame.officeId}', v.id,
        '2026-04-0${1 + pick(9)}T10:00Z' from vouchers v where v.id = (${some('vouchers', 'true', pick(99))})`),
    async (pick) => {
      const { id } = await makePerson(platform, frame.programmeId);
      if (pick(2))
        await owner.query(
          `insert into assessments (scorecard_id, beneficiary_id, number, outcome, score, findings, assessed_at) values ($1, $2, 1, $3, 100, '', now())`,
          [scorecard, id, ['eligible', 'not_eligible', 'not_assessable'][pick(3)]],
        );
    },
    (pick) =>
      owner.query(`update enrolments set state = 'suspended' where beneficiary_id = (select beneficiary_id from enrolments where state = 'enrolled'
      order by beneficiary_id offset ${pick(3)} limit 1)`),
    (pick) =>
      owner.query(`insert into enrolments (programme_id, beneficiary_id, state, entered_by, changed_at) select '${frame.programmeId}', b.id, 'enrolled', b.id, now()
        from beneficiaries b where b.merged_into is null order by b.id offset ${pick(9)} limit 6 on conflict do nothing`),
    (pick) =>
      owner.query(`update beneficiaries l set merged_into = s.id from beneficiaries s where s.merged_into is null and l.merged_into is null and l.id <> s.id
        and l.id = (${some('beneficiaries', isOne, pick(99))})
        and s.id = (${some('beneficiaries', isOne, pick(98))})
        and not exists (select from beneficiaries o where o.merged_into = l.id)`),
    (pick) =>
      owner.query(
        `update beneficiaries set merged_into = null where id = (${some('beneficiaries', 'x.merged_into is not null', pick(99))})`,
      ),
    fold,
  ];

  it.each([1, 2, 3])('are those of the plain count at every moment, whatever happens (%i)', async (seed) => {
    const pick = chance(seed);
    await deeds[0]?.(pick);
    for (let round = 0; round < 12; round += 1) {
      for (let deed = 0; deed < 6; deed += 1) await deeds[pick(deeds.length)]?.(pick);
      expect(await shown()).toEqual(await plain());
    }
    await fold();
    expect((await owner.query('select from operations_changes')).rowCount).toBe(0);
    expect(await kept()).toEqual(await plain());
    expect((await owner.query('select from operations_kept where count = 0 and amount = 0')).rowCount).toBe(0);
    const { plain: truly, placed, counted } = await people();
    expect(placed).toEqual(truly);
    expect(counted).toEqual(truly);
  });

  it('are made again from nothing, with what came in meanwhile', async () => {
    await fold();
    const before = await kept();
    const { counted } = await people();
    await owner.query(`update operations_kept set count = count + 1 where programme_id = $1`, [frame.programmeId]);
    await owner.query(`delete from operations_people where programme_id = $1`, [frame.programmeId]);
    await platform.app.execute(rebuildOperations, { programmeId: frame.programmeId }, { actor: system });
    expect(await kept()).toEqual(before);
    expect((await people()).counted).toEqual(counted);
    // Somebody else's work that commits while it is counted anew is not seen by the counting, and waits.
    const [other, rebuilding] = [await platform.applicationClient(), await platform.applicationClient()];
    await other.query('begin');
    await other.query(`update vouchers set state = 'expired' where id = (${some('vouchers', "x.state = 'activated'", 1)})`);
    await rebuilding.query('begin');
    await rebuilding.query('select rebuild_operations($1)', [frame.programmeId]);
    await other.query('commit');
    await rebuilding.query('commit');
    expect(await shown()).toEqual(await plain());
    await fold();
    expect(await kept()).toEqual(await plain());
  });

  it('are as they were when folding is killed in the middle', async () => {
    await deeds[0]?.(chance(9));
    const [before, keptBefore] = [await shown(), await kept()];
    const doomed = await platform.applicationClient();
    doomed.on('error', () => {});
    await doomed.query('begin');
    await doomed.query('select fold_operations(1000, now())');
    const { rows } = await doomed.query('select pg_backend_pid() as pid');
    await owner.query('select pg_terminate_backend($1)', [rows[0].pid]);
    await expect(doomed.query('commit')).rejects.toThrow();
    expect(await kept()).toEqual(keptBefore);
    expect(await shown()).toEqual(before);
    await fold();
    expect(await kept()).toEqual(await plain());
  });

  it('count what two folds take at once no more than once', async () => {
    await deeds[0]?.(chance(10));
    await Promise.all([fold(), fold(), fold()]);
    expect(await kept()).toEqual(await plain());
  });

  /** Two vouchers that wait, with codes that a gateway has taken, by voucher: the first one, and those that replaced it. */
  const reissued = async (): Promise<[first: string[], second: string[]]> => {
    const serials = (await payList(platform, frame, [{ outcome: 'live' }, { outcome: 'live' }])).map(({ serial }) => serial);
    const { rows } = await owner.query(
      `insert into messages (id, kind, voucher_id, counter, beneficiary_id, list_id, created_at) select gen_random_uuid(), 'code', v.id, 100 + n, v.beneficiary_id, v.list_id, now()
      from vouchers v, generate_series(1, 3) n where v.serial = any($1) returning id, voucher_id`,
      [serials],
    );
    await owner.query(`update messages set state = 'accepted', gateway_id = $2, segments = 1, accepted_at = now() where id = any($1)`, [
      rows.map(({ id }) => id),
      gateway,
    ]);
    const codes = new Map<string, string[]>();
    for (const { id, voucher_id } of rows) codes.set(voucher_id, [...(codes.get(voucher_id) ?? []), id]);
    const [first = [], second = []] = codes.values();
    return [first, second];
  };
  const delivered = (client: pg.Client, ids: readonly (string | undefined)[]) =>
    client.query(
      `update messages m set state = 'delivered', reported_at = now() from unnest($1::uuid[]) with ordinality r (id, n) where m.id = r.id`,
      [ids],
    );
  const reached = async () =>
    (await owner.query(`select sum(count)::int as n from operations_figures where measure = 'reached'`)).rows[0].n as number;

  it('count a voucher once whose codes arrive together', async () => {
    const [first, second] = await reissued();
    const before = await reached();
    await delivered(owner, [...first.slice(0, 2), second[0]]);
    expect(await reached()).toBe(before + 2);
    await delivered(owner, [first[2], ...second.slice(1)]);
    await owner.query(`update messages set segments = 2 where id = any($1)`, [first]);
    expect(await reached()).toBe(before + 2);
    expect(await shown()).toEqual(await plain());
  });

  it('count vouchers once whose codes arrive in several batches at once, in whichever order', async () => {
    const [first, second] = await reissued();
    const before = await reached();
    const [early, one, other] = [
      await platform.applicationClient(),
      await platform.applicationClient(),
      await platform.applicationClient(),
    ];
    for (const client of [one, other])
      await client.query('set enable_seqscan = off; set enable_hashjoin = off; set enable_mergejoin = off; set enable_bitmapscan = off');
    await early.query('begin');
    await delivered(early, [first[0], second[0]]);
    const batches = [delivered(one, [first[1], second[1]]), delivered(other, [second[2], first[2]])];
    const waiting = async () =>
      (
        await owner.query(`select count(*)::int as n from pg_locks where locktype = 'advisory' and not granted
          and database = (select oid from pg_database where datname = current_database())`)
      ).rows[0].n;
    await expect.poll(waiting, { interval: 10 }).toBe(2);
    await early.query('commit');
    await Promise.all(batches);
    expect(await reached()).toBe(before + 2);
    expect(await shown()).toEqual(await plain());
  });

  it('are written by the triggers alone', async () => {
    const app = await platform.applicationClient();
    for (const table of ['operations_changes', 'operations_kept', 'operations_kept_paid', 'operations_people', 'operations_progress'])
      for (const statement of [`delete from ${table}`, `insert into ${table} select * from ${table} limit 0`, `truncate ${table}`])
        await expect(app.query(statement)).rejects.toThrow('permission denied');
    await expect(app.query('update operations_kept set count = 0')).rejects.toThrow('permission denied');
  });

  it('know of a pay-out at a counter at once', async () => {
    const agent = await platform.as('agent', { office: frame.officeId });
    const officer = await platform.as('programme_officer', { programme: frame.programmeId });
    const load = async () =>
      (await officer.get(`/v1/programmes/${frame.programmeId}/operations/office-load?officeId=${frame.officeId}`).expect(200)).body.rows[0];
    const before = await load();
    const [voucher, , wrong] = await makeVouchers(platform, frame, 3);
    const redeem = (serial = '', code = '') =>
      agent.post('/v1/payouts', {
        officeId: frame.officeId,
        locator: { serial },
        code,
        documentType: 'passport',
        documentLastFour: '0042',
      });
    await redeem(voucher?.serial, voucher?.code).expect(201);
    await redeem(wrong?.serial, voucher?.code).expect(422);
    await owner.query('update offices set has_cash = false where id = $1', [frame.officeId]);
    await redeem(wrong?.serial, wrong?.code).expect(409);
    await redeem('00000000000000', wrong?.code).expect(409);
    await owner.query('update offices set has_cash = true where id = $1', [frame.officeId]);
    expect(await load()).toMatchObject({
      payouts: before.payouts + 1,
      wrongCodes: before.wrongCodes + 1,
      withoutCash: before.withoutCash + 1,
    });
    expect(await shown()).toEqual(await plain());
    await fold();
    expect(await kept()).toEqual(await plain());
    const { plain: truly, counted } = await people();
    expect(counted).toEqual(truly);
  });
});
