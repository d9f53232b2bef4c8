import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Frame, makeFrame } from '../../test/support/fixtures.ts';
import { type Client, startPlatform, type TestPlatform } from '../../test/support/platform.ts';

describe('funding', () => {
  let platform: TestPlatform;
  let frame: Frame;
  let finance: Client;
  beforeAll(async () => {
    platform = await startPlatform();
    frame = await makeFrame(platform, '1000.00');
    finance = await platform.as('finance_officer', { programme: frame.programmeId });
  });
  afterAll(() => platform.close());

  const contribution = (amount: string, currency = 'DZD') => ({
    amount: { amount, currency },
    receivedOn: '2026-02-01',
    reference: randomUUID(),
  });

  it('opens a fund and posts what arrives in it', async () => {
    const { body: fund } = await finance
      .post(`/v1/programmes/${frame.programmeId}/funds`, { donor: 'A donor', agreement: 'AG-2' })
      .expect(201);
    await finance.post(`/v1/funds/${fund.id}/contributions`, contribution('2500.50')).expect(201);
    const { body: read } = await finance.get(`/v1/funds/${fund.id}`).expect(200);
    expect(read.received).toEqual({ amount: '2500.50', currency: 'DZD' });
    const { rows } = await platform.owner.query('select kind, balance from accounts where fund_id = $1 order by kind', [fund.id]);
    expect(rows).toEqual([
      { kind: 'bank', balance: '0' },
      { kind: 'fund_available', balance: '-2500.50' },
    ]);
    const events = await platform.owner.query('select command, fund_id from audit_events where fund_id = $1 order by id', [fund.id]);
    expect(events.rows.map(({ command }) => command)).toEqual(['funding.create_fund', 'funding.record_contribution']);
  });

  it('takes a transfer once, even when two people enter it at the same time', async () => {
    const same = contribution('10.00');
    const answers = await Promise.all([1, 2, 3].map(() => finance.post(`/v1/funds/${frame.fundId}/contributions`, same)));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
  });

  it('refuses an amount that does not fit, naming the field', async () => {
    for (const [bad, pointer] of [
      [contribution('1.005'), '/amount/amount'],
      [contribution('0'), '/amount/amount'],
      [contribution('-5'), '/amount/amount'],
      [contribution('5', 'EUR'), '/amount/currency'],
    ] as const) {
      const { body } = await finance.post(`/v1/funds/${frame.fundId}/contributions`, bad).expect(422);
      expect(body.errors[0].pointer).toBe(pointer);
    }
  });

  it('asks for a fresh second factor where money arrives', async () => {
    const tired = await platform.as('finance_officer', { programme: frame.programmeId });
    platform.clock.skip(6 * 60_000);
    const { body } = await tired.post(`/v1/funds/${frame.fundId}/contributions`, contribution('1')).expect(401);
    expect(body.code).toBe('step_up_required');
  });

  it('shows a donor their own fund and no other', async () => {
    const other = await makeFrame(platform);
    const donor = await platform.as('donor', { fund: frame.fundId });
    await donor.get(`/v1/funds/${frame.fundId}`).expect(200);
    await donor.get(`/v1/funds/${other.fundId}`).expect(404);
    const { body: here } = await donor.get(`/v1/programmes/${frame.programmeId}/funds`).expect(200);
    expect(here.items.map(({ id }: { id: string }) => id)).toEqual([frame.fundId]);
    const { body: there } = await donor.get(`/v1/programmes/${other.programmeId}/funds`).expect(200);
    expect(there.items).toEqual([]);
    const elsewhere = await finance.get(`/v1/programmes/${other.programmeId}/funds`).expect(200);
    expect(elsewhere.body.items).toEqual([]);
  });
});
