import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Frame, makeFrame, makePerson, type Person } from '../../test/support/fixtures.ts';
import { payList } from '../../test/support/paid.ts';
import { type Client, startPlatform, type TestPlatform } from '../../test/support/platform.ts';
import { newId } from '../platform/index.ts';

const period = { from: '2026-03-01', to: '2026-03-31' };
const received = {
  received: 'yes',
  full_amount: 'yes',
  on_time: 'yes',
  safe_on_the_way: 'yes',
  safe_at_the_office: 'yes',
  asked_to_pay: 'no',
};
const travelled = { distance_km: 4, minutes: 40, spent_on: 'food', satisfied: 'very' };
const happy = { ...received, ...travelled };

describe('what people say after they were paid', () => {
  let platform: TestPlatform;
  let app: pg.Client;
  let frame: Frame;
  let people: Person[];
  let agentId: string;
  let [officer, interviewer, colleague] = [] as unknown as [Client, Client, Client];
  beforeAll(async () => {
    platform = await startPlatform({ recurring: false });
    app = await platform.applicationClient();
    frame = await makeFrame(platform);
    const here = { programme: frame.programmeId };
    officer = await platform.as('programme_officer', here);
    interviewer = await platform.as('interviewer', here);
    colleague = await platform.as('interviewer', here);
    agentId = newId();
    people = [];
    for (let i = 0; i < 40; i += 1) people.push(await makePerson(platform, frame.programmeId));
    await payList(
      platform,
      frame,
      people.map((person, i) => ({
        agentId,
        person: { beneficiaryId: person.id, householdId: person.householdId },
        sex: i % 4 === 0 ? ('male' as const) : ('female' as const),
      })),
    );
    await payList(platform, frame, [{ outcome: 'voided' }, { outcome: 'live' }, { paidOn: '2026-04-02' }]);
  });
  afterAll(() => platform.close());

  const plan = (body: object = {}) =>
    officer.post(`/v1/programmes/${frame.programmeId}/survey-rounds`, { name: newId(), ...period, ...body });
  const cancel = (roundId: string) => officer.post(`/v1/survey-rounds/${roundId}/cancellation`, { reason: 'Another is planned' });
  let last: string | undefined;
  /** A round in the place of the last one. */
  const planned = async (body: object = {}) => {
    if (last) await cancel(last);
    const round = (await plan(body).expect(201)).body;
    last = round.id;
    return round;
  };
  const drawn = async (body: object = {}) => (await officer.post(`/v1/survey-rounds/${(await planned(body)).id}/draw`).expect(200)).body;
  const assign = (roundId: string, to: Client, count: number) =>
    officer.post(`/v1/survey-rounds/${roundId}/assignments`, { interviewerId: to.userId, count });
  const own = async (by: Client, roundId: string): Promise<string[]> =>
    (await by.get('/v1/interviews?limit=200').expect(200)).body.items
      .filter((one: { roundId: string }) => one.roundId === roundId)
      .map(({ id }: { id: string }) => id);
  const answer = (by: Client, id: string, answers: object) => by.post(`/v1/interviews/${id}/answers`, { answers });

  it('is asked of a sample that is drawn once, of a size that follows from confidence and margin, and can be drawn again', async () => {
    const round = await planned({ confidence: '0.90', margin: '0.10' });
    expect(round).toMatchObject({ state: 'planned', population: null });
    const draws = await Promise.all([1, 2, 3].map(() => officer.post(`/v1/survey-rounds/${round.id}/draw`)));
    expect(draws.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
    const { body } = await officer.get(`/v1/survey-rounds/${round.id}`).expect(200);
    // 67.6 of endless many, 26 of these forty.
    expect(body.round).toMatchObject({ state: 'drawn', population: 40, sample: 26 });
    expect(body.progress).toEqual({ unassigned: 26, assigned: 0, done: 0, noResponse: 0 });
    const verify = async () => (await officer.get(`/v1/survey-rounds/${round.id}/draw`).expect(200)).body;
    expect(await verify()).toMatchObject({ matches: true, population: 40, sample: 26, seed: expect.stringMatching(/^[0-9a-f]{64}$/) });
    for (const write of [
      `update survey_rounds set seed = sha256('mine') where id = $1`,
      'update survey_rounds set sample = 27 where id = $1',
    ])
      await expect(app.query(write, [round.id])).rejects.toMatchObject({ constraint: 'survey_rounds_drawn_once' });
    await expect(app.query(`update survey_rounds set state = 'planned' where id = $1`, [round.id])).rejects.toThrow();
    await expect(app.query('update survey_frame set rank = rank + 100 where round_id = $1', [round.id])).rejects.toMatchObject({
      code: '42501',
    });
    // Whoever owns the database and puts another in front is found out.
    const put = (rank: number, id: string) =>
      platform.owner.query('update survey_frame set beneficiary_id = $3 where round_id = $1 and rank = $2', [round.id, rank, id]);
    const { rows } = await platform.owner.query(
      'select beneficiary_id as id from survey_frame where round_id = $1 and rank in (1, 40) order by rank',
      [round.id],
    );
    await platform.owner.query('alter table survey_frame disable trigger append_only');
    for (const [rank, id] of [
      [1, newId()],
      [40, rows[0].id],
      [1, rows[1].id],
    ] as const)
      await put(rank, id);
    expect((await verify()).matches).toBe(false);
    for (const [rank, id] of [
      [1, newId()],
      [40, rows[1].id],
      [1, rows[0].id],
    ] as const)
      await put(rank, id);
    await platform.owner.query('alter table survey_frame enable trigger append_only');
    expect((await verify()).matches).toBe(true);
  });

  it('is asked in every stratum, in proportion, with a least', async () => {
    const { id, sample } = await drawn({ stratifyBy: ['sex'], confidence: '0.90', margin: '0.20', minimum: 6 });
    const { body } = await officer.get(`/v1/survey-rounds/${id}`).expect(200);
    expect(body.strata).toEqual([
      { stratum: 'female', population: 30, sample: 10, done: 0, noResponse: 0 },
      { stratum: 'male', population: 10, sample: 6, done: 0, noResponse: 0 },
    ]);
    expect(sample).toBe(16);
    expect((await officer.get(`/v1/survey-rounds/${id}/draw`).expect(200)).body.matches).toBe(true);
  });

  it('counts its strata from the people who are kept', async () => {
    const { id } = await drawn({ stratifyBy: ['sex'] });
    const { rows } = await platform.owner.query(
      `select s.stratum from survey_strata s where s.round_id = $1 and s.population = (select count(*) from survey_frame f
        where f.round_id = s.round_id and f.stratum = s.stratum)`,
      [id],
    );
    expect(rows).toHaveLength(2);
    await expect(
      app.query(
        `insert into survey_frame select round_id, 'nowhere', rank, gen_random_uuid(), payout_id, wilaya_number, sex, age_band, has_disability
          from survey_frame where round_id = $1 limit 1`,
        [id],
      ),
    ).rejects.toMatchObject({ code: '23503' });
  });

  it('is asked by whom it was given to alone, who sees a name and a telephone and no code', async () => {
    const { id } = await drawn();
    await assign(id, officer, 1).expect(422);
    expect((await assign(id, interviewer, 3).expect(200)).body).toEqual({ assigned: 3 });
    const [first = ''] = await own(interviewer, id);
    const { body } = await interviewer.get(`/v1/interviews/${first}`).expect(200);
    const person = people.find((one) => one.id === body.beneficiaryId);
    expect(body).toMatchObject({
      names: { given: person?.personal.names.given, family: 'Benali' },
      phones: person?.personal.phones,
      paidOn: '2026-03-10',
      amount: { amount: '15000.00', currency: 'DZD' },
    });
    expect(JSON.stringify(body)).not.toMatch(/serial|"code"|documents/);
    await colleague.get(`/v1/interviews/${first}`).expect(404);
    await answer(colleague, first, happy).expect(404);
    await officer.get(`/v1/interviews/${first}`).expect(403);
    await (await platform.as('interviewer', { programme: newId() })).get(`/v1/interviews/${first}`).expect(404);
    await interviewer.get(`/v1/survey-rounds/${id}/results`).expect(403);
    const reads = await platform.owner.query(
      `select purpose from person_reads where $1 = any (beneficiary_ids) and operation = 'openInterview' and actor_id = $2`,
      [body.beneficiaryId, interviewer.userId],
    );
    expect(reads.rows).toEqual([{ purpose: 'monitoring' }]);
    await answer(interviewer, first, happy).expect(200);
    expect((await interviewer.get(`/v1/interviews/${first}`).expect(200)).body).toMatchObject({ names: null, phones: [], state: 'done' });
  });

  it('is never asked by who paid, brought in or vouched for the person', async () => {
    const { id } = await drawn();
    const { rows } = await platform.owner.query('select id from survey_interviews where round_id = $1 order by rank', [id]);
    await expect(app.query('update survey_interviews set interviewer_id = $2 where id = $1', [rows[0].id, agentId])).rejects.toMatchObject({
      constraint: 'survey_interviews_by_another',
    });
    await platform.owner.query(
      'update enrolments set verified_by = $2 where beneficiary_id in (select beneficiary_id from survey_interviews where round_id = $1 and rank > 2)',
      [id, colleague.userId],
    );
    expect((await assign(id, colleague, 40).expect(200)).body).toEqual({ assigned: 2 });
    await platform.owner.query('update enrolments set verified_by = null where verified_by = $1', [colleague.userId]);
  });

  it('takes answers that fit their questions, once', async () => {
    const { id } = await drawn();
    await assign(id, interviewer, 2).expect(200);
    const [first = ''] = await own(interviewer, id);
    const wrong = { received: 'maybe', full_amount: 'yes', asked_to_pay: 'yes', asked_amount: '12.345', distance_km: 'far', strange: 'x' };
    const { body } = await answer(interviewer, first, wrong).expect(422);
    expect(body.errors.map(({ pointer }: { pointer: string }) => pointer).sort()).toEqual(
      ['asked_amount', 'distance_km', 'full_amount', 'received', 'satisfied', 'strange'].map((name) => `/answers/${name}`),
    );
    const cut = {
      received: 'yes',
      full_amount: 'no',
      amount_received: 'x',
      on_time: 'yes',
      safe_on_the_way: 'yes',
      safe_at_the_office: 'yes',
    };
    const lost = await answer(interviewer, first, { ...cut, ...travelled, spent_on: 'gold', asked_to_pay: 'no' }).expect(422);
    expect(lost.body.errors.map(({ pointer }: { pointer: string }) => pointer).sort()).toEqual([
      '/answers/amount_received',
      '/answers/spent_on',
    ]);
    const both = await Promise.all([answer(interviewer, first, happy), answer(interviewer, first, { ...happy, remarks: 'Thank you' })]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
    await expect(app.query(`update survey_interviews set answers = '{}' where id = $1`, [first])).rejects.toMatchObject({
      constraint: 'survey_interviews_stand',
    });
  });

  it('goes on with the next of the stratum, in order, when somebody does not answer', async () => {
    const { id, sample } = await drawn({ confidence: '0.90', margin: '0.20' });
    await assign(id, interviewer, 2).expect(200);
    const [first = '', second = ''] = await own(interviewer, id);
    const no = (interview: string) => interviewer.post(`/v1/interviews/${interview}/no-response`, { reason: 'wrong_number' });
    const [{ body: one }, { body: other }] = await Promise.all([no(first).expect(200), no(second).expect(200)]);
    const ranks = await platform.owner.query('select rank, replaces from survey_interviews where id = any($1) order by rank', [
      [one.replacedBy, other.replacedBy],
    ]);
    expect(ranks.rows.map(({ rank }) => rank)).toEqual([sample + 1, sample + 2]);
    await no(first).expect(409);
    const { body } = await officer.get(`/v1/survey-rounds/${id}`).expect(200);
    // While people are asked, why the last of them did not answer could be told from the counts before.
    expect(body).toMatchObject({ progress: { noResponse: 2 }, noResponse: null, strata: [{ done: 0, noResponse: null }] });
    await expect(
      app.query(
        `insert into survey_interviews (id, round_id, stratum, rank, beneficiary_id, payout_id)
        select gen_random_uuid(), round_id, stratum, rank, beneficiary_id, payout_id from survey_frame where round_id = $1 and rank = $2`,
        [id, sample + 5],
      ),
    ).rejects.toMatchObject({ constraint: 'survey_interviews_in_order' });
  });

  it('opens an exception of the pay-out for what was not received or had to be paid for, once', async () => {
    const payouts: string[] = [];
    for (let round = 1; round <= 2; round += 1) {
      const { id: roundId } = await drawn({ confidence: '0.99', margin: '0.01' });
      await assign(roundId, interviewer, 40).expect(200);
      for (const interview of await own(interviewer, roundId)) {
        const { rows } = await platform.owner.query('select payout_id, beneficiary_id from survey_interviews where id = $1', [interview]);
        if (rows[0].beneficiary_id !== people[7]?.id) continue;
        payouts.push(rows[0].payout_id);
        await answer(interviewer, interview, { received: 'no', asked_to_pay: 'yes', asked_amount: '500.00', satisfied: 'not' }).expect(200);
      }
    }
    expect(payouts).toHaveLength(2);
    const { rows } = await platform.owner.query('select kind, record_type from exceptions where payout_id = $1 order by kind', [
      payouts[0],
    ]);
    expect(rows).toEqual([
      { kind: 'asked_to_pay', record_type: 'interview' },
      { kind: 'not_received', record_type: 'interview' },
    ]);
  });

  it('is kept of who does not know the rest, with how much they were asked for and how much is missing', async () => {
    const { id: roundId } = await drawn({ confidence: '0.99', margin: '0.01' });
    await assign(roundId, interviewer, 40).expect(200);
    const [first = '', second = ''] = await own(interviewer, roundId);
    const unknown = Object.fromEntries(
      ['full_amount', 'on_time', 'safe_on_the_way', 'safe_at_the_office', 'distance_km', 'minutes', 'spent_on', 'satisfied'].map((id) => [
        id,
        'unknown',
      ]),
    );
    await platform.owner.query(
      `update exceptions set state = 'resolved', resolution = 'post_error', resolved_by = $1, resolved_at = now()
      where payout_id in (select payout_id from survey_interviews where id = any($2)) and state = 'open'`,
      [newId(), [first, second]],
    );
    await answer(interviewer, first, { ...unknown, received: 'yes', asked_to_pay: 'yes', asked_amount: '500' }).expect(200);
    await answer(interviewer, second, {
      ...unknown,
      received: 'yes',
      full_amount: 'no',
      amount_received: '14000',
      asked_to_pay: 'yes',
      asked_amount: 'unknown',
    }).expect(200);
    const { rows } = await platform.owner.query(
      `select i.id, e.kind, e.amount::text, e.currency, e.detail ~ 'in full' as part from survey_interviews i join exceptions e on e.record_id = i.id
      where i.id = any($1) order by i.id, e.kind`,
      [[first, second]],
    );
    expect(rows.filter(({ id }) => id === first)).toEqual([
      { id: first, kind: 'asked_to_pay', amount: '500.00', currency: 'DZD', part: false },
    ]);
    expect(rows.filter(({ id }) => id === second)).toEqual([
      { id: second, kind: 'asked_to_pay', amount: null, currency: null, part: false },
      { id: second, kind: 'not_received', amount: '1000.00', currency: 'DZD', part: true },
    ]);
  });

  it('is told by group, none under ten, with the reached beside the paid, and not before the round is closed', async () => {
    const { id } = await drawn({ confidence: '0.99', margin: '0.01' });
    await assign(id, interviewer, 40).expect(200);
    const interviews = await own(interviewer, id);
    expect(interviews).toHaveLength(40);
    const results = async () => (await officer.get(`/v1/survey-rounds/${id}/results`).expect(200)).body;
    for (const interview of interviews.slice(0, 9)) await answer(interviewer, interview, happy).expect(200);
    for (const interview of interviews.slice(9, 30)) await answer(interviewer, interview, happy).expect(200);
    for (const interview of interviews.slice(30))
      await answer(interviewer, interview, { received: 'no', asked_to_pay: 'no', satisfied: 'not' }).expect(200);
    // While answers come in, results that could be read before and after one would give it back.
    const early = await officer.get(`/v1/survey-rounds/${id}/results`).expect(409);
    expect(early.body.code).toBe('survey_state');
    expect((await officer.get(`/v1/survey-rounds/${id}`).expect(200)).body.progress).toMatchObject({ done: 40, assigned: 0 });
    const { body: closed } = await officer.post(`/v1/survey-rounds/${id}/close`).expect(200);
    expect(closed.state).toBe('closed');
    const told = await results();
    const of = (question: string, by: string, value: string) =>
      told.questions.find(
        (one: { question: string; group: { by: string; value: string } }) =>
          one.question === question && one.group.by === by && one.group.value === value,
      );
    expect(of('received', 'all', 'all')).toMatchObject({
      n: 40,
      shares: [
        { value: 'yes', share: 0.75 },
        { value: 'no', share: 0.25 },
      ],
    });
    expect(of('distance_km', 'all', 'all')).toMatchObject({ n: 30, mean: 4, median: 4 });
    expect(of('received', 'sex', 'male')).toMatchObject({ n: 10 });
    expect(of('remarks', 'all', 'all')).toBeUndefined();
    const [all] = told.reached;
    expect(all).toMatchObject({ group: { by: 'all' }, paid: 40, adjusted: 30 });
    expect(all.adjustedLow).toBeLessThan(30);
    expect(all.adjustedHigh).toBeGreaterThan(30);
    await assign(id, interviewer, 1).expect(409);
    await cancel(id).expect(409);
  });

  it('is drawn after its days, when nobody is paid in them any more', async () => {
    const today = platform.today();
    const round = await planned({ to: today });
    expect((await officer.post(`/v1/survey-rounds/${round.id}/draw`).expect(409)).body.code).toBe('survey_state');
    platform.clock.skip(2 * 86_400_000);
    await officer.post(`/v1/survey-rounds/${round.id}/draw`).expect(200);
    platform.clock.skip(-2 * 86_400_000);
  });

  it('is taken back from an interviewer with a reason, without what they entered', async () => {
    const { id } = await drawn();
    await assign(id, interviewer, 3).expect(200);
    const [first = '', second = ''] = await own(interviewer, id);
    await answer(interviewer, first, happy).expect(200);
    const back = (by: Client, body: object) => by.post(`/v1/survey-rounds/${id}/assignments/returns`, body);
    await back(officer, { interviewerId: interviewer.userId }).expect(400);
    await back(interviewer, { interviewerId: interviewer.userId, reason: 'Mine' }).expect(403);
    const { body } = await back(officer, { interviewerId: interviewer.userId, reason: 'Ill for a month' }).expect(200);
    expect(body).toEqual({ takenBack: 2 });
    expect(await own(interviewer, id)).toEqual([first]);
    await interviewer.get(`/v1/interviews/${second}`).expect(404);
    expect((await assign(id, colleague, 2).expect(200)).body).toEqual({ assigned: 2 });
  });

  it('is planned with questions that can be asked', async () => {
    const text = { ar: 'س', fr: 'Q', en: 'Q' };
    const ask = (questionnaire: object[]) =>
      officer.post(`/v1/programmes/${frame.programmeId}/survey-rounds`, { name: 'Bad', ...period, questionnaire });
    const { body } = await ask([
      { id: 'received', type: 'yes_no', text },
      { id: 'why', type: 'choice', text, dependsOn: { question: 'later', is: 'yes' } },
      { id: 'received', type: 'number', text, minimum: 5, maximum: 1 },
    ]).expect(422);
    expect(body.errors.map(({ pointer }: { pointer: string }) => pointer).sort()).toEqual([
      '/questionnaire',
      '/questionnaire/1/choices',
      '/questionnaire/1/dependsOn/question',
      '/questionnaire/2/id',
      '/questionnaire/2/maximum',
    ]);
    await officer
      .post(`/v1/programmes/${frame.programmeId}/survey-rounds`, { name: 'Bad', from: '2026-03-02', to: '2026-03-01' })
      .expect(422);
    const nobody = await planned({ from: '2020-01-01', to: '2020-01-02' });
    expect((await officer.post(`/v1/survey-rounds/${nobody.id}/draw`).expect(422)).body.code).toBe('survey_nobody');
  });

  it('is one round at a time for any day, unless it is cancelled, which is for good', async () => {
    const { id } = await planned({ from: '2026-03-05', to: '2026-03-20' });
    const refused = await plan({ from: '2026-03-20', to: '2026-04-10' }).expect(409);
    expect(refused.body).toMatchObject({ code: 'survey_open', roundId: id });
    const insert = (from: string, to: string) =>
      app.query(
        `insert into survey_rounds (id, programme_id, name, from_on, to_on, confidence, margin, stratify_by, minimum, questionnaire, created_by,
          created_at) values (gen_random_uuid(), $1, 'R', $2, $3, 0.95, 0.05, '{}', 1, '[]', $1, now())`,
        [frame.programmeId, from, to],
      );
    await expect(insert('2026-03-01', '2026-03-05')).rejects.toMatchObject({ constraint: 'survey_rounds_one_open' });
    await interviewer.post(`/v1/survey-rounds/${id}/cancellation`, { reason: 'Not mine' }).expect(403);
    await officer.post(`/v1/survey-rounds/${id}/cancellation`, {}).expect(400);
    expect((await cancel(id).expect(200)).body).toMatchObject({ state: 'cancelled', closedAt: expect.any(String) });
    await cancel(id).expect(409);
    await officer.post(`/v1/survey-rounds/${id}/draw`).expect(409);
    await expect(app.query(`update survey_rounds set state = 'planned', closed_at = null where id = $1`, [id])).rejects.toThrow();
    const both = await Promise.all([plan({ from: '2026-03-20', to: '2026-04-10' }), plan({ from: '2026-04-01', to: '2026-04-30' })]);
    expect(both.map(({ status }) => status).sort()).toEqual([201, 409]);
    last = both.find(({ status }) => status === 201)?.body.id;
  });

  it('tells no count of few people, and draws small groups together', async () => {
    await platform.owner.query(`insert into wilayas values ('11', 'DZ-11', 'DZ011', 'Tamanrasset', 'تمنراست', null, '1984-02-04'),
      ('31', 'DZ-31', 'DZ031', 'Oran', 'وهران', null, '1984-02-04') on conflict do nothing`);
    const few = await payList(
      platform,
      frame,
      Array.from({ length: 26 }, (_, i) => ({ paidOn: '2025-06-10', wilaya: i < 4 ? '11' : '31', sex: 'male' as const })),
    );
    const june = { from: '2025-06-01', to: '2025-06-30' };
    const round = await drawn({ ...june, stratifyBy: ['wilaya', 'sex'], confidence: '0.90', margin: '0.20' });
    // Four alone in a wilaya could be taken from all: their neighbours are drawn with them.
    const one = (await officer.get(`/v1/survey-rounds/${round.id}`).expect(200)).body;
    expect(one).toMatchObject({
      round: { population: 26, countsHidden: false },
      strata: [{ stratum: 'all', population: 26, sample: round.sample, done: 0 }],
    });
    await payList(
      platform,
      frame,
      few.slice(5, 6).map((person) => ({ paidOn: '2025-07-01', wilaya: '31', sex: 'male' as const, person })),
    );
    await payList(platform, frame, [{ paidOn: '2025-07-01', wilaya: '31', sex: 'male' }]);
    // One more than in the round before: taken from one another the two would tell of one person.
    const more = await drawn({ ...june, to: '2025-07-01', stratifyBy: ['wilaya'] });
    expect(more).toMatchObject({ state: 'drawn', population: null, sample: null, countsHidden: true });
    expect((await officer.get(`/v1/survey-rounds/${more.id}`).expect(200)).body).toMatchObject({
      strata: [{ stratum: 'all', population: null, sample: null, done: null, noResponse: null }],
      progress: null,
      noResponse: null,
    });
    expect((await officer.get(`/v1/survey-rounds/${more.id}/draw`).expect(200)).body).toMatchObject({ matches: true, population: null });
    await expect(app.query('update survey_rounds set counts_shown = true where id = $1', [more.id])).rejects.toMatchObject({
      constraint: 'survey_rounds_drawn_once',
    });
    await officer.post(`/v1/survey-rounds/${more.id}/close`).expect(200);
    const { reached } = (await officer.get(`/v1/survey-rounds/${more.id}/results`).expect(200)).body;
    expect(reached.map(({ paid }: { paid: number | null }) => paid)).not.toContain(27);
    // The same people again are nothing that could be told apart.
    expect(await drawn(june)).toMatchObject({ population: 26, countsHidden: false });
    const alone = await drawn({ from: '2026-04-02', to: '2026-04-02' });
    expect(alone).toMatchObject({ population: null, countsHidden: true });
    const { id } = await planned({ from: '2026-12-01', to: '2026-12-01' });
    await expect(
      app.query(
        `update survey_rounds set state = 'drawn', seed = sha256('x'), population = 9, sample = 9, counts_shown = true, drawn_by = id,
          drawn_at = now() where id = $1`,
        [id],
      ),
    ).rejects.toMatchObject({ constraint: 'survey_rounds_no_handful' });
  });
});
