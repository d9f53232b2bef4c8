import type { Server } from 'node:http';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Client, startPlatform, type TestPlatform } from '../support/platform.ts';
import { type Batch, batches, crowdedBatches, type Done } from './commands.ts';
import { explainAll } from './explain.ts';
import { expire, minor, players, prepare } from './play.ts';
import { letPass, listen, type Stage, setStage } from './stage.ts';
import { accountName, copyOf, emptyState, move, movesOf, type State, type VoucherState } from './state.ts';

const received = '5000.00';
const wish = (kind: Batch['wishes'][number]['kind'], a = 0, b = 2) => ({ days: 0, wishes: [{ kind, a, b, amount: 40, twice: false }] });
/** What every run begins with: a list with vouchers, and another that is approved. */
const opening: readonly Batch[] = [
  wish('contribute', 1),
  wish('prepare', 5),
  wish('approve'),
  wish('release'),
  wish('prepare', 3),
  wish('approve'),
];

/** The suite runs a short form; `npm run model` a long one. MODEL_SEED plays one again. */
const runs = Number(process.env['MODEL_RUNS'] ?? 2);
const shrink = process.env['MODEL_SHRINK'] === '0' ? { endOnFailure: true } : {};
const seed = process.env['MODEL_SEED'] ? { seed: Number(process.env['MODEL_SEED']) } : {};

describe('the books under everything that can happen to them', () => {
  let platform: TestPlatform;
  let server: Server;
  let address: string;
  let head: Client;
  const counts = new Map<string, { accepted: number; refused: Map<string, number> }>();
  beforeAll(async () => {
    platform = await startPlatform({ environment: { AUDIT_SEAL_SECONDS: '3600' } });
    ({ server, address } = await listen(platform));
    head = await platform.as('finance_officer');
    await head
      .post('/v1/exchange-rates', { from: 'EUR', to: 'DZD', validOn: '2026-01-01', rate: '145.5', source: 'Bank of Algeria' })
      .expect(201);
  });
  afterAll(async () => {
    process.stdout.write(tally());
    server.closeAllConnections();
    server.close();
    await platform.close();
  });

  const count = ({ kind, accepted, code }: Pick<Done, 'accepted' | 'code'> & { kind: string }): void => {
    const known = counts.get(kind) ?? { accepted: 0, refused: new Map<string, number>() };
    if (accepted) known.accepted += 1;
    else known.refused.set(code, (known.refused.get(code) ?? 0) + 1);
    counts.set(kind, known);
  };

  function tally(): string {
    const sum = (numbers: Iterable<number>) => [...numbers].reduce((one, other) => one + other, 0);
    const lines = [...counts].sort().map(([kind, { accepted, refused }]) => {
      const why = [...refused].sort((one, other) => other[1] - one[1]).map(([code, n]) => `${code} ${n}`);
      return `  ${kind.padEnd(15)} ${String(accepted).padStart(6)} ${String(sum(refused.values())).padStart(6)}  ${why.join(', ')}`;
    });
    const all = [...counts.values()];
    const [accepted, refused] = [sum(all.map((one) => one.accepted)), sum(all.flatMap((one) => [...one.refused.values()]))];
    return `\n${'  command'.padEnd(17)} accepted refused\n${lines.join('\n')}\n  ${accepted + refused} commands: ${accepted} accepted, ${refused} refused\n\n`;
  }

  async function begin(): Promise<{ stage: Stage; state: State }> {
    const stage = await setStage(platform, address, received);
    const state = emptyState();
    move(state, movesOf('contribution', stage.funds[0], minor(received)));
    return { stage, state };
  }

  /** Carries out a batch. @returns the state that explains every answer; or fails, saying what nothing explains */
  async function play(stage: Stage, before: State, { days, wishes }: Batch): Promise<State> {
    const state = copyOf(before);
    if (days > 0) await letPass(stage, days);
    for (const wish of wishes)
      if (wish.kind === 'prepare') count({ kind: 'prepare', accepted: await prepare(stage, state, wish), code: 'nothing_to_pay' });
    const rest = wishes.flatMap((wish) => (wish.kind === 'prepare' ? [] : [players[wish.kind](stage, state, wish)]));
    const expiries = days > 0 ? stage.funds.map((fund) => expire(stage, fund)) : [];
    const dones = (await Promise.all([...rest, ...expiries])).filter((done) => done !== undefined);
    for (const done of dones) count(done);
    await platform.settled();
    const complete = await Promise.all(dones.map((done) => (done.kind === 'release' && done.accepted ? withVouchers(done) : done)));
    const stored = await storedVouchers(stage);
    const after = explainAll(state, complete, (end) => agrees(end, stored));
    if (!after) throw new Error(`no order explains ${said(complete)} and leaves ${said(stored)} of ${said([...state.vouchers])}`);
    for (const { id, state: now, expiresAt } of stored) {
      const voucher = after.vouchers.get(id);
      if (voucher) Object.assign(voucher, { state: now, expiresAt });
    }
    return after;
  }

  const said = (value: unknown): string => JSON.stringify(value, (_key, inner) => (typeof inner === 'bigint' ? String(inner) : inner));

  async function withVouchers(done: Extract<Done, { kind: 'release' }>): Promise<Done> {
    const { rows } = await platform.owner.query('select id, fund_id, amount from vouchers where list_id = $1', [done.list]);
    const vouchers = rows.map(({ id, fund_id, amount }) => ({
      id,
      fund: fund_id,
      amount: minor(amount),
      state: 'issued' as const,
      expiresAt: null,
      counter: 0,
      attempts: 0,
    }));
    return { ...done, vouchers };
  }

  type Stored = Pick<VoucherState, 'state' | 'amount' | 'counter' | 'attempts' | 'expiresAt'> & { readonly id: string };

  async function storedVouchers(stage: Stage): Promise<Stored[]> {
    const { rows } = await platform.owner.query(
      'select id, state, amount, counter, failed_attempts, expires_at from vouchers where programme_id = $1 order by id',
      [stage.frame.programmeId],
    );
    return rows.map(({ id, state, amount, counter, failed_attempts, expires_at }) => ({
      id,
      state,
      amount: minor(amount),
      counter,
      attempts: failed_attempts,
      expiresAt: expires_at?.getTime() ?? null,
    }));
  }

  /** Whether every voucher is as the model has it; a message that has arrived makes one payable, which is nobody's command. */
  function agrees({ vouchers }: State, stored: readonly Stored[]): boolean {
    const isSame = (known: VoucherState, { state, amount, counter, attempts, expiresAt }: Stored) =>
      (known.state === state || (known.state === 'issued' && state === 'activated')) &&
      known.amount === amount &&
      known.counter === counter &&
      known.attempts === attempts &&
      (known.expiresAt === null || known.expiresAt === expiresAt);
    return (
      stored.length === vouchers.size &&
      stored.every((row) => {
        const known = vouchers.get(row.id);
        return known !== undefined && isSame(known, row);
      })
    );
  }

  /** Every account against the model, every identity, and that what was debited is what was credited. */
  async function check({ frame: { programmeId }, read }: Stage, state: State): Promise<void> {
    const { rows } = await platform.owner.query(
      `select a.fund_id, a.kind, coalesce(a.office_id, a.officer_id)::text as place, a.currency, coalesce(sum(g.amount), 0)::text as balance
      from accounts a join funds f on f.id = a.fund_id left join postings g on g.account_id = a.id where f.programme_id = $1 group by a.id order by 1, 2, 3`,
      [programmeId],
    );
    const there = rows.map(({ fund_id, kind, place, currency, balance }) => [accountName(fund_id, kind, place, currency), minor(balance)]);
    const held = (entries: [string, bigint][]) => Object.fromEntries(entries.filter(([, amount]) => amount !== 0n).sort());
    expect(held(there as [string, bigint][])).toEqual(held([...state.accounts]));
    const [{ identities }, { balanced }] = await Promise.all([
      read(head, `/v1/programmes/${programmeId}/identities`),
      read(head, `/v1/programmes/${programmeId}/trial-balance`),
    ]);
    expect(identities.filter(({ holds }: { holds: boolean }) => !holds)).toEqual([]);
    expect(balanced).toBe(true);
  }

  async function run(played: readonly Batch[]): Promise<void> {
    const { stage, state: first } = await begin();
    let state = first;
    for (const batch of [...opening, ...played]) {
      if (batch.wishes.length === 0 && batch.days === 0) continue;
      state = await play(stage, state, batch);
      await check(stage, state);
    }
  }

  it('hold after each command, and each command ends as the model says', { timeout: 3_600_000 }, async () => {
    await fc.assert(fc.asyncProperty(batches(30, 1), run), { numRuns: runs, ...seed, ...shrink });
  });

  it('hold after each handful of commands at once, which end as in some order one after another', { timeout: 3_600_000 }, async () => {
    await fc.assert(fc.asyncProperty(batches(12, 5), run), { numRuns: runs, ...seed, ...shrink });
  });

  it('hold when many do different things to the same few vouchers at once', { timeout: 3_600_000 }, async () => {
    await fc.assert(fc.asyncProperty(crowdedBatches(8, 5), run), { numRuns: runs, ...seed, ...shrink });
  });
});
