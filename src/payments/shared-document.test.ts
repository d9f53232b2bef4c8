import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeFrame, type Person } from '../../test/support/fixtures.ts';
import { approved, makePlan, makeTeam } from '../../test/support/plans.ts';
import { startPlatform, type TestPlatform } from '../../test/support/platform.ts';
import { registration } from '../../test/support/registrations.ts';
import { loadPilotGeography } from '../seeding.ts';

describe('two people with one document', () => {
  let platform: TestPlatform;

  beforeAll(async () => {
    platform = await startPlatform();
    await loadPilotGeography(platform.app.execute);
  });
  afterAll(() => platform.close());

  it('are paid, neither of them, until somebody decides, though the number was added afterwards and nothing else is alike', async () => {
    const frame = await makeFrame(platform);
    const officer = await platform.as('enrolment_officer', { programme: frame.programmeId });
    const judge = await platform.as('programme_officer', { programme: frame.programmeId });
    const team = await makeTeam(platform, frame);
    const register = (change: object) =>
      officer.post(`/v1/programmes/${frame.programmeId}/beneficiaries`, registration(change)).expect(201);
    const passport = (number: string) => ({ documents: [{ type: 'passport', number, issuingCountry: 'NER' }] });
    const holder = await register(passport('ZZ112233'));
    const other = await register({ documents: [] });
    const people = [holder.body, other.body].map(({ id, household }) => ({ id, householdId: household.id }) as Person);
    // What is released must be asked again: when the list was signed nobody was like anybody.
    const list = await approved(team, frame, await makePlan(platform, frame, people));
    expect(list.lineCount).toBe(2);

    const { body: changed } = await officer
      .patch(`/v1/beneficiaries/${other.body.id}`, other.headers.etag as string, { ...passport('zz 112-233'), reason: 'Found it' })
      .expect(200);
    expect(changed.state).toBe('enrolled');
    const { body: pairs } = await judge.get(`/v1/programmes/${frame.programmeId}/duplicate-pairs`).expect(200);
    expect(pairs.items).toHaveLength(1);
    const [{ score, first, second, version }] = pairs.items;
    expect(Number(score)).toBeLessThan(0.1);

    const released = await team.finance.post(`/v1/payment-lists/${list.id}/release`, { digest: list.digest }).expect(200);
    expect(released.body).toMatchObject({ state: 'released' });
    const lines = await platform.owner.query('select state, return_reason from payment_list_lines where list_id = $1', [list.id]);
    expect(lines.rows).toEqual(Array(2).fill({ state: 'returned', return_reason: 'duplicate_open' }));
    const planIds = [await makePlan(platform, frame, people, '20.00')];
    const preview = () =>
      team.maker.post(`/v1/programmes/${frame.programmeId}/payment-lists/preview`, { planIds, fundIds: [frame.fundId] });
    expect((await preview().expect(200)).body.lines).toBe(0);
    const view = await judge.get(`/v1/programmes/${frame.programmeId}/operations/duplicates`);
    expect(view.body).toMatchObject({ peopleHeld: 2 });

    await judge
      .post(`/v1/duplicate-pairs/${first.id}/${second.id}/decision`, { decision: 'different_people', reason: 'Typed wrongly', version })
      .expect(200);
    expect((await preview().expect(200)).body.lines).toBe(2);
  });
});
