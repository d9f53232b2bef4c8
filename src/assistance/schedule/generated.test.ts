import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Frame, makeFrame, makePerson, type Person, resizeHousehold } from '../../../test/support/fixtures.ts';
import { someDefinition } from '../../../test/support/plans.ts';
import { startPlatform, type TestPlatform } from '../../../test/support/platform.ts';
import { dateIn, Money, newId, sql, type Tx } from '../../platform/index.ts';
import { amountFor } from '../amounts.ts';
import { applyChange, decidedOf } from '../entitlements/change-store.ts';
import type { NewChange } from '../entitlements/types.ts';
import type { AmountRule } from '../plan-base.ts';
import { advance } from './advance.ts';
import { addDays, type Day, daysIn } from './days.ts';
import { owingOf } from './owing.ts';
import { type Scheduled, scheduledPlan } from './scheduled.ts';
import { settlePeople } from './settle-store.ts';
import { settle } from './settling.ts';
import type { Standing } from './types.ts';

const PEOPLE = 3;
const RUNS = 5;
const RULES: readonly AmountRule[] = [
  { rule: 'fixed', amount: '10000.01' },
  { rule: 'fixed', amount: '0.03' },
  {
    rule: 'by_household_size',
    amounts: [
      { fromSize: 1, amount: '7000.00' },
      { fromSize: 4, amount: '12345.67' },
    ],
  },
  { rule: 'by_tier', amounts: [{ tier: 'severe', amount: '9999.99' }] },
];
const ZONES = ['Africa/Algiers', 'Europe/Paris', 'America/Santiago', 'Pacific/Apia', 'Africa/Cairo'];

/** Something that is entered on a day: of a record, or of an entitlement. */
type Event =
  | { readonly what: 'enrolment'; readonly person: number; readonly isEnrolled: boolean }
  | { readonly what: 'assessment'; readonly person: number; readonly tier: 'severe' | 'mild' | null }
  | { readonly what: 'size'; readonly person: number; readonly size: number }
  | {
      readonly what: 'change';
      readonly person: number;
      readonly change: 'toggle' | 'amount' | 'stop';
      readonly offset: number;
      readonly arrears: boolean;
      readonly amount: string;
    }
  | { readonly what: 'list'; readonly person: number }
  | { readonly what: 'unlist'; readonly person: number }
  | { readonly what: 'work' };

const person = fc.nat(PEOPLE - 1);
const event: fc.Arbitrary<Event> = fc.oneof(
  fc.record({ what: fc.constant('enrolment' as const), person, isEnrolled: fc.boolean() }),
  fc.record({ what: fc.constant('assessment' as const), person, tier: fc.constantFrom('severe' as const, 'mild' as const, null) }),
  fc.record({ what: fc.constant('size' as const), person, size: fc.integer({ min: 1, max: 8 }) }),
  {
    weight: 6,
    arbitrary: fc.record({
      what: fc.constant('change' as const),
      person,
      change: fc.constantFrom(...(['toggle', 'toggle', 'toggle', 'toggle', 'amount', 'amount', 'stop'] as const)),
      offset: fc.integer({ min: -40, max: 12 }),
      arrears: fc.boolean(),
      amount: fc.constantFrom('5000.00', '0.01', '14000.33'),
    }),
  },
  { weight: 3, arbitrary: fc.record({ what: fc.constant('list' as const), person }) },
  { weight: 1, arbitrary: fc.record({ what: fc.constant('unlist' as const), person }) },
  { weight: 5, arbitrary: fc.constant({ what: 'work' as const }) },
);

const story = fc.record({
  every: fc.constantFrom('month' as const, 'month' as const, 'days' as const),
  everyDays: fc.integer({ min: 1, max: 45 }),
  tiers: fc.array(fc.constantFrom('severe' as const, 'severe' as const, 'severe' as const, 'mild' as const, null), {
    minLength: PEOPLE,
    maxLength: PEOPLE,
  }),
  dueAt: fc.constantFrom('start' as const, 'end' as const),
  startsOn: fc.integer({ min: 0, max: 500 }).map((n) => addDays('2027-06-01', n)),
  lasts: fc.integer({ min: 5, max: 200 }),
  isOpen: fc.boolean(),
  hasScorecard: fc.boolean(),
  rule: fc.constantFrom(...RULES),
  zone: fc.constantFrom(...ZONES),
  events: fc.array(fc.tuple(fc.integer({ min: 0, max: 9 }), event), { minLength: 20, maxLength: 45, size: 'max' }),
});
type Story = typeof story extends fc.Arbitrary<infer Told> ? Told : never;

/** What was entered of one person, by the day where the plan pays. */
interface Past {
  readonly enrolments: { readonly on: Day; readonly isEnrolled: boolean }[];
  readonly assessments: { readonly on: Day; readonly tier: string | null }[];
  readonly sizes: { readonly on: Day; readonly size: number }[];
}

describe('what the database makes out', () => {
  let platform: TestPlatform;
  let frame: Frame;
  let told = 0;
  beforeAll(async () => {
    platform = await startPlatform({ recurring: false });
  });
  afterAll(() => platform.close());
  const inTransaction = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => platform.app.database.transaction(work);

  async function live(given: Story): Promise<void> {
    told += 1;
    frame = await makeFrame(platform);
    const { owner } = platform;
    // The zone of a programme is for life, so a test that wants another writes past its triggers.
    await owner.query(`set session_replication_role = replica`);
    await owner.query(`update programmes set time_zone = $2 where id = $1`, [frame.programmeId, given.zone]);
    await owner.query(`set session_replication_role = origin`);
    const people: Person[] = [];
    for (let i = 0; i < PEOPLE; i += 1) people.push(await makePerson(platform, frame.programmeId));
    const ids = people.map(({ id }) => id);
    await owner.query(`update beneficiaries set registered_at = '2026-01-01' where id = any($1)`, [ids]);
    await owner.query(`update enrolments set changed_at = '2026-01-01' where beneficiary_id = any($1)`, [ids]);
    const [planId, scorecardId] = [newId(), newId()];
    const scorecard = given.hasScorecard || given.rule.rule === 'by_tier';
    if (scorecard) {
      const tiers = [
        { name: 'mild', fromScore: 1 },
        { name: 'severe', fromScore: 5 },
      ];
      await owner.query(`insert into scorecards values ($1, $2, 1, $3, $1, '2026-01-01')`, [
        scorecardId,
        frame.programmeId,
        { ...someDefinition(), threshold: 0, tiers },
      ]);
    }
    const endsOn = addDays(given.startsOn, given.lasts - 1);
    await owner.query(
      `insert into plans (id, programme_id, programme_version, kind, name, purpose, amount_rule, currency, starts_on, ends_on, every, every_days,
        due_at, is_open, scorecard_id, created_by, created_at)
      values ($1, $2, 1, 'stipend', $1::uuid::text, 'rent', $3, 'DZD', $4, $5, $6, $7, $8, $9, $10, $1, '2026-06-01')`,
      [
        planId,
        frame.programmeId,
        given.rule,
        given.startsOn,
        endsOn,
        given.every,
        given.every === 'days' ? given.everyDays : null,
        given.dueAt,
        given.isOpen,
        scorecard ? scorecardId : null,
      ],
    );
    if (!scorecard) {
      await owner.query(
        `insert into entitlements (id, plan_id, beneficiary_id, starts_on, ends_on, entitled_by, settle_on, created_at)
        select gen_random_uuid(), $1, id, $2::date + (row_number() over ())::int * 3 % least(9, $3::date - $2::date + 1), $3, id, '2026-06-01', '2026-06-01' from unnest($4::uuid[]) id`,
        [planId, given.startsOn, endsOn, ids],
      );
    }
    const pasts: Past[] = people.map(() => ({ enrolments: [], assessments: [], sizes: [] }));
    const assess = async (n: number, tier: string | null, moment: Date) => {
      await owner.query(
        `insert into assessments (scorecard_id, beneficiary_id, number, outcome, score, tier, findings, assessed_at)
        values ($1, $2, $3, $4, 9, $5, '', $6)`,
        [scorecardId, ids[n], (pasts[n]?.assessments.length ?? 0) + 1, tier ? 'eligible' : 'not_eligible', tier, moment],
      );
      pasts[n]?.assessments.push({ on: dateIn(given.zone, moment), tier });
    };
    if (scorecard) for (const [n, tier] of given.tiers.entries()) await assess(n, tier, new Date('2026-02-01T12:00:00Z'));
    const lists: string[] = [];
    let day = addDays(given.startsOn, -3);
    const at = () => new Date(`${day}T12:00:00Z`);
    const today = () => dateIn(given.zone, at());
    const work = () =>
      inTransaction(async (tx) => {
        const scheduled = (await scheduledPlan(tx, planId)) as Scheduled;
        while (await advance({ tx, now: at() }, scheduled, { together: 2, alone: 2 }));
      });

    async function happen(occurrence: Event): Promise<void> {
      if (occurrence.what === 'work') return work();
      const who = people[occurrence.person] as Person;
      const past = pasts[occurrence.person] as Past;
      if (occurrence.what === 'enrolment') {
        const state = occurrence.isEnrolled ? 'enrolled' : 'suspended';
        await owner.query(`update enrolments set state = $2, changed_at = $3 where beneficiary_id = $1 and state <> $2`, [
          who.id,
          state,
          at(),
        ]);
        past.enrolments.push({ on: today(), isEnrolled: occurrence.isEnrolled });
      } else if (occurrence.what === 'assessment') {
        if (scorecard) await assess(occurrence.person, occurrence.tier, at());
      } else if (occurrence.what === 'size') {
        if (past.sizes.at(-1)?.size === occurrence.size || (past.sizes.length === 0 && occurrence.size === 1)) return;
        await resizeHousehold(platform, who.householdId, occurrence.size, at());
        past.sizes.push({ on: today(), size: occurrence.size });
      } else {
        const { rows } = await owner.query('select id, starts_on, ends_on from entitlements where plan_id = $1 and beneficiary_id = $2', [
          planId,
          who.id,
        ]);
        if (rows.length === 0) return;
        if (occurrence.what === 'change') return change(rows[0].id, occurrence);
        return occurrence.what === 'list' ? list(rows[0].id) : unlist(rows[0].id);
      }
    }

    const change = (id: string, { change: asks, offset, arrears, amount }: Event & { what: 'change' }) =>
      inTransaction(async (tx) => {
        const { rows } = await owner.query('select state from entitlements where id = $1', [id]);
        const kind = asks === 'toggle' ? (rows[0].state === 'suspended' ? 'resume' : 'suspend') : asks;
        const asked: NewChange = {
          change: kind,
          from: addDays(day, offset),
          ...(kind === 'resume' ? { arrears } : {}),
          ...(kind === 'amount' ? { amount } : {}),
        };
        const changed = await applyChange(tx, [id], {
          change: asked,
          currency: 'DZD',
          reason: 'As it is',
          by: newId(),
          now: at(),
          runId: null,
        });
        await settlePeople(tx, (await scheduledPlan(tx, planId)) as Scheduled, changed, at());
      });

    /** Puts everything of somebody that is due on a list. */
    async function list(id: string): Promise<void> {
      const listId = newId();
      lists.push(listId);
      await owner.query('begin');
      await owner.query(`set local session_replication_role = replica`);
      await owner.query(
        `insert into payment_list_lines (id, list_id, position, instalment_id, plan_id, kind, purpose, fund_id, beneficiary_id, collector_id, household_id,
          covers_from, covers_to, amount, currency, wilaya_number, sex, age_band, has_disability)
        select gen_random_uuid(), $2, i.number, i.id, i.plan_id, i.kind, i.purpose, $3, i.beneficiary_id, i.beneficiary_id, i.household_id,
          i.covers_from, i.covers_to, i.amount, i.currency, '16', 'female', '18-59', false
        from instalments i where i.entitlement_id = $1 and i.state = 'due'
          and not exists (select from payment_list_lines l where l.instalment_id = i.id and l.counts)`,
        [id, listId, frame.fundId],
      );
      await owner.query('commit');
    }
    const unlist = async (id: string) => {
      await owner.query(
        `update payment_list_lines set state = 'returned', return_reason = 'not_enrolled'
        where state = 'included' and instalment_id in (select i.id from instalments i where i.entitlement_id = $1)`,
        [id],
      );
    };

    for (const [days, occurrence] of given.events) {
      day = addDays(day, days);
      await happen(occurrence);
    }
    day = addDays(day, daysIn(day, endsOn) > 0 && told % 2 === 0 ? daysIn(day, endsOn) + 400 : 1);
    await work();

    await inTransaction(async (tx) => {
      const scheduled = (await scheduledPlan(tx, planId)) as Scheduled;
      const entitled = await tx.all<{ id: string; beneficiaryId: string; startsOn: Day; endsOn: Day; carried: string }>(
        sql`select id, beneficiary_id as "beneficiaryId", starts_on as "startsOn", ends_on as "endsOn", carried::text
          from entitlements where plan_id = ${planId}`,
      );
      for (const { id, beneficiaryId, startsOn, endsOn: end, carried } of entitled) {
        const past = pasts[ids.indexOf(beneficiaryId)] as Past;
        const standingOn = (dueOn: Day): Standing => {
          const lastBefore = <T extends { on: Day }>(rows: readonly T[]) => rows.findLast(({ on }) => on < dueOn);
          const found = lastBefore(past.assessments);
          const amount = amountFor(given.rule, lastBefore(past.sizes)?.size ?? 1, found?.tier ?? null);
          const rate = amount === null ? null : Money.of(amount, 'DZD');
          if (!(lastBefore(past.enrolments)?.isEnrolled ?? true)) return { reason: 'not_enrolled', rate };
          return { reason: scorecard && !found?.tier ? 'not_eligible' : null, rate };
        };
        const changes = await decidedOf(tx, id);
        const owing = owingOf(scheduled.schedule, 'DZD', { startsOn, endsOn: end, changes }, standingOn, today());
        const { rows: made } = await owner.query(
          `select i.period, i.covers_from as from, i.covers_to as to, i.due_on as "dueOn", i.amount::text, i.carried::text,
            exists (select from payment_list_lines l where l.instalment_id = i.id and l.counts) as "isListed"
          from instalments i where i.entitlement_id = $1 and i.state = 'due' order by i.period, i.covers_from`,
          [id],
        );
        const settled = settle(
          owing,
          made.map((row) => ({ ...row, amount: Money.of(row.amount, 'DZD') })),
          'DZD',
        );
        const plain = ({ amount, carried: some, ...row }: (typeof settled.wanted)[number]) => ({
          ...row,
          amount: String(amount),
          carried: String(some),
        });
        expect(
          made
            .filter(({ isListed }) => !isListed)
            .map(({ isListed: _, amount, carried: some, ...row }) => ({
              ...row,
              amount: Money.of(amount, 'DZD').toString(),
              carried: Money.of(some, 'DZD').toString(),
            })),
        ).toEqual(settled.wanted.map(plain));
        // All together, instalments come to what the rules owe.
        const owed = Money.sum(
          owing.map(({ amount }) => amount),
          'DZD',
        );
        const out = Money.sum(
          made.map(({ amount }) => Money.of(amount, 'DZD')),
          'DZD',
        );
        expect(out.plus(settled.carried).toString()).toBe(owed.toString());
        expect(Money.of(carried, 'DZD').toString()).toBe(settled.carried.toString());
        // None past the end but on a list, and no day twice.
        for (const row of made) expect(row.isListed || row.to <= end).toBe(true);
        for (let i = 1; i < made.length; i += 1) expect(made[i].from > made[i - 1].to).toBe(true);
        // Whatever of a due period is not made out has a reason.
        const { rows: reasons } = await owner.query(
          'select period, reason from periods_not_owed where entitlement_id = $1 and lifted_at is null order by period',
          [id],
        );
        const without = owing.filter(({ period }) => !made.some((row) => row.period === period));
        expect(reasons).toEqual(without.map(({ period, reason }) => ({ period, reason: reason ?? 'made_out_before' })));
      }
      const again = await settlePeople(
        tx,
        scheduled,
        entitled.map(({ id }) => id),
        at(),
      );
      expect(again).toMatchObject({ made: 0, withdrawn: 0 });
    });
  }

  it('is what the rules owe, whatever happens meanwhile', { timeout: 600_000 }, async () => {
    await fc.assert(fc.asyncProperty(story, live), { numRuns: Number(process.env['RUNS'] ?? RUNS), endOnFailure: true });
  });
});
