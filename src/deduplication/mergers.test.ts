import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Frame, makeFrame } from '../../test/support/fixtures.ts';
import { type Client, startPlatform, type TestPlatform } from '../../test/support/platform.ts';
import { registration, sameAgain } from '../../test/support/registrations.ts';
import { loadPilotGeography } from '../seeding.ts';

interface Shown {
  readonly first: { id: string };
  readonly second: { id: string };
  readonly score: string;
  readonly state: string;
  readonly version: number;
}

describe('undoing a merger', () => {
  let platform: TestPlatform;
  let frame: Frame;
  let officer: Client;
  let judge: Client;

  beforeAll(async () => {
    platform = await startPlatform();
    await loadPilotGeography(platform.app.execute);
  });
  beforeEach(async () => {
    frame = await makeFrame(platform);
    officer = await platform.as('enrolment_officer', { programme: frame.programmeId });
    judge = await platform.as('programme_officer', { programme: frame.programmeId });
  });
  afterAll(() => platform.close());

  const register = async (body: object): Promise<{ id: string }> =>
    (await officer.post(`/v1/programmes/${frame.programmeId}/beneficiaries`, body).expect(201)).body;
  const pairs = async (state: string): Promise<Shown[]> =>
    (await judge.get(`/v1/programmes/${frame.programmeId}/duplicate-pairs?state=${state}`).expect(200)).body.items;
  const merge = async (loser: { id: string }, survivor: { id: string }, state = 'open'): Promise<string> => {
    const pair = (await pairs(state)).find(
      ({ first, second }) => [first.id, second.id].sort().join() === [loser.id, survivor.id].sort().join(),
    );
    const body = { decision: 'same_person', survivorId: survivor.id, reason: 'Same face', version: pair?.version };
    return (await judge.post(`/v1/duplicate-pairs/${pair?.first.id}/${pair?.second.id}/decision`, body).expect(200)).body.mergerId;
  };
  const undo = (mergerId: string, by = judge, becomes = 'needs_information') =>
    by.post(`/v1/mergers/${mergerId}/undo`, { becomes, reason: 'Two women came to the office' });

  it('puts records, states and pairs back to where they were, and compares both again', async () => {
    const one = registration({ phones: ['0550666777'] });
    const a = await register(one);
    const neighbour = await register(sameAgain(one, { documents: registration().documents }));
    const b = await register({ ...registration(), documents: one.documents });
    const before = await pairs('open');
    const mergerId = await merge(a, b);
    expect((await pairs('open')).map(({ first, second }) => [first.id, second.id])).toEqual([[neighbour.id, b.id]]);
    const { body } = await undo(mergerId).expect(200);
    expect(body).toMatchObject({ state: 'needs_information', reason: 'Two women came to the office', mergerId: null });
    const withNeighbour = ({ first, second }: Shown) => first.id === a.id && second.id === neighbour.id;
    expect((await pairs('open')).find(withNeighbour)?.score).toBe(before.find(withNeighbour)?.score);
    // What the merged record had in common with the neighbour no longer speaks for the other.
    const left = (await pairs('open')).find(({ first, second }) => first.id === neighbour.id && second.id === b.id);
    expect(Number(left?.score)).toBeLessThan(0.2);
    const { body: person } = await officer.get(`/v1/beneficiaries/${a.id}`).expect(200);
    expect(person).toMatchObject({ state: 'enrolled', mergedInto: null });
    const { rows } = await platform.owner.query('select count(*)::int as count from comparisons_due');
    expect(rows[0].count).toBe(0);
  });

  it('gives the household its head back that the merger left without one, unless another was named meanwhile', async () => {
    const one = registration({ phones: ['0550666999'] });
    const head = await register(one);
    const child = await register(registration({ relationship: 'child', household: one.household }));
    const elsewhere = await register(sameAgain(one, { documents: registration().documents }));
    const household = async () => {
      const { body: person } = await officer.get(`/v1/beneficiaries/${child.id}`).expect(200);
      return (await officer.get(`/v1/households/${person.household.id}`).expect(200)).body;
    };
    const mergerId = await merge(head, elsewhere);
    const [pair] = await pairs('same_person');
    const merged = await household();
    expect(pair).toMatchObject({ headlessHousehold: { id: merged.id, reference: one.household.reference } });
    expect(merged).toMatchObject({ headId: null, members: [{ id: child.id }], changes: [{ headBefore: head.id, headAfter: null }] });
    const change = platform.owner.query(
      `with changed as (update households set head_id = $1, version = version + 1 where id = $2 returning id, version, size)
      insert into household_changes select id, version, size, size, null, $1, 'By hand', $1, now() from changed`,
      [head.id, merged.id],
    );
    await expect(change).rejects.toMatchObject({ constraint: 'households_head_not_merged' });

    await undo(mergerId).expect(200);
    expect(await household()).toMatchObject({ headId: head.id, memberCount: 2, changes: [{ headBefore: null, headAfter: head.id }, {}] });

    const again = await merge(head, elsewhere, 'needs_information');
    const real = await register(registration({ household: one.household }));
    expect((await pairs('same_person'))[0]).toMatchObject({ headlessHousehold: null });
    await undo(again).expect(200);
    expect(await household()).toMatchObject({ headId: real.id, memberCount: 3 });
  });

  it('leaves the pairs of a record that was merged meanwhile with its survivor, until that is undone too', async () => {
    const one = registration({ relationship: 'other' });
    const [a, b, c, d] = [await register(one), await register(one), await register(one), await register(one)];
    const first = await merge(a, b);
    const second = await merge(c, d);
    const stateOf = async (...ids: string[]) =>
      (await platform.owner.query('select state, version from duplicate_pairs where first_id = $1 and second_id = $2', ids.sort())).rows[0];
    await undo(first).expect(200);
    expect(await stateOf(a.id, c.id)).toMatchObject({ state: 'superseded' });
    expect(await stateOf(a.id, d.id)).toMatchObject({ state: 'open' });
    // Whatever opened it: a record that was merged is not decided about.
    await platform.owner.query(
      `update duplicate_pairs set state = 'open', reason = null, decided_by = null, decided_at = null where first_id = $1 and second_id = $2`,
      [a.id, c.id].sort(),
    );
    const [firstId, secondId] = [a.id, c.id].sort();
    const { version } = await stateOf(a.id, c.id);
    const decision = { decision: 'same_person', survivorId: c.id, reason: 'Same face', version };
    const { body } = await judge.post(`/v1/duplicate-pairs/${firstId}/${secondId}/decision`, decision).expect(409);
    expect(body).toMatchObject({ code: 'conflict', survivorId: d.id });
    await platform.owner.query(
      `update duplicate_pairs set state = 'superseded', reason = 'merged', decided_by = first_id, decided_at = now()
      where first_id = $1 and second_id = $2`,
      [firstId, secondId],
    );
    await undo(second).expect(200);
    expect(await stateOf(a.id, c.id)).toMatchObject({ state: 'open' });
  });

  it('enrols nobody again who took their consent to registration back meanwhile, as either record', async () => {
    const stateOf = async ({ id }: { id: string }) => (await officer.get(`/v1/beneficiaries/${id}`).expect(200)).body.state;
    const withdraw = ({ id }: { id: string }) =>
      officer.post(`/v1/beneficiaries/${id}/consents/withdraw`, { purpose: 'registration' }).expect(200);
    const couple = async () => {
      const one = registration({ phones: ['0550666888'], relationship: 'other' });
      return [await register(one), await register({ ...one, documents: registration().documents })] as const;
    };
    for (const who of ['loser', 'survivor', 'nobody'] as const) {
      const [loser, survivor] = await couple();
      const mergerId = await merge(loser, survivor);
      if (who !== 'nobody') await withdraw(who === 'loser' ? loser : survivor);
      await undo(mergerId).expect(200);
      expect(await stateOf(loser)).toBe(who === 'nobody' ? 'enrolled' : 'suspended');
      expect(await stateOf(survivor)).toBe(who === 'survivor' ? 'suspended' : 'enrolled');
    }
  });

  it('is for nobody who verified either, or registered a record that was merged into one of them, nor is the decision', async () => {
    const both = async (client: Client) => {
      await platform.owner.query(
        `insert into role_grants (id, user_id, role, programme_id, granted_by, granted_at)
        values (gen_random_uuid(), $1, 'programme_officer', $2, '00000000-0000-0000-0000-000000000001', now())`,
        [client.userId, frame.programmeId],
      );
      return client;
    };
    const colleague = await both(await platform.as('enrolment_officer', { programme: frame.programmeId }));
    const verifier = await platform.as('programme_officer', { programme: frame.programmeId });
    const one = registration({ relationship: 'other' });
    const theirs = (await colleague.post(`/v1/programmes/${frame.programmeId}/beneficiaries`, one).expect(201)).body;
    const [a, b] = [await register(one), await register(one)];
    await platform.owner.query('update enrolments set verified_by = $1 where beneficiary_id = $2', [verifier.userId, b.id]);
    await merge(theirs, a);
    const [pair] = await pairs('open');
    expect([pair?.first.id, pair?.second.id]).toEqual([a.id, b.id].sort());
    const path = `/v1/duplicate-pairs/${pair?.first.id}/${pair?.second.id}/decision`;
    const decision = { decision: 'same_person', survivorId: a.id, reason: 'Same face', version: pair?.version };
    for (const hand of [colleague, verifier]) await hand.post(path, decision).expect(403);
    const { mergerId } = (await judge.post(path, decision).expect(200)).body;
    for (const hand of [colleague, verifier]) await undo(mergerId, hand).expect(403);
    await undo(mergerId).expect(200);
  });

  it('goes from the last merger to the first, and is not done by who registered either', async () => {
    const one = registration({ relationship: 'other' });
    const [a, b, c] = [await register(one), await register(one), await register(one)];
    const first = await merge(a, b);
    const second = await merge(b, c);
    await undo(first).expect(409);
    await platform.owner.query(
      `insert into role_grants (id, user_id, role, programme_id, granted_by, granted_at)
      values (gen_random_uuid(), $1, 'programme_officer', $2, '00000000-0000-0000-0000-000000000001', now())`,
      [officer.userId, frame.programmeId],
    );
    await undo(second, officer).expect(403);
    await undo(second, await platform.as('programme_officer')).expect(200);
    const pointers = async () =>
      (
        await platform.owner.query('select id, merged_into from beneficiaries where id = any($1) order by id', [[a.id, b.id, c.id]])
      ).rows.map(({ merged_into }) => merged_into);
    expect(await pointers()).toEqual([b.id, null, null]);
    await undo(first).expect(200);
    expect(await pointers()).toEqual([null, null, null]);
    const stranger = await platform.as('programme_officer', { programme: (await makeFrame(platform)).programmeId });
    await undo(first, stranger).expect(404);
  });
});
