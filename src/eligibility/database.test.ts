import type pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Frame, makeFrame, makePerson } from '../../test/support/fixtures.ts';
import { startPlatform, type TestPlatform } from '../../test/support/platform.ts';
import { newId } from '../platform/index.ts';

const definition = { name: 'Test', conditions: [], points: [], tiers: [{ name: 'high', fromScore: 3 }], threshold: 2 };

describe('the tables of scorecards, whatever the code does', () => {
  let platform: TestPlatform;
  let client: pg.Client;
  let frame: Frame;
  let personId: string;
  let scorecardId: string;

  beforeAll(async () => {
    platform = await startPlatform();
    client = await platform.applicationClient();
    frame = await makeFrame(platform);
    personId = (await makePerson(platform, frame.programmeId)).id;
  });
  afterAll(() => platform.close());
  beforeEach(async () => {
    scorecardId = await makeScorecard(frame.programmeId);
  });

  async function makeScorecard(programmeId: string): Promise<string> {
    const id = newId();
    await client.query(
      `insert into scorecards (id, programme_id, version, definition, created_by, created_at)
      select $1, $2, coalesce(max(version), 0) + 1, $3, $1, now() from scorecards where programme_id = $2`,
      [id, programmeId, definition],
    );
    return id;
  }
  async function run(change: object = {}): Promise<string> {
    const row = {
      id: newId(),
      scorecard_id: scorecardId,
      programme_id: frame.programmeId,
      number: 1,
      compared_with: null,
      state: 'running',
      expected: 1,
      people: 0,
      after_id: null,
      moves: [],
      started_by: newId(),
      started_at: new Date(),
      finished_at: null,
      ...change,
    };
    await insert('assessment_runs', row);
    return row.id;
  }
  const assess = (change: object = {}) =>
    insert('assessments', {
      scorecard_id: scorecardId,
      beneficiary_id: personId,
      number: 1,
      run_number: null,
      outcome: 'eligible',
      score: 3,
      tier: 'high',
      findings: '',
      assessed_at: new Date(),
      ...change,
    });
  const insert = (table: string, row: object) => {
    const columns = Object.keys(row).join(', ');
    return client.query(`insert into ${table} (${columns}) select ${columns} from jsonb_populate_record(null::${table}, $1)`, [
      JSON.stringify(row),
    ]);
  };
  const breaks = (constraint: string) => ({ constraint });
  const denied = { code: '42501' };

  it('let nobody change a scorecard or an assessment, or take one away', async () => {
    await assess();
    for (const table of ['scorecards', 'assessments']) {
      await expect(client.query(`delete from ${table}`)).rejects.toMatchObject(denied);
      await expect(client.query(`truncate ${table} cascade`)).rejects.toMatchObject(denied);
      await expect(platform.owner.query(`delete from ${table}`)).rejects.toMatchObject(breaks(`${table}_append_only`));
    }
    await expect(client.query(`update scorecards set definition = '{}'`)).rejects.toMatchObject(denied);
    await expect(client.query(`update assessments set outcome = 'eligible'`)).rejects.toMatchObject(denied);
    await expect(platform.owner.query(`update assessments set score = 9`)).rejects.toMatchObject(breaks('assessments_append_only'));
  });

  it('number what was found of a person without a gap, and the latest holds', async () => {
    await expect(assess({ number: 2 })).rejects.toMatchObject(breaks('assessments_scorecard_id_beneficiary_id_previous_fkey'));
    await expect(assess({ number: 0 })).rejects.toMatchObject(breaks('assessments_number_check'));
    await assess();
    await expect(assess()).rejects.toMatchObject(breaks('assessments_pkey'));
    await assess({ number: 2, outcome: 'not_eligible', score: 1, tier: null });
    const { rows } = await client.query('select number, outcome from current_assessments where scorecard_id = $1', [scorecardId]);
    expect(rows).toEqual([{ number: 2, outcome: 'not_eligible' }]);
  });

  it('call nobody eligible without the points, and know no tier that the scorecard does not', async () => {
    await expect(assess({ score: 1 })).rejects.toMatchObject(breaks('assessments_founded'));
    await expect(assess({ tier: 'severe' })).rejects.toMatchObject(breaks('assessments_founded'));
    await expect(assess({ outcome: 'not_assessable' })).rejects.toMatchObject(breaks('assessments_tier_of_the_assessed'));
    await expect(assess({ outcome: 'perhaps' })).rejects.toMatchObject(breaks('assessments_outcome_check'));
    await assess({ outcome: 'not_eligible', score: 1, tier: null });
  });

  it('let one run of a scorecard go on at a time', async () => {
    const first = await run();
    await expect(run({ number: 2 })).rejects.toMatchObject(breaks('assessment_runs_one_running'));
    await client.query(`update assessment_runs set state = 'done', finished_at = now() where id = $1`, [first]);
    await expect(run({ number: 1 })).rejects.toMatchObject(breaks('assessment_runs_scorecard_id_number_key'));
    await run({ number: 2 });
  });

  it('begin every run as running, and never go on with one that is over', async () => {
    await expect(run({ state: 'done', finished_at: new Date() })).rejects.toMatchObject(breaks('assessment_runs_first_state'));
    const id = await run();
    const set = (assignment: string) => client.query(`update assessment_runs set ${assignment} where id = $1`, [id]);
    await expect(set(`state = 'done'`)).rejects.toMatchObject(breaks('assessment_runs_finished'));
    await expect(set(`people = 1`)).rejects.toMatchObject(breaks('assessment_runs_somebody_was_last'));
    await expect(set(`expected = 9`)).rejects.toMatchObject(denied);
    await set(`state = 'cancelled', finished_at = now()`);
    await expect(set(`state = 'running', finished_at = null`)).rejects.toMatchObject(breaks('assessment_runs_transition'));
    await expect(client.query('delete from assessment_runs')).rejects.toMatchObject(denied);
  });

  it('compare scorecards of one programme, and assess nobody by it', async () => {
    const other = await makeScorecard(frame.programmeId);
    const elsewhere = await makeScorecard((await makeFrame(platform)).programmeId);
    await expect(run({ number: null })).rejects.toMatchObject(breaks('assessment_runs_number_or_comparison'));
    await expect(run({ compared_with: other })).rejects.toMatchObject(breaks('assessment_runs_number_or_comparison'));
    await expect(run({ number: null, compared_with: scorecardId })).rejects.toMatchObject(breaks('assessment_runs_check'));
    await expect(run({ number: null, compared_with: elsewhere })).rejects.toMatchObject(
      breaks('assessment_runs_compared_with_programme_id_fkey'),
    );
    await run({ number: null, compared_with: other });
    await expect(assess({ run_number: 1 })).rejects.toMatchObject(breaks('assessments_scorecard_id_run_number_fkey'));
  });
});
