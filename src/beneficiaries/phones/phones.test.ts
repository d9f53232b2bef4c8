import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eraseAtOnce } from '../../../test/support/erase.ts';
import { type Frame, makeFrame, makePerson, type Person } from '../../../test/support/fixtures.ts';
import { makePlan, makeTeam, submitted } from '../../../test/support/plans.ts';
import { type Client, startPlatform, type TestPlatform } from '../../../test/support/platform.ts';
import { makeVouchers, receivedSms } from '../../../test/support/vouchers.ts';
import { textJobs } from '../../messaging/index.ts';
import { newId } from '../../platform/index.ts';
import type { HeldPhone } from './held-phone.ts';

const HOUR_MS = 3_600_000;
const reason = { reason: 'They rang it in the office' };

describe('a changed telephone number', () => {
  let platform: TestPlatform;
  let frame: Frame;
  let sql: pg.Client;
  let reader: Client;
  let counter = 10;
  beforeAll(async () => {
    platform = await startPlatform({ recurring: false });
    frame = await makeFrame(platform);
    sql = await platform.applicationClient();
    reader = await officer();
  });
  afterAll(() => platform.close());

  const enrolment = () => platform.as('enrolment_officer', { programme: frame.programmeId });
  const officer = () => platform.as('programme_officer', { programme: frame.programmeId });
  const number = () => {
    counter += 1;
    return `+2136610000${counter}`;
  };
  const change = async (by: Client, { id }: Pick<Person, 'id'>, phones: readonly string[], expected = 200) => {
    const { rows } = await platform.owner.query('select version from beneficiaries where id = $1', [id]);
    return by.patch(`/v1/beneficiaries/${id}`, `"${rows[0].version}"`, { phones, reason: 'A new number' }).expect(expected);
  };
  const held = async ({ id }: Pick<Person, 'id'>): Promise<HeldPhone | undefined> => {
    const { body } = await reader.get(`/v1/programmes/${frame.programmeId}/held-phones?limit=200`).expect(200);
    return body.items.find(({ beneficiaryId }: HeldPhone) => beneficiaryId === id);
  };
  const heldId = async (person: Pick<Person, 'id'>) => (await held(person))?.id ?? expect.fail('nothing is held');
  const confirm = (by: Client, holdId: string) => by.post(`/v1/held-phones/${holdId}/confirm`, reason);
  const refuse = (by: Client, holdId: string) => by.post(`/v1/held-phones/${holdId}/refuse`, { reason: 'It is not theirs' });
  /** Somebody whose voucher is live. */
  const withVoucher = async (householdId?: string): Promise<{ person: Person; voucherId: string; old: string }> => {
    const person = await makePerson(platform, frame.programmeId, { phones: [number()] }, householdId);
    const [voucher] = await makeVouchers(platform, frame, 1, { people: [person] });
    return { person, voucherId: voucher?.id ?? '', old: person.personal.phones[0] ?? '' };
  };
  const reissue = async (voucherId: string) => {
    const [one, other] = [await officer(), await platform.as('finance_officer', { programme: frame.programmeId })];
    const { body } = await one.post(`/v1/vouchers/${voucherId}/changes`, { kind: 'reissue', reason: 'Lost' }).expect(201);
    await other.post(`/v1/voucher-changes/${body.id}/confirm`).expect(200);
    await platform.settled();
  };
  const resume = async () => {
    const { app, clock } = platform;
    const jobs = textJobs({ db: app.database.reader, execute: app.execute, keyRing: app.keyRing, clock });
    await jobs.find(({ name }) => name === 'messaging.resume')?.run({});
    await platform.settled();
  };
  const lastMessage = async (voucherId: string) =>
    (await platform.owner.query('select state, last_error from messages where voucher_id = $1 order by counter desc limit 1', [voucherId]))
      .rows[0];
  const textsTo = (phone: string) => receivedSms(platform).filter(({ to }) => to === phone).length;

  it('gets no code before it has waited and a second person has confirmed it, whatever is done to the voucher meanwhile', async () => {
    const { person, voucherId, old } = await withVoucher();
    const [changer, now] = [await enrolment(), number()];
    await change(changer, person, [now]);
    await reissue(voucherId);
    expect(await lastMessage(voucherId)).toEqual({ state: 'pending', last_error: 'phone_held' });
    const hold = (await held(person)) ?? expect.fail('it is held');
    expect(hold).toMatchObject({ newEndings: [now.slice(-2)], oldEndings: [old.slice(-2)], changedBy: changer.userId, decision: null });
    expect(Math.round((Date.parse(hold.heldUntil) - Date.parse(hold.changedAt)) / HOUR_MS)).toBe(48);
    expect(JSON.stringify(hold)).not.toMatch(/\d{6}0000/);
    expect((await confirm(changer, hold.id).expect(403)).body.code).toBe('separation_of_duties');
    await confirm(await platform.as('enrolment_officer', { programme: (await makeFrame(platform)).programmeId }), hold.id).expect(404);
    await confirm(await platform.as('approver', { programme: frame.programmeId }), hold.id).expect(403);
    expect((await confirm(await officer(), hold.id).expect(200)).body).toMatchObject({ decision: 'confirmed', reason: reason.reason });
    await confirm(await officer(), hold.id).expect(409);
    platform.clock.skip(47 * HOUR_MS);
    await resume();
    expect(textsTo(now)).toBe(0);
    platform.clock.skip(2 * HOUR_MS);
    await resume();
    expect(await lastMessage(voucherId)).toEqual({ state: 'accepted', last_error: null });
    expect([textsTo(now), textsTo(old)]).toEqual([1, 1]);
    expect(await held(person)).toBeUndefined();
    await refuse(await officer(), hold.id).expect(409);
    const { rows } = await platform.owner.query(
      `select command from audit_events where subject_id = $1 and command like 'beneficiaries.confirm%'`,
      [person.id],
    );
    expect(rows).toHaveLength(1);
  });

  it('waits on after its time when nobody confirms it, and goes back to the old one when it is refused', async () => {
    const { person, voucherId, old } = await withVoucher();
    const [changer, now] = [await enrolment(), number()];
    await change(changer, person, [now]);
    platform.clock.skip(60 * HOUR_MS);
    await reissue(voucherId);
    await resume();
    expect(await lastMessage(voucherId)).toEqual({ state: 'pending', last_error: 'phone_held' });
    const id = await heldId(person);
    await refuse(await platform.as('auditor', { programme: frame.programmeId }), id).expect(403);
    await refuse(await officer(), id).expect(200);
    await resume();
    expect([textsTo(now), textsTo(old)]).toEqual([0, 2]);
    const { body } = await reader.get(`/v1/beneficiaries/${person.id}`).expect(200);
    expect(body.phones).toEqual([old]);
    expect(await held(person)).toBeUndefined();
    await refuse(await officer(), id).expect(409);
    // Whoever looks for the number that was refused does not find them any more.
    const search = async (query: string) => (await reader.post('/v1/beneficiaries/search', { query }).expect(200)).body.items;
    expect([(await search(now)).length, (await search(old)).length]).toEqual([0, 1]);
  });

  it('keeps nobody waiting for a voucher that is over', async () => {
    const { person, voucherId } = await withVoucher();
    await change(await enrolment(), person, [number()]);
    await reissue(voucherId);
    const [one, other] = [await officer(), await platform.as('finance_officer', { programme: frame.programmeId })];
    const { body } = await one.post(`/v1/vouchers/${voucherId}/changes`, { kind: 'cancel', reason: 'Left' }).expect(201);
    await other.post(`/v1/voucher-changes/${body.id}/confirm`).expect(200);
    await resume();
    expect(await lastMessage(voucherId)).toEqual({ state: 'failed', last_error: 'not_payable' });
    // The number itself goes on waiting, for the next voucher.
    expect(await held(person)).toBeDefined();
  });

  it('waits no more once its person was erased', async () => {
    const [person, other] = [await makePerson(platform, frame.programmeId), await makePerson(platform, frame.programmeId)];
    await platform.owner.query(
      `insert into phone_holds (beneficiary_id, programme_id, merged_id, hands, changed_by, changed_at, held_until)
      values ($1, $2, $3, array[$1::uuid], $1, now(), now() + interval '2 days')`,
      [person.id, frame.programmeId, other.id],
    );
    expect(await held(person)).toBeDefined();
    await eraseAtOnce(platform, person.id);
    expect(await held(person)).toBeUndefined();
  });

  it('may be refused by who changed their mind, as long as no code has gone to it', async () => {
    const { person, old } = await withVoucher();
    await change(await enrolment(), person, [number()]);
    const id = await heldId(person);
    await confirm(await officer(), id).expect(200);
    await refuse(await officer(), id).expect(200);
    expect((await reader.get(`/v1/beneficiaries/${person.id}`).expect(200)).body.phones).toEqual([old]);
  });

  it('is confirmed by nobody who had a hand in it, and starts to wait anew with each change', async () => {
    const { person } = await withVoucher();
    const [one, other, now] = [await enrolment(), await enrolment(), number()];
    await change(one, person, [now]);
    const first = await held(person);
    platform.clock.skip(40 * HOUR_MS);
    const [again, third] = [await enrolment(), await officer()];
    await change(again, person, [now, number()]);
    const second = (await held(person)) ?? expect.fail('it is held');
    expect(second.id).not.toBe(first?.id);
    expect(Date.parse(second.heldUntil)).toBeGreaterThan(Date.parse(first?.heldUntil ?? '') + 39 * HOUR_MS);
    const { rows } = await platform.owner.query('select hands from phone_holds where id = $1', [second.id]);
    expect(rows[0].hands).toEqual([one.userId, again.userId]);
    await platform.owner.query('update sessions set second_factor_at = $1', [platform.clock.now()]);
    for (const by of [one, again]) expect((await confirm(by, second.id).expect(403)).body.code).toBe('separation_of_duties');
    await confirm(other, first?.id ?? '').expect(409);
    await confirm(third, second.id).expect(200);
    // What was confirmed is not what is there now.
    await change(again, person, [number()]);
    expect(await held(person)).toMatchObject({ decision: null });
  });

  it('does not skip its wait by going back and forth', async () => {
    const { person, voucherId, old } = await withVoucher();
    const [by, now] = [await enrolment(), number()];
    await change(by, person, [now]);
    const first = await held(person);
    platform.clock.skip(47 * HOUR_MS);
    await change(await enrolment(), person, [old]);
    expect(await held(person)).toBeUndefined();
    await reissue(voucherId);
    expect([textsTo(old), textsTo(now)]).toEqual([2, 0]);
    await change(await enrolment(), person, [now]);
    const second = await held(person);
    expect(Date.parse(second?.heldUntil ?? '')).toBeGreaterThan(Date.parse(first?.heldUntil ?? '') + 46 * HOUR_MS);
    expect(second).toMatchObject({ decision: null, oldEndings: [old.slice(-2)] });
  });

  it('is held though it was changed before there was a list: the code of that list waits', async () => {
    const person = await makePerson(platform, frame.programmeId, { phones: [number()] });
    const now = number();
    await change(await enrolment(), person, [now]);
    const hold = (await held(person)) ?? expect.fail('it is held');
    const [voucher] = await makeVouchers(platform, frame, 1, { people: [person] });
    await platform.settled();
    expect(await lastMessage(voucher?.id ?? '')).toEqual({ state: 'pending', last_error: 'phone_held' });
    await confirm(await officer(), hold.id).expect(200);
    platform.clock.skip(49 * HOUR_MS);
    await platform.owner.query('update sessions set second_factor_at = $1', [platform.clock.now()]);
    await resume();
    expect(textsTo(now)).toBe(1);
  });

  it('is the first one as long as nobody but who registered an applicant has had to do with them, and is not held', async () => {
    const registrar = await enrolment();
    const applicant = async (over: { state?: string; verified?: boolean; publicDoor?: boolean } = {}) => {
      const person = await makePerson(platform, frame.programmeId, { phones: [number()] });
      await platform.owner.query('update beneficiaries set registered_by = $2 where id = $1', [person.id, registrar.userId]);
      await platform.owner.query('alter table enrolments disable trigger transition');
      await platform.owner.query(
        `update enrolments set state = $2, verified_by = case when $3 then gen_random_uuid() end, needs_verification = $4 where beneficiary_id = $1`,
        [person.id, over.state ?? 'applicant', over.verified ?? false, over.publicDoor ?? false],
      );
      await platform.owner.query('alter table enrolments enable trigger transition');
      return person;
    };
    const first = await applicant();
    await change(registrar, first, [number()]);
    expect(await held(first)).toBeUndefined();
    await change(await enrolment(), first, [number()]);
    expect(await held(first)).toBeDefined();
    // What was held once is held for its first hand too.
    await change(registrar, first, [number()]);
    expect(await held(first)).toBeDefined();
    for (const known of [{ state: 'enrolled' }, { state: 'suspended' }, { verified: true }, { publicDoor: true }]) {
      const person = await applicant(known);
      await change(registrar, person, [number()]);
      expect(await held(person), JSON.stringify(known)).toBeDefined();
    }
  });

  it('is held whoever waits for a code: a head, somebody on a submitted list', async () => {
    const head = await makePerson(platform, frame.programmeId);
    await platform.owner.query(
      `with headed as (update households h set head_id = $2, version = version + 1 where id = $1 returning id, version, size)
      insert into household_changes select id, version, size, size, null, $2, 'As they say', $2, now() from headed`,
      [head.householdId, head.id],
    );
    await withVoucher(head.householdId);
    await change(await enrolment(), head, [number()]);
    expect(await held(head)).toBeDefined();
    const listed = await makePerson(platform, frame.programmeId);
    await submitted(await makeTeam(platform, frame), frame, await makePlan(platform, frame, [listed]));
    await change(await enrolment(), listed, [number()]);
    expect(await held(listed)).toBeDefined();
  });

  it('that comes by a merger is held too, until the two are told apart again; a live code stays where it was sent', async () => {
    const { person, voucherId, old } = await withVoucher();
    const survivor = await makePerson(platform, frame.programmeId, { phones: [number()] });
    const [firstId, secondId] = [person.id, survivor.id].sort();
    await platform.owner.query(
      `insert into duplicate_pairs (first_id, second_id, programme_id, score, evidence, found_at) values ($1, $2, $3, 0.9, '[]', now())`,
      [firstId, secondId, frame.programmeId],
    );
    const judge = await officer();
    const { body: pair } = await judge
      .post(`/v1/duplicate-pairs/${firstId}/${secondId}/decision`, {
        decision: 'same_person',
        survivorId: survivor.id,
        version: 1,
        reason: 'The same face',
      })
      .expect(200);
    const hold = (await held(survivor)) ?? expect.fail('it is held');
    expect(hold).toMatchObject({ mergedId: person.id, changedBy: judge.userId, oldEndings: [] });
    expect((await confirm(judge, hold.id).expect(403)).body.code).toBe('separation_of_duties');
    expect((await refuse(await officer(), hold.id).expect(409)).body.mergedId).toBe(person.id);
    await reissue(voucherId);
    expect([textsTo(old), textsTo(survivor.personal.phones[0] ?? '')]).toEqual([2, 0]);
    await judge.post(`/v1/mergers/${pair.mergerId}/undo`, { becomes: 'different_people', reason: 'Twins' }).expect(200);
    expect(await held(survivor)).toBeUndefined();
  });

  it('is held for whoever changes it while another confirms what was there before', async () => {
    for (let round = 0; round < 3; round += 1) {
      const { person } = await withVoucher();
      await change(await enrolment(), person, [number()]);
      const [first, by, second, now] = [await heldId(person), await enrolment(), await officer(), number()];
      const [changed, confirmed] = await Promise.all([change(by, person, [now]), confirm(second, first)]);
      expect(changed.status).toBe(200);
      expect([200, 409]).toContain(confirmed.status);
      expect(await held(person)).toMatchObject({ decision: null, newEndings: [now.slice(-2)] });
    }
  });

  it('cannot be let through in plain SQL', async () => {
    const { person, voucherId, old } = await withVoucher();
    const by = newId();
    const write = (phones: string) =>
      sql.query(
        `with changed as (update beneficiaries set phones = ${phones}, version = version + 1 where id = $1 returning id, version)
        insert into beneficiary_changes select id, version, '{phones}', '', 'By hand', $2, timestamptz '2020-01-01' from changed`,
        [person.id, by],
      );
    // A date long gone does not shorten the wait.
    await write('beneficiaries.names');
    const { rows } = await platform.owner.query(
      `select id, changed_by, held_until > now() + interval '47 hours' as waits from phone_holds where beneficiary_id = $1 and ended_at is null`,
      [person.id],
    );
    expect(rows).toMatchObject([{ changed_by: by, waits: true }]);
    const [{ id }] = rows;
    for (const denied of [
      'delete from phone_holds',
      'truncate phone_holds',
      'update phone_holds set ended_at = now()',
      'update phone_holds set held_until = now()',
      `update phone_holds set hands = '{}'`,
      'update phone_holds set phones_before = (select phones from beneficiaries b where b.id = beneficiary_id)',
      `select hold_phone(gen_random_uuid(), null, null, gen_random_uuid(), now())`,
      `insert into phone_holds (beneficiary_id, programme_id, merged_id, hands, changed_by, changed_at, held_until)
        select id, '${frame.programmeId}', id, array[id], id, now(), now() + interval '1 hour' from beneficiaries limit 1`,
    ])
      await expect(sql.query(denied), denied).rejects.toMatchObject({ code: '42501' });
    const decide = (decision: string, who: string) =>
      sql.query('update phone_holds set decision = $2, decided_by = $3, decided_at = now(), reason = $4 where id = $1', [
        id,
        decision,
        who,
        'By hand',
      ]);
    await expect(decide('confirmed', by)).rejects.toMatchObject({ constraint: 'phone_holds_two_people' });
    await expect(sql.query(`update phone_holds set decision = 'confirmed' where id = $1`, [id])).rejects.toMatchObject({
      constraint: 'phone_holds_decided_whole',
    });
    // A refusal alone lets nothing through: the number has to go back.
    await decide('refused', by);
    await expect(decide('confirmed', newId())).rejects.toMatchObject({ constraint: 'phone_holds_append_only' });
    await reissue(voucherId);
    expect(await lastMessage(voucherId)).toEqual({ state: 'pending', last_error: 'phone_held' });
    // The numbers of before, byte for byte, are trusted; those of somebody else are not.
    await write(`(select p.phones from beneficiaries p where p.id <> $1 and p.phones is not null limit 1)`);
    await write(`(select h.phones_before from phone_holds h where h.beneficiary_id = $1 and h.ended_at is null)`);
    await resume();
    expect(await lastMessage(voucherId)).toEqual({ state: 'accepted', last_error: null });
    expect(textsTo(old)).toBe(2);
  });
});
