import fc from 'fast-check';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { daysOf, makeWork, registeredBefore } from '../../../test/support/extras.ts';
import { type Frame, makeFrame, makePerson, type Person } from '../../../test/support/fixtures.ts';
import { makePlan } from '../../../test/support/plans.ts';
import { type Client, startPlatform, type TestPlatform } from '../../../test/support/platform.ts';
import { Money, newId } from '../../platform/index.ts';
import { earned, periodOf } from './rules.ts';

describe('what the database says of cash-for-work, whoever writes', () => {
  let platform: TestPlatform;
  let frame: Frame;
  let officer: Client;
  let second: Client;
  let app: pg.Client;
  let work: { planId: string; siteId: string };
  beforeAll(async () => {
    platform = await startPlatform();
    frame = await makeFrame(platform);
    const programme = frame.programmeId;
    [officer, second] = [await platform.as('programme_officer', { programme }), await platform.as('programme_officer', { programme })];
    app = await platform.applicationClient();
    work = await makeWork(officer, frame, { daysPerPeriod: 2 }, 2);
  });
  afterAll(() => platform.close());

  const refused = (constraint: string, attempt: Promise<unknown>) => expect(attempt).rejects.toMatchObject({ constraint });
  const person = async () => {
    const made = await makePerson(platform, frame.programmeId);
    await registeredBefore(platform, [made]);
    return made;
  };
  const entered = async (rows: readonly object[], { planId, siteId } = work): Promise<string> =>
    (await officer.post(`/v1/plans/${planId}/attendance-sheets`, { siteId, rows }).expect(201)).body.id;

  /** A sheet of one row, in a transaction that is rolled back. */
  async function sheetOf(
    { id }: Person,
    row: Partial<Record<'day' | 'from' | 'to' | 'plan' | 'site', string>> & { rows?: number; more?: string[] } = {},
  ) {
    const sheetId = newId();
    await app.query('begin');
    try {
      await app.query(
        `insert into attendance_sheets (id, plan_id, site_id, source, content, row_count, fault_count, entered_by, entered_at)
        values ($1, $2, $3, 'rows', $5, $4, 0, $1, now())`,
        [sheetId, work.planId, work.siteId, row.rows ?? 1 + (row.more?.length ?? 0), sheetId.replaceAll('-', '').padStart(64, '0')],
      );
      for (const [i, day] of [row.day ?? '2026-03-16', ...(row.more ?? [])].entries())
        await app.query('insert into attendance values ($1, $2, $3, $4, $5, $6, 2, $7, $8, true)', [
          sheetId,
          i + 1,
          row.plan ?? work.planId,
          row.site ?? work.siteId,
          id,
          day,
          row.from ?? '2026-03-15',
          row.to ?? '2026-03-21',
        ]);
      await app.query('set constraints all immediate');
    } finally {
      await app.query('rollback');
    }
  }

  it('takes a day of the plan, with its period, for its plan and site', async () => {
    const somebody = await person();
    await sheetOf(somebody);
    const other = await makeWork(officer, frame);
    for (const wrong of [
      { day: '2026-04-01', from: '2026-03-29', to: '2026-04-04' },
      { from: '2026-03-14' },
      { to: '2026-03-22' },
      { plan: other.planId },
      { site: other.siteId },
    ])
      await refused('attendance_of_its_sheet', sheetOf(somebody, wrong));
  });

  it('takes no more rows than the sheet says, and no fewer', async () => {
    await refused('attendance_sheets_whole', sheetOf(await person(), { rows: 2 }));
    const id = await entered(daysOf(await person(), [9]));
    const add = (somebody: Person) =>
      app.query(`insert into attendance values ($1, 99, $2, $3, $4, '2026-03-10', 2, '2026-03-08', '2026-03-14', true)`, [
        id,
        work.planId,
        work.siteId,
        somebody.id,
      ]);
    // A row that is slipped in before the signature makes the sheet one that nobody can sign.
    await add(await person());
    const sign = app.query(`update attendance_sheets set state = 'signed', signed_by = $2, signed_at = now() where id = $1`, [id, newId()]);
    await refused('attendance_sheets_whole', sign);
    await app.query(`update attendance set counts = false where sheet_id = $1 and row_number = 99`, [id]);
    await refused('attendance_sheets_whole', app.query(`update attendance_sheets set version = version + 1 where id = $1`, [id]));
    const signed = await entered(daysOf(await person(), [11]));
    await second.post(`/v1/attendance-sheets/${signed}/sign`).expect(200);
    await refused(
      'attendance_of_its_sheet',
      app.query(
        `insert into attendance select sheet_id, 98, plan_id, site_id, beneficiary_id, day + 1, 2, period_from, period_to, true from attendance where sheet_id = $1`,
        [signed],
      ),
    );
  });

  it('keeps the caps: people at a site, days of a person, and one site a day', async () => {
    const [one, other, third] = [await person(), await person(), await person()];
    await entered([...daysOf(one, [16]), ...daysOf(other, [16])]);
    await refused('attendance_within_capacity', sheetOf(third));
    await refused('attendance_within_days', sheetOf(third, { day: '2026-03-17', more: ['2026-03-18', '2026-03-19'] }));
    await refused('attendance_one_site_a_day', sheetOf(third, { day: '2026-03-17', more: ['2026-03-17'] }));
    await sheetOf(third, { day: '2026-03-17', more: ['2026-03-18'] });
  });

  it('lets a row stop counting and nothing else, and a sheet go its way only', async () => {
    const id = await entered(daysOf(await person(), [23]));
    const change = (what: string) => app.query(`update attendance set ${what} where sheet_id = $1`, [id]);
    await expect(change('half_days = 1')).rejects.toMatchObject({ code: '42501' });
    await refused('attendance_append_only', change('counts = true'));
    await expect(app.query('delete from attendance')).rejects.toMatchObject({ code: '42501' });
    const move = (state: string) =>
      app.query(`update attendance_sheets set state = $2, signed_by = $3, signed_at = now() where id = $1`, [id, state, newId()]);
    await refused('attendance_sheets_whole', move('replaced')); // its rows would go on counting
    await move('signed');
    await refused('attendance_sheets_transition', move('entered'));
    await refused('attendance_sheets_signed', app.query(`update attendance_sheets set signed_by = null where id = $1`, [id]));
  });

  it('owes nothing for days that nobody has signed, and keeps days that are paid', async () => {
    const somebody = await person();
    const id = await entered(daysOf(somebody, [24]));
    const entitlementId = newId();
    await app.query('insert into entitlements (id, plan_id, beneficiary_id, created_at) values ($1, $2, $3, now())', [
      entitlementId,
      work.planId,
      somebody.id,
    ]);
    let number = 0;
    const owe = (amount: string, from = '2026-03-22', to = '2026-03-28') => {
      number += 1;
      return app.query(
        `insert into instalments (id, entitlement_id, number, plan_id, kind, programme_id, beneficiary_id, household_id, purpose, covers_from,
          covers_to, due_on, amount, currency, created_at)
        values (gen_random_uuid(), $1, $2, $3, 'cash_for_work', $4, $5, $6, 'x', $7, $8, $8, $9, 'DZD', now())`,
        [entitlementId, number, work.planId, frame.programmeId, somebody.id, somebody.householdId, from, to, amount],
      );
    };
    await refused('instalments_of_signed_days', owe('1.00'));
    await second.post(`/v1/attendance-sheets/${id}/sign`).expect(200); // which owes all of it
    await refused('instalments_of_signed_days', owe('0.01'));
    await refused('instalments_of_signed_days', owe('0.01', '2026-03-15', '2026-03-21'));
    await app.query('begin');
    await app.query(`update attendance_sheets set state = 'replaced' where id = $1`, [id]);
    await refused('attendance_not_paid', app.query(`update attendance set counts = false where sheet_id = $1`, [id]));
    await app.query('rollback');
  });

  it('has terms in a plan of its kind only, which stay', async () => {
    const grant = await makePlan(platform, frame, []);
    const terms = app.query(`insert into work_terms values ($1, 1, 'DZD', '2026-03-01', '2026-03-31', 7, 6)`, [grant]);
    await refused('work_terms_kind', terms);
    await refused('work_terms_append_only', platform.owner.query('update work_terms set day_rate = 2'));
  });

  it('works out the same periods as the rules', async () => {
    const day = fc.integer({ min: 0, max: 2_000 }).map((n) => new Date(Date.UTC(2024, 0, 1 + n)).toISOString().slice(0, 10));
    const drawn = fc.array(fc.tuple(fc.uniqueArray(day, { minLength: 3, maxLength: 3 }), fc.option(fc.integer({ min: 1, max: 92 }))), {
      minLength: 50,
      maxLength: 50,
    });
    await fc.assert(
      fc.asyncProperty(drawn, async (rows) => {
        const cases = rows.map(([days, period]) => {
          const [starts, on, ends] = days.sort() as [string, string, string];
          return { starts, on, ends, period, expected: periodOf({ startsOn: starts, endsOn: ends, periodDays: period ?? undefined }, on) };
        });
        const { rows: found } = await platform.owner.query(
          `select p.period_from as from, p.period_to as to from rows from (jsonb_to_recordset($1) as (ends date, "on" date, period int, starts date)) with ordinality as c (ends, "on", period, starts, n)
          cross join lateral work_period(row (null, 1, 'DZD', c.starts, c.ends, c.period, 1, null)::work_terms, c."on") p order by c.n`,
          [JSON.stringify(cases)],
        );
        expect(found).toEqual(cases.map(({ expected }) => expected));
      }),
      { numRuns: 10 },
    );
  });

  it('owes what the rules say, whatever is entered, signed, rejected and corrected', async () => {
    const step = fc.record({
      what: fc.constantFrom('enter', 'enter', 'correct', 'reject'),
      rows: fc.array(fc.tuple(fc.nat(1), fc.integer({ min: 1, max: 28 }), fc.constantFrom('full', 'half')), { minLength: 1, maxLength: 6 }),
      sign: fc.boolean(),
      which: fc.nat(20),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 8 }), async (steps) => {
        const rate = { dayRate: '0.03', daysPerPeriod: 7 };
        const { planId, siteId } = await makeWork(officer, frame, rate);
        const people = [await person(), await person()];
        const open: string[] = [];
        for (const { what, rows, sign, which } of steps) {
          const written = rows.flatMap(([who, day, presence]) => daysOf(people[who] as Person, [day], presence));
          const target = open[which % Math.max(open.length, 1)];
          if (what === 'reject') {
            if (target) await second.post(`/v1/attendance-sheets/${target}/reject`, { reason: 'Not so' });
            continue;
          }
          const replacesId = what === 'correct' && target ? { replacesId: target } : {};
          const { body, status } = await officer.post(`/v1/plans/${planId}/attendance-sheets`, { siteId, rows: written, ...replacesId });
          expect([201, 409, 422]).toContain(status);
          if (status !== 201) continue;
          open.push(body.id);
          if (sign) await second.post(`/v1/attendance-sheets/${body.id}/sign`);
        }
        const { rows: days } = await platform.owner.query(
          `select a.beneficiary_id || a.period_from::text as key, sum(a.half_days)::int as half from attendance a join attendance_sheets s on s.id = a.sheet_id
          where a.plan_id = $1 and s.state = 'signed' and a.counts group by 1`,
          [planId],
        );
        const { rows: owed } = await platform.owner.query(
          `select beneficiary_id || covers_from::text as key, sum(amount)::text as amount from instalments where plan_id = $1 and state = 'due' group by 1`,
          [planId],
        );
        const expected = days
          .map(({ key, half }) => [key, String(earned(Money.of('0.03', 'DZD'), half))])
          .filter(([, amount]) => amount !== '0.00');
        expect(owed.map(({ key, amount }) => [key, amount]).sort()).toEqual(expected.sort());
      }),
      { numRuns: 4 },
    );
  });
});
