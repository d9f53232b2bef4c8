import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { copyOf, textOf } from '../../../test/support/all-tables.ts';
import { makeStatement, open } from '../../../test/support/exceptions.ts';
import { type Frame, makeFrame } from '../../../test/support/fixtures.ts';
import { type Paid, payList } from '../../../test/support/paid.ts';
import { type Client, startPlatform, type TestPlatform } from '../../../test/support/platform.ts';
import { newId } from '../../platform/index.ts';
import { openException } from '../index.ts';
import type { Finding } from '../types.ts';
import { closeSuperseded } from './closing.ts';

const DAY_MS = 86_400_000;

describe('the life of an exception', () => {
  let platform: TestPlatform;
  let frame: Frame;
  let mine: Client;
  let colleague: Client;
  beforeAll(async () => {
    platform = await startPlatform();
  });
  afterAll(() => platform.close());
  beforeEach(async () => {
    frame = await makeFrame(platform);
    [mine, colleague] = (await Promise.all([1, 2].map(() => platform.as('finance_officer', { programme: frame.programmeId })))) as [
      Client,
      Client,
    ];
  });

  const today = (plus = 0): string =>
    new Date(platform.clock.now().getTime() + plus * DAY_MS).toLocaleDateString('sv', { timeZone: 'Africa/Algiers' });
  const list = async (query = ''): Promise<Record<string, unknown>[]> =>
    (await mine.get(`/v1/programmes/${frame.programmeId}/exceptions?${query}`).expect(200)).body.items;
  const missing = (paid: Paid): Finding => ({ kind: 'ours_not_in_statement', detail: 'Not listed', lineId: null, payoutId: paid.payoutId });
  const read = async (id: string) => {
    const { body, headers } = await mine.get(`/v1/exceptions/${id}`).expect(200);
    return { body, etag: headers['etag'] ?? '' };
  };

  it('begins with an owner, a day and what is at stake, once for the same facts', async () => {
    const [paid, other] = (await payList(platform, frame, [{ agentId: mine.userId }, {}])) as [Paid, Paid];
    const { statementId, lineIds } = await makeStatement(platform, frame, [{ serial: other.serial, amount: '15300.00' }]);
    const findings: Finding[] = [missing(paid), { kind: 'amount_over', detail: 'x', lineId: lineIds[0] ?? null, payoutId: other.payoutId }];
    expect(await open(platform, frame, statementId, findings, mine.userId)).toHaveLength(2);
    expect(await open(platform, frame, statementId, findings, mine.userId)).toEqual([]);
    const dzd = (amount: string) => ({ amount, currency: 'DZD' });
    expect(await list()).toMatchObject([
      // Whoever paid it does not own it.
      {
        kind: 'ours_not_in_statement',
        ownerId: null,
        amount: dzd('15000.00'),
        officeId: frame.officeId,
        dueOn: today(7),
        overdue: false,
        ageDays: 0,
      },
      { kind: 'amount_over', ownerId: mine.userId, amount: dzd('300.00'), dueOn: today(14), line: { officeCode: frame.officeCode } },
    ]);
    const ofOther = await makeFrame(platform);
    await expect(open(platform, ofOther, (await makeStatement(platform, ofOther, [])).statementId, [missing(paid)])).rejects.toMatchObject({
      constraint: 'exceptions_of_programme',
    });
  });

  it('follows what the programme has set, by version', async () => {
    const path = `/v1/programmes/${frame.programmeId}/exception-settings`;
    const before = await mine.get(path).expect(200);
    expect(before.body).toMatchObject({ version: 0, madeBy: null });
    const agent = await platform.as('agent', { office: frame.officeId });
    const kinds = [{ kind: 'not_received', ownerId: colleague.userId, dueDays: 1 }];
    const unfit = { kinds: [{ ...kinds[0], ownerId: agent.userId }], reason: 'Night shift' };
    expect((await mine.put(path, '"0"', unfit).expect(422)).body.errors[0].pointer).toBe('/kinds/0/ownerId');
    const [one, two] = await Promise.all([1, 2].map(() => mine.put(path, '"0"', { kinds, reason: 'Quicker' })));
    expect([one?.status, two?.status].sort()).toEqual([200, 409]);
    const [paid] = (await payList(platform, frame, [{}])) as [Paid];
    const told = { kind: 'not_received', payoutId: paid.payoutId } as const;
    const called = { type: 'feedback_case', id: newId() };
    const tell = (record = called) =>
      platform.app.database.transaction((tx) =>
        openException(tx, { programmeId: frame.programmeId, at: platform.clock.now() }, { ...told, record }),
      );
    const first = await tell();
    expect(first.isNew).toBe(true);
    // Told twice, it is one exception.
    expect(await tell()).toEqual({ id: first.id, isNew: false });
    expect(await tell({ type: 'interview', id: newId() })).toEqual({ id: first.id, isNew: false });
    expect(await list()).toMatchObject([
      { id: first.id, statementId: null, ownerId: colleague.userId, dueOn: today(1), amount: { amount: '15000.00' }, record: called },
    ]);
  });

  it('is given to whom could resolve it, and put off with a reason, by who read it last', async () => {
    const maker = newId();
    const [paid] = (await payList(platform, frame, [{ agentId: colleague.userId }])) as [Paid];
    const [id = ''] = await open(platform, frame, (await makeStatement(platform, frame, [])).statementId, [missing(paid)]);
    const third = await platform.as('finance_officer', {});
    const { etag } = await read(id);
    const give = (ownerId: string, tag = etag) => mine.put(`/v1/exceptions/${id}/owner`, tag, { ownerId, reason: 'Knows the office' });
    expect((await give(colleague.userId).expect(403)).body.code).toBe('separation_of_duties');
    for (const who of [maker, (await platform.as('finance_officer', { programme: newId() })).userId, (await platform.as('auditor')).userId])
      expect((await give(who).expect(422)).body.code).toBe('owner_unfit');
    await give(third.userId).expect(200);
    await give(mine.userId).expect(409);
    await mine
      .put(`/v1/exceptions/${id}/due-date`, (await read(id)).etag, { dueOn: today(30), reason: 'The office is closed' })
      .expect(200);
    expect((await read(id)).body).toMatchObject({
      ownerId: third.userId,
      dueOn: today(30),
      history: [
        { what: 'assigned', by: mine.userId, reason: 'Knows the office', facts: { from: null, to: third.userId } },
        { what: 'due_changed', facts: { to: today(30) } },
      ],
    });
  });

  it('keeps what is said sealed, and what is attached by where it lies', async () => {
    const [paid] = (await payList(platform, frame, [{}])) as [Paid];
    const [id = ''] = await open(platform, frame, (await makeStatement(platform, frame, [])).statementId, [missing(paid)]);
    for (const text of ['Spoke with Zoulikha Hamidouche', 'And again', 'Once more'])
      await mine.post(`/v1/exceptions/${id}/comments`, { text }).expect(201);
    const page = (await colleague.get(`/v1/exceptions/${id}/comments?limit=2`).expect(200)).body;
    expect(page.items.map(({ text, authorId }: { text: string; authorId: string }) => [text, authorId])).toEqual([
      ['Spoke with Zoulikha Hamidouche', mine.userId],
      ['And again', mine.userId],
    ]);
    const rest = (await colleague.get(`/v1/exceptions/${id}/comments?limit=2&cursor=${page.nextCursor}`).expect(200)).body;
    expect(rest).toMatchObject({ items: [{ text: 'Once more' }], nextCursor: null });
    expect(textOf(await copyOf(platform.owner))).not.toContain('Hamidouche');
    const sha256 = 'a'.repeat(64);
    const attached = await mine.post(`/v1/exceptions/${id}/attachments`, { title: 'Letter', location: 'Archive 12/3', sha256 }).expect(201);
    const removal = `/v1/exceptions/${id}/attachments/${attached.body.attachments[0].id}/removal`;
    const removed = await colleague.post(removal, { reason: 'Another case' }).expect(200);
    expect(removed.body.attachments).toMatchObject([
      { title: 'Letter', sha256, removedBy: colleague.userId, removalReason: 'Another case' },
    ]);
    await colleague.post(removal, { reason: 'Again' }).expect(404);
    expect(removed.body.commentCount).toBe(3);
    const app = await platform.applicationClient();
    await expect(app.query('delete from exception_comments')).rejects.toMatchObject({ code: '42501' });
    await expect(app.query(`update exception_attachments set removal_reason = 'x'`)).rejects.toMatchObject({ code: '23000' });
    await app.end();
  });

  it('ages, is found by what one asks for, and is dealt with in bulk', async () => {
    const paid = await payList(platform, frame, [{ amount: '100.00' }, { amount: '200.00' }, { agentId: mine.userId, amount: '400.00' }]);
    const { statementId } = await makeStatement(platform, frame, []);
    const ids = await open(platform, frame, statementId, paid.map(missing));
    const path = `/v1/programmes/${frame.programmeId}/exceptions`;
    await mine
      .post(`${path}/assignments`, { filter: { minAmount: '150' }, ownerId: colleague.userId, reason: 'The larger ones' })
      .expect(200);
    platform.clock.skip(9 * DAY_MS);
    const officer = await platform.as('finance_officer', { programme: frame.programmeId });
    const { body: ageing } = await officer.get(`${path}/ageing`).expect(200);
    expect(ageing).toMatchObject({
      cells: [{ kind: 'ours_not_in_statement', band: '8-14', count: 3, overdue: 3, amounts: [{ amount: '700.00', currency: 'DZD' }] }],
    });
    expect(ageing.owners).toEqual(
      expect.arrayContaining([
        { ownerId: null, count: 1, overdue: 1, amounts: [{ amount: '100.00', currency: 'DZD' }] },
        { ownerId: colleague.userId, count: 2, overdue: 2, amounts: [{ amount: '600.00', currency: 'DZD' }] },
      ]),
    );
    const found = async (query: string, client = officer) =>
      (await client.get(`${path}?${query}`).expect(200)).body.items.map(({ id }: { id: string }) => ids.indexOf(id));
    expect(await found('overdue=true&owner=nobody')).toEqual([0]);
    expect(await found(`owner=${colleague.userId}&maxAmount=300`)).toEqual([1]);
    expect(await found(`officeId=${frame.officeId}&statementId=${statementId}&overdue=false`)).toEqual([]);
    await officer.post(`/v1/exceptions/${ids[1]}/proposals`, { resolution: 'claim_on_post', note: 'x' }).expect(201);
    const { body: bulk } = await mine
      .post(`${path}/resolutions`, { filter: { statementId }, resolution: 'post_error', note: 'A file of theirs was late' })
      .expect(200);
    expect(bulk).toEqual({
      done: 1,
      more: false,
      leftCount: 2,
      left: [
        { id: ids[1], why: 'proposed' },
        { id: ids[2], why: 'own_hand' },
      ],
    });
    expect((await officer.get(`/v1/exceptions/${ids[0]}`)).body).toMatchObject({ state: 'resolved', history: [{ what: 'resolved' }] });
  });

  it('ends by itself when a later run finds no reason for it, unless somebody touched it', async () => {
    const paid = await payList(platform, frame, [{}, {}, {}]);
    const { statementId } = await makeStatement(platform, frame, []);
    const findings = paid.map(missing);
    const [gone = '', touched = '', stays = ''] = await open(platform, frame, statementId, findings);
    await mine.post(`/v1/exceptions/${touched}/comments`, { text: 'I asked them' }).expect(201);
    const at = platform.clock.now();
    expect(await platform.app.database.transaction((tx) => closeSuperseded(tx, [gone, touched], newId(), at))).toBe(1);
    const states = async () => Promise.all([gone, touched, stays].map(async (id) => (await read(id)).body.state));
    expect(await states()).toEqual(['resolved', 'open', 'open']);
    expect((await read(gone)).body.resolution).toBe('superseded');
    // Found again, it is open again: nobody decided it.
    expect(await open(platform, frame, statementId, findings)).toEqual([gone]);
    expect(await states()).toEqual(['open', 'open', 'open']);
  });

  it('keeps its period from being closed while it waits', async () => {
    const [paid] = (await payList(platform, frame, [{ paidOn: '2026-03-10' }])) as [Paid];
    const [id = ''] = await open(platform, frame, (await makeStatement(platform, frame, [])).statementId, [missing(paid)]);
    const check = async (endsOn: string) => {
      const { body } = await mine.get(`/v1/programmes/${frame.programmeId}/ledger-periods/next?endsOn=${endsOn}`).expect(200);
      return body.checklist.find(({ check: name }: { check: string }) => name === 'exceptions_resolved');
    };
    // The first period begins with the first entry, of the list of March.
    expect(await check('2026-03-31')).toMatchObject({ holds: false, open: [{ type: 'exception', id, amount: { amount: '15000.00' } }] });
    expect(await check('2026-03-09')).toMatchObject({ holds: true });
    await mine.post(`/v1/exceptions/${id}/resolution`, { resolution: 'post_error', note: 'It was in the next file' }).expect(200);
    expect(await check('2026-03-31')).toMatchObject({ holds: true, openCount: 0 });
  });
});
