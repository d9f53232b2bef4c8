import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Frame, makeFrame, makePerson } from '../../test/support/fixtures.ts';
import { payList, type Wish } from '../../test/support/paid.ts';
import { type Client, startPlatform, type TestPlatform } from '../../test/support/platform.ts';
import { makeVouchers } from '../../test/support/vouchers.ts';
import { system } from '../access/index.ts';
import { identities } from '../beneficiaries/collector-store.ts';
import { newId } from '../platform/index.ts';
import { lookForSignals } from './commands/look.ts';
import type { Signal, SignalKind } from './types.ts';

/** A pay-out as a test wishes it; what is left out is ordinary: at eleven in the morning in Algiers, of a document of its own. */
interface Made extends Wish {
  /** UTC; Algiers is an hour ahead. */
  readonly at?: string;
  readonly document?: string;
  readonly alternate?: string;
  readonly differs?: boolean;
}

const DAY = '2026-03-10';
const minutes = (from: string, count: number, apart = 0.5): string[] =>
  Array.from({ length: count }, (_, n) => new Date(Date.parse(`${DAY}T${from}:00Z`) + n * apart * 60_000).toISOString());

describe('what looks like fraud', () => {
  let platform: TestPlatform;
  let app: pg.Client;
  let frame: Frame;
  let finance: Client;
  let document = 0;
  beforeAll(async () => {
    platform = await startPlatform();
    app = await platform.applicationClient();
    await platform.owner.query(`insert into wilayas values ('31', 'DZ-31', null, 'Oran', 'وهران', null, '1984-02-04'),
      ('47', 'DZ-47', null, 'Ghardaïa', 'غرداية', null, '1984-02-04'), ('58', 'DZ-58', null, 'El Meniaa', 'المنيعة', '47', '2019-12-18')`);
  });
  afterAll(() => platform.close());

  /** Another programme with an office, where nothing has been paid; its agent, and who judges. */
  async function elsewhere(): Promise<string> {
    // What the tests before have left is not looked at again.
    await platform.owner.query(`update signal_progress set until = clock_timestamp() + interval '15 minutes'`);
    frame = await makeFrame(platform);
    finance = await platform.as('finance_officer', { programme: frame.programmeId });
    return newId();
  }

  /** Pay-outs as the counter would leave them, with the times and documents that are wished for. */
  async function pay(made: readonly Made[]): Promise<string[]> {
    const live = await payList(
      platform,
      frame,
      made.map((wish) => ({ ...wish, outcome: 'live' })),
    );
    const serials = live.map(({ serial }) => serial);
    await platform.owner.query(`update vouchers set state = 'redeemed' where serial = any($1)`, [serials]);
    const rows = made.map(({ at = `${DAY}T10:00:00Z`, document: shown, ...wish }, i) => {
      document += 1;
      return {
        id: newId(),
        serial: serials[i],
        office: wish.officeId ?? frame.officeId,
        agent: wish.agentId ?? newId(),
        shown: shown ?? String(document).padStart(4, '0'),
        at,
        alternate: wish.alternate ?? null,
        differs: wish.differs ?? null,
      };
    });
    await app.query(
      `insert into payouts (id, voucher_id, office_id, agent_id, collector_id, amount, currency, document_type, document_last_four, paid_at, paid_on,
        alternate_id, document_differs)
      select r.id, v.id, r.office, r.agent, v.collector_id, v.amount, v.currency, 'passport', r.shown, r.at, (r.at at time zone 'Africa/Algiers')::date,
        r.alternate, r.differs
      from jsonb_to_recordset($1::jsonb) as r (id uuid, serial text, office uuid, agent uuid, shown text, at timestamptz, alternate uuid, differs boolean)
        join vouchers v on v.serial = r.serial order by r.at`,
      [JSON.stringify(rows)],
    );
    return rows.map(({ id }) => id);
  }

  const look = async (): Promise<void> => {
    while (await platform.app.execute(lookForSignals, {}, { actor: system }));
  };

  /** What is found of a kind in the programme, once it has been looked for twice. */
  async function found(kind: SignalKind): Promise<Signal[]> {
    await look();
    const of = async (): Promise<Signal[]> =>
      (await finance.get(`/v1/signals?programmeId=${frame.programmeId}&kind=${kind}`).expect(200)).body.items;
    const first = await of();
    if (first.length === 0) return first;
    await look();
    expect(await of(), 'nothing is found twice').toEqual(first);
    return first;
  }

  it('is a burst of one agent, far above what is usual at the office, when much has come late as well', async () => {
    const agentId = await elsewhere();
    const burst = (at: readonly string[], officeId = frame.officeId) => at.map((when) => ({ at: when, agentId, officeId }));
    // Five days on which agents there paid six within ten minutes: sixteen are not three times as many, and twenty are.
    await pay(
      [1, 2, 3, 4, 5].flatMap((day) => {
        const colleague = newId();
        return minutes('10:00', 6, 1).map((at) => ({ at: at.replace(DAY, `2026-03-0${day}`), agentId: colleague }));
      }),
    );
    await pay(burst(minutes('10:00', 16)));
    expect(await found('agent_burst')).toEqual([]);
    const late = await pay(burst(minutes('10:09', 4, 0.2)));
    const [signal, ...more] = await found('agent_burst');
    expect(more).toEqual([]);
    expect(signal).toMatchObject({
      officeId: frame.officeId,
      agentId,
      state: 'open',
      severity: 'medium',
      count: 20,
      evidence: { usual: 6 },
    });
    expect(signal?.evidence.payoutIds).toEqual(expect.arrayContaining(late));
    // Where nobody knows yet what is usual, little is made of it; and as many over an hour are no burst.
    const [slow, { officeId }] = [newId(), await makeFrame(platform)];
    await pay([...burst(minutes('08:00', 15), officeId), ...minutes('08:00', 15, 4).map((at) => ({ at, agentId: slow, officeId }))]);
    expect((await found('agent_burst')).map(({ officeId: at, severity, count }) => [at, severity, count])).toEqual([
      [officeId, 'low', 15],
      [frame.officeId, 'medium', 20],
    ]);
  });

  it('is what is paid while the office is closed, by its own hours or by the usual ones', async () => {
    const agentId = await elsewhere();
    const { officeId } = await makeFrame(platform);
    await platform.owner.query(`insert into office_hours select $1, day, '08:00', '12:00' from generate_series(1, 7) day`, [officeId]);
    const [early, , , after] = await pay([
      { at: `${DAY}T05:40:00Z`, agentId },
      { at: `${DAY}T05:50:00Z`, agentId: newId() },
      { at: `${DAY}T11:10:00Z`, agentId, officeId },
      { at: `${DAY}T11:20:00Z`, agentId, officeId },
    ]);
    const signals = await found('out_of_hours');
    expect(signals.map(({ officeId: at, count, evidence }) => [at, count, evidence.payoutIds]).sort()).toEqual(
      [
        [frame.officeId, 1, [early]],
        [officeId, 1, [after]],
      ].sort(),
    );
  });

  it('is an agent who pays several people of another wilaya; one made out of another is the same', async () => {
    const agentId = await elsewhere();
    await platform.owner.query(`update wilayas set parent_number = '16' where number = '58'`);
    const near = Array.from({ length: 5 }, () => ({ agentId, wilaya: '58' }));
    const [one, two] = await pay([{ agentId, wilaya: '31' }, { agentId, wilaya: '31' }, ...near, { wilaya: '31' }]);
    expect(await found('far_from_home')).toEqual([]);
    const [three] = await pay([{ agentId, wilaya: '47' }]);
    const signals = await found('far_from_home');
    expect(signals).toMatchObject([{ agentId, severity: 'low', count: 3 }]);
    expect(signals[0]?.evidence.payoutIds?.toSorted()).toEqual([one, two, three].sort());
  });

  it('is a telephone that was changed shortly before, and who came in somebody’s place and had just been entered', async () => {
    const agentId = await elsewhere();
    const [officer, household] = [newId(), newId()];
    const [long, short, unchanged] = await payPeople([{}, {}, {}]);
    for (const [id, at, fields] of [
      [long, '2026-03-07T09:59:00Z', ['phones']],
      [short, '2026-03-08T10:00:00Z', ['phones', 'names']],
      [unchanged, '2026-03-10T09:00:00Z', ['names']],
    ] as const)
      await platform.owner.query(`insert into beneficiary_changes values ($1, 2, $2, '\\x00', 'Asked for it', $3, $4)`, [
        id,
        fields,
        officer,
        at,
      ]);
    const alternate = (at: string, place: number) => enter({ household, at, place, by: officer });
    const home = { householdId: household };
    await platform.owner.query(
      `insert into households (id, programme_id, reference, size, created_at) values ($1::uuid, $2, $1::text, 3, now())`,
      [household, frame.programmeId],
    );
    const [, , fresh, , phone] = await pay([
      { agentId, person: { beneficiaryId: long, householdId: long } },
      { ...home, agentId, alternate: await alternate('2026-03-01T10:00:00Z', 1) },
      { ...home, agentId, alternate: await alternate('2026-03-10T09:00:00Z', 2) },
      { agentId, person: { beneficiaryId: unchanged, householdId: unchanged } },
      { agentId, person: { beneficiaryId: short, householdId: short } },
    ]);
    const signals = await found('changed_before');
    expect(
      signals.map(({ severity, evidence }) => [evidence.payoutIds, evidence.changed, evidence.changedAt, evidence.changedBy, severity]),
    ).toEqual(
      expect.arrayContaining([
        [[phone], 'phone', '2026-03-08T10:00:00.000Z', officer, 'medium'],
        [[fresh], 'collector', '2026-03-10T09:00:00.000Z', officer, 'high'],
      ]),
    );
    expect(signals.length).toBe(2);
  });

  /** Somebody who may come in the place of a household. */
  async function enter({ household = newId(), number = newId(), at = '2026-01-01', place = 1, by = newId() }): Promise<string> {
    const id = newId();
    const identity = { names: { given: 'Ali' }, document: { type: 'passport', number, issuingCountry: 'MLI' } };
    const sealed = platform.app.keyRing.seal(
      identities.purpose,
      identities.place({ household_id: household, id }),
      JSON.stringify(identity),
    );
    await platform.owner.query(
      `insert into collectors (id, household_id, identity, place, valid_until, added_by, added_at) values ($1, $2, $3, $4, '2099-01-01', $5, $6)`,
      [id, household, sealed, place, by, at],
    );
    return id;
  }

  /** People of a list of their own, each a household by the same identifier. */
  async function payPeople(wishes: readonly Wish[]): Promise<[string, string, string]> {
    const people = wishes.map(() => newId());
    await payList(
      platform,
      frame,
      wishes.map((wish) => ({ ...wish, outcome: 'returned' as const })),
    ).then((paid) => people.splice(0, people.length, ...paid.map(({ beneficiaryId }) => beneficiaryId)));
    await platform.owner.query(
      `insert into households (id, programme_id, reference, size, created_at) select id, $2, id::text, 1, now() from unnest($1::uuid[]) id`,
      [people, frame.programmeId],
    );
    return people as [string, string, string];
  }

  it('is a document that ends alike for several households on one day, and over a month for who comes in their place', async () => {
    const agentId = await elsewhere();
    const three = await pay([{}, {}, {}].map(() => ({ agentId, document: '7777' })));
    const home = newId();
    await pay([...[{}, {}].map(() => ({ document: '8888' })), ...[{}, {}, {}].map(() => ({ document: '9999', householdId: home }))]);
    await pay([{ document: '8888', at: '2026-03-11T10:00:00Z' }]);
    const signals = await found('shared_document');
    expect(signals).toMatchObject([{ agentId, count: 3, severity: 'medium' }]);
    expect(signals[0]?.evidence.payoutIds?.toSorted()).toEqual(three.toSorted());
    expect(JSON.stringify(signals)).not.toContain('7777');

    const collected = async (day: string): Promise<Made> => ({ ...(await inPlaceOf({})), document: '5555', at: `${day}T10:00:00Z` });
    const made: Made[] = [];
    for (const day of ['2026-01-15', '2026-02-20', '2026-03-02', DAY]) made.push(await collected(day));
    await pay(made.slice(0, 3));
    expect(await found('shared_collector')).toEqual([]);
    await pay(made.slice(3));
    expect(await found('shared_collector')).toMatchObject([
      { count: 3, from: '2026-02-20T10:00:00.000Z', evidence: { officeIds: [frame.officeId] } },
    ]);
  });

  /** A household, and who may come in its place. */
  async function inPlaceOf(who: Parameters<typeof enter>[0]): Promise<{ householdId: string; alternate: string }> {
    const householdId = newId();
    await platform.owner.query(
      `insert into households (id, programme_id, reference, size, created_at) values ($1::uuid, $2, $1::text, 1, now())`,
      [householdId, frame.programmeId],
    );
    return { householdId, alternate: await enter({ household: householdId, ...who }) };
  }

  describe('who comes in the place of many', () => {
    const second = async () => (await makeFrame(platform)).officeId;
    const keysOf = async (ids: readonly string[]) =>
      (await platform.owner.query('select document_key as key from collectors where id = any($1)', [ids])).rows.map(({ key }) => key);

    it('is one person by their document, at several offices and whatever they showed there', async () => {
      const agentId = await elsewhere();
      const [other, third, officer] = [await second(), await second(), newId()];
      const same = await Promise.all(
        ['X 123-456', 'x123456', 'X123 456'].map((number, i) => inPlaceOf({ number, by: i === 0 ? officer : newId() })),
      );
      const [a, b, c] = same as [Made, Made, Made];
      const [one, two] = await pay([
        { ...a, agentId },
        { ...b, officeId: other, at: '2026-03-09T10:00:00Z' },
        // Somebody else by name and number, who is shown as ending alike elsewhere; and one who came twice for one household.
        { ...(await inPlaceOf({ number: 'Y999' })), officeId: other, document: '3456' },
        { ...a, agentId, officeId: third },
      ]);
      expect(await found('shared_collector')).toEqual([]);
      const [three] = await pay([{ ...c, officeId: third, at: '2026-03-12T10:00:00Z' }]);
      const [signal, ...more] = await found('shared_collector');
      expect(more).toEqual([]);
      expect(signal).toMatchObject({ officeId: null, agentId: null, count: 3, severity: 'medium', from: '2026-03-09T10:00:00.000Z' });
      expect(signal?.evidence.payoutIds).toEqual(expect.arrayContaining([one, two, three]));
      expect(signal?.evidence.officeIds?.toSorted()).toEqual([frame.officeId, other, third].toSorted());
      // Nothing by which they could be found outside, and nobody whom it concerns.
      const keys = await keysOf(same.map(({ alternate }) => alternate));
      expect(new Set(keys).size).toBe(1);
      const { rows } = await platform.owner.query('select key, evidence, concerns from signals where id = $1', [signal?.id]);
      expect(JSON.stringify(rows)).not.toContain(String(keys[0]));
      expect(JSON.stringify(rows)).not.toContain('123456');
      expect(rows[0].concerns).toEqual(expect.arrayContaining([agentId, officer]));
    });

    it('is judged once: of what goes on after that only the new household and its office count', async () => {
      await elsewhere();
      const [other, number] = [await second(), newId()];
      const made: Made[] = [];
      for (let i = 0; i < 4; i += 1) made.push(await inPlaceOf({ number }));
      await pay(made.slice(0, 3));
      const [first] = await found('shared_collector');
      await finance.post(`/v1/signals/${first?.id}/review`).expect(200);
      await finance.post(`/v1/signals/${first?.id}/decision`, { outcome: 'dismissed', reason: 'The guard of the camp' }).expect(200);
      await pay([{ ...made[3], officeId: other }]);
      const [next, ...rest] = await found('shared_collector');
      expect(rest.map(({ id }) => id)).toEqual([first?.id]);
      expect(next).toMatchObject({ count: 1, follows: { id: first?.id }, evidence: { officeIds: [other] } });
    });

    it('is nobody in another programme, beyond the month, or taken back; and is forgotten when they are erased', async () => {
      await elsewhere();
      const number = newId();
      const before = frame;
      await pay([await inPlaceOf({ number }), await inPlaceOf({ number })]);
      await elsewhere();
      const [late, gone, here] = [await inPlaceOf({ number }), await inPlaceOf({ number }), await inPlaceOf({ number })];
      const [, taken] = await pay([{ ...late, at: '2026-01-02T10:00:00Z' }, gone, here]);
      const { owner } = platform;
      await owner.query('begin');
      await owner.query(`update payouts set voided_at = paid_at, voided_by = id, void_reason = 'Wrong' where id = $1`, [taken]);
      await owner.query(
        `update vouchers v set state = 'activated', counter = counter + 1 from payouts p where p.id = $1 and v.id = p.voucher_id`,
        [taken],
      );
      await owner.query('commit');
      await pay([await inPlaceOf({ number })]);
      expect(await found('shared_collector')).toEqual([]);
      expect(before.programmeId).not.toBe(frame.programmeId);
      const standing = 'update collectors set document_key = 1 where id = $1';
      await expect(app.query(standing, [here.alternate])).rejects.toMatchObject({ constraint: 'collectors_identity' });
      const erase = 'update collectors set identity = null, ended_at = now(), ended_by = gen_random_uuid()';
      await expect(app.query(`${erase} where id = $1`, [here.alternate])).rejects.toMatchObject({
        constraint: 'collectors_erased_without_key',
      });
      await app.query(`${erase}, document_key = null where id = $1`, [here.alternate]);
      expect(await keysOf([here.alternate])).toEqual([null]);
      await look();
      expect(await keysOf([here.alternate])).toEqual([null]);
    });
  });

  it('is a document that was none of the person’s', async () => {
    const agentId = await elsewhere();
    const [other] = await pay([{ agentId, differs: true }, { agentId, differs: false }, { agentId }]);
    // Two workers at once.
    await Promise.all([look(), look()]);
    expect(await found('document_differs')).toMatchObject([{ agentId, count: 1, severity: 'low', evidence: { payoutIds: [other] } }]);
  });

  it('is many equal round pay-outs in the last minutes of the day, unless the whole day was like that', async () => {
    const agentId = await elsewhere();
    const last = minutes('17:45', 10, 1);
    const odd = minutes('17:45', 10, 1).map((at, i) => ({ at, agentId: '00000000-0000-7000-8000-000000000001', amount: `150${i}0.50` }));
    const steady = [...minutes('09:00', 11, 20), ...last].map((at) => ({ at, agentId: '00000000-0000-7000-8000-000000000002' }));
    await pay([...last.slice(1).map((at) => ({ at, agentId })), ...odd, ...steady]);
    expect(await found('equal_at_close')).toEqual([]);
    await pay([{ at: last[0] ?? '', agentId }]);
    expect(await found('equal_at_close')).toMatchObject([{ agentId, count: 10, evidence: { amount: '15000.00', ofDay: 10 } }]);
  });

  it('is one telephone that several households gave, of which one is paid', async () => {
    await elsewhere();
    const [shared, known] = ['+213555010101', '+213555020202'];
    const one = (phones: string[], householdId?: string) => makePerson(platform, frame.programmeId, { phones }, householdId);
    const [paid, family] = [await one([shared, known]), await one([known])];
    for (let i = 0; i < 2; i += 1) await one([shared]);
    for (let i = 0; i < 3; i += 1) await one([known], family.householdId);
    const agent = await platform.as('agent', { office: frame.officeId });
    const [voucher] = await makeVouchers(platform, frame, 1, { people: [paid] });
    const body = {
      officeId: frame.officeId,
      locator: { serial: voucher?.serial },
      code: voucher?.code,
      documentType: 'passport',
      documentLastFour: '0001',
    };
    await agent.post('/v1/payouts', body).expect(201);
    expect(await found('shared_phone')).toEqual([]);
    await one([shared]);
    const signals = await found('shared_phone');
    expect(signals).toMatchObject([{ agentId: null, count: 4, evidence: { people: 4 } }]);
    expect(JSON.stringify(signals)).not.toContain('555010101');
  });

  it('is many wrong codes by one agent, at one office, or for one voucher', async () => {
    const agentId = await elsewhere();
    await pay([{}]);
    const [voucher] = await makeVouchers(platform, frame, 1, { send: false });
    const tried = (times: readonly string[], by: string, on: string | null = null, officeId: string | null = frame.officeId) =>
      app.query(
        `insert into failed_codes (id, agent_id, office_id, voucher_id, at) select gen_random_uuid(), $2, $3, $4, at from unnest($1::timestamptz[]) at`,
        [times, by, officeId, on],
      );
    await tried(minutes('10:00', 9), agentId);
    await tried(minutes('08:00', 10, 7), newId());
    await tried(minutes('10:00', 3), newId(), voucher?.id);
    expect(await found('failed_codes_agent')).toEqual([]);
    expect(await found('failed_codes_voucher')).toEqual([]);
    expect(await found('failed_codes_office')).toEqual([]);
    await tried([`${DAY}T10:30:00Z`], agentId, voucher?.id);
    expect(await found('failed_codes_agent')).toMatchObject([{ agentId, count: 10, officeId: frame.officeId, severity: 'medium' }]);
    expect(await found('failed_codes_voucher')).toMatchObject([
      { agentId: null, count: 4, evidence: { agents: 2, voucherIds: [voucher?.id] } },
    ]);
    await tried(minutes('10:20', 8, 1), newId());
    expect(await found('failed_codes_office')).toEqual([]);
    await tried(minutes('10:20', 4, 1), newId());
    expect(await found('failed_codes_office')).toMatchObject([{ agentId: null, officeId: frame.officeId }]);
    expect(await found('failed_codes_agent')).toHaveLength(1);
  });

  describe('and was judged', () => {
    const judge = async (kind: SignalKind, outcome = 'dismissed'): Promise<Signal> => {
      const [signal] = await found(kind);
      await finance.post(`/v1/signals/${signal?.id}/review`).expect(200);
      return (await finance.post(`/v1/signals/${signal?.id}/decision`, { outcome, reason: 'The clerk was new' }).expect(200)).body;
    };

    it('comes again with what is new, and with nothing else', async () => {
      const agentId = await elsewhere();
      const [one] = await pay([{ agentId, differs: true }]);
      const dismissed = await judge('document_differs');
      expect(dismissed).toMatchObject({ count: 1, follows: null, evidence: { payoutIds: [one] } });
      await pay([{ agentId, differs: false }]);
      expect(await found('document_differs'), 'the same evidence').toEqual([dismissed]);
      const [two] = await pay([{ agentId, differs: true, at: `${DAY}T11:00:00Z` }]);
      const [again, ...rest] = await found('document_differs');
      expect(rest).toEqual([dismissed]);
      const follows = { id: dismissed.id, state: 'dismissed', count: 1, decidedBy: finance.userId, reason: 'The clerk was new' };
      expect(again).toMatchObject({ agentId, state: 'open', count: 1, from: `${DAY}T11:00:00.000Z`, evidence: { payoutIds: [two] } });
      expect(again?.follows).toEqual({ ...follows, decidedAt: dismissed.decidedAt });
      const [three] = await pay([{ agentId, differs: true, at: `${DAY}T12:00:00Z` }]);
      expect((await found('document_differs'))[0]).toMatchObject({ id: again?.id, count: 2, evidence: { payoutIds: [two, three] } });
      const confirmed = await judge('document_differs', 'confirmed');
      expect((await found('document_differs')).map(({ id }) => id)).toEqual([confirmed.id, dismissed.id]);
      const [four] = await pay([{ agentId, differs: true }]);
      expect((await found('document_differs'))[0]).toMatchObject({
        count: 1,
        evidence: { payoutIds: [four] },
        follows: { id: confirmed.id, count: 2 },
      });
    });

    it('comes again for another burst of the same day', async () => {
      const agentId = await elsewhere();
      await pay(minutes('08:00', 16).map((at) => ({ at, agentId })));
      const dismissed = await judge('agent_burst');
      const later = await pay(minutes('15:00', 15).map((at) => ({ at, agentId })));
      const [again, ...rest] = await found('agent_burst');
      expect(rest).toEqual([dismissed]);
      expect(again).toMatchObject({ count: 15, from: `${DAY}T15:00:00.000Z`, evidence: { payoutIds: later }, follows: { count: 16 } });
      const tried = (times: readonly string[]) =>
        app.query(
          'insert into failed_codes (id, agent_id, office_id, voucher_id, at) select gen_random_uuid(), $2, $3, null, at from unnest($1::timestamptz[]) at',
          [times, agentId, frame.officeId],
        );
      await tried(minutes('08:00', 11));
      await judge('failed_codes_agent');
      await tried(minutes('15:00', 9));
      expect(await found('failed_codes_agent')).toHaveLength(1);
      await tried([`${DAY}T15:10:00Z`]);
      expect((await found('failed_codes_agent'))[0]).toMatchObject({ count: 10, evidence: { agents: 1 }, follows: { count: 11 } });
    });

    it('counts a household once, however often it is paid', async () => {
      const agentId = await elsewhere();
      const homes = [newId(), newId(), newId(), newId()];
      const collected = (householdId: string) => ({ agentId, document: '7777', householdId });
      await pay(homes.slice(0, 3).map(collected));
      const dismissed = await judge('shared_document');
      await pay(homes.slice(0, 1).map(collected));
      expect(await found('shared_document')).toEqual([dismissed]);
      const fresh = await pay(homes.slice(3).map(collected));
      expect((await found('shared_document'))[0]).toMatchObject({ count: 1, evidence: { payoutIds: fresh }, follows: { count: 3 } });
    });
  });
});
