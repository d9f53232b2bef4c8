import { system } from '../../src/access/index.ts';
import { Money, newId } from '../../src/platform/index.ts';
import { expireVouchers } from '../../src/vouchers/commands.ts';
import { makePlan } from '../support/plans.ts';
import type { Client } from '../support/platform.ts';
import type { Done, Wish } from './commands.ts';
import { type Answer, codeFor, dayOf, type Stage } from './stage.ts';
import type { State } from './state.ts';

/** Minor units as decimal text. */
const text = (minor: bigint): string => `${minor / 100n}.${String(minor % 100n).padStart(2, '0')}`;
export const minor = (amount: string): bigint => BigInt(Money.of(amount, 'DZD').toString().replace('.', ''));
const money = (amount: bigint, currency = 'DZD') => ({ amount: text(amount), currency });
const DAY_MS = 86_400_000;
const seen = { documentType: 'passport', documentLastFour: '0042' };

const pick = <Item>(items: readonly Item[], n: number): Item | undefined => items[n % Math.max(items.length, 1)];

type Player = (stage: Stage, state: State, wish: Wish) => Promise<Done | undefined>;

/**
 * Asks once, or twice at once under one key, when what was accepted must be the same. A refusal is not kept under its key, so that of two the
 * second may be refused for another reason, or not be.
 */
async function asked({ ask }: Stage, { twice }: Wish, client: Client, path: string, body: object): Promise<Answer> {
  const key = newId();
  if (!twice) return ask(client, path, body, key);
  const answers = await Promise.all([ask(client, path, body, key), ask(client, path, body, key)]);
  const [first, ...others] = answers.filter(({ ok }) => ok);
  if (first && others.some((other) => JSON.stringify(other.body) !== JSON.stringify(first.body)))
    throw new Error(`${path}: two answers under one key: ${JSON.stringify(answers)}`);
  const counted = answers.find(({ code }) => code === 'code_refused'); // of two refusals the one that has left something
  return first ?? counted ?? answers.find(({ code }) => code !== 'in_progress' && code !== 'busy') ?? answers[0];
}

const outcome = ({ ok, code }: Answer) => ({ accepted: ok, code });
/** The advances whose cash was handed over, the last first. */
const drawnIn = (state: State): string[] =>
  [...state.advances].flatMap(([id, advance]) => (advance.state === 'asked' ? [] : [id])).reverse();
const now = ({ platform }: Stage): number => platform.clock.now().getTime();
const today = ({ platform }: Stage): string => dayOf(platform.clock.now());

/** How each wish is carried out on what there is; undefined when there is nothing to try it on. */
export const players: Readonly<Record<Exclude<Wish['kind'], 'prepare'>, Player>> = {
  async contribute(stage, _state, wish) {
    const [fund, amount] = [pick(stage.funds, wish.a) ?? '', BigInt(wish.amount) * 10_000n];
    const body = { amount: money(amount), receivedOn: '2026-02-01', reference: newId() };
    const answer = await asked(stage, wish, stage.staff.finance, `/v1/funds/${fund}/contributions`, body);
    return { kind: 'contribute', ...outcome(answer), fund, amount, id: answer.body.id };
  },

  async give_foreign(stage, _state, wish) {
    const [fund, amount] = [pick(stage.funds, wish.a) ?? '', BigInt(wish.amount) * 100n];
    const body = { amount: money(amount, 'EUR'), receivedOn: '2026-02-01', reference: newId() };
    const answer = await asked(stage, wish, stage.staff.finance, `/v1/funds/${fund}/contributions`, body);
    const value = answer.ok ? minor(answer.body.value.amount) : 0n;
    return { kind: 'give_foreign', ...outcome(answer), fund, amount, value, id: answer.body.id };
  },

  async convert(stage, _state, wish) {
    const [fund, sold] = [pick(stage.funds, wish.a) ?? '', BigInt(wish.amount) * 50n];
    const bought = sold * BigInt(120 + wish.b);
    const body = { sold: money(sold, 'EUR'), bought: money(bought), convertedOn: '2026-02-02', reference: newId() };
    const answer = await asked(stage, wish, stage.staff.finance2, `/v1/funds/${fund}/conversions`, body);
    const bookedValue = answer.ok ? minor(answer.body.bookedValue.amount) : 0n;
    return { kind: 'convert', ...outcome(answer), fund, sold, bought, bookedValue, id: answer.body.id };
  },

  async reverse(stage, state, wish) {
    const subject = pick([...state.reversibles.keys()], wish.a);
    if (!subject) return undefined;
    const rows = await stage.look('select id from journal_entries where subject_id = $1 order by id', [subject]);
    const entry = pick(rows, wish.b)?.id;
    const answer = await asked(stage, wish, stage.staff.finance, `/v1/journal-entries/${entry}/reversal`, {
      reason: 'As the model wishes',
    });
    return { kind: 'reverse', ...outcome(answer), subject };
  },

  approve: (stage, state, wish) => ofList('approve', stage, state, wish),
  cancel_list: (stage, state, wish) => ofList('cancel_list', stage, state, wish),

  async release(stage, state, wish) {
    const list = pick([...state.lists.keys()].reverse(), wish.a);
    if (!list) return undefined;
    const answer = await asked(stage, wish, stage.staff.finance, `/v1/payment-lists/${list}/release`, {});
    return { kind: 'release', ...outcome(answer), list, vouchers: [] };
  },

  async redeem(stage, state, wish) {
    const id = pick([...state.vouchers.keys()].reverse(), wish.a);
    const voucher = id && state.vouchers.get(id);
    if (!voucher) return undefined;
    const n = wish.b % 2;
    const office = stage.offices[n] as string;
    const counter = voucher.counter + (wish.amount > 57 ? 1_000 : 0);
    const { serial, code } = await codeFor(stage, id, counter);
    const agent = pick(stage.agents[n] ?? [], wish.amount) as Client;
    const at = now(stage);
    const answer = await asked(stage, wish, agent, '/v1/payouts', { officeId: office, locator: { serial }, code, ...seen });
    const { id: payout = '', paidAt, paidOn = '' } = answer.body;
    return {
      kind: 'redeem',
      ...outcome(answer),
      voucher: id,
      office,
      at: answer.ok ? Date.parse(paidAt) : at,
      under: counter,
      payout,
      paidOn,
    };
  },

  async void(stage, state, wish) {
    const id = pick([...state.payouts.keys()].reverse(), wish.a);
    const office = id && state.payouts.get(id)?.office;
    if (!id || !office) return undefined;
    const supervisor = stage.supervisors[stage.offices.indexOf(office)] as Client;
    const answer = await asked(stage, wish, supervisor, `/v1/payouts/${id}/void`, { reason: 'The wrong person' });
    return { kind: 'void', ...outcome(answer), payout: id, today: today(stage) };
  },

  async cancel_voucher(stage, state, wish) {
    const voucher = pick([...state.vouchers.keys()].reverse(), wish.a);
    return voucher ? { kind: 'cancel_voucher', ...(await byTwo(stage, wish, voucher, 'cancel')), voucher } : undefined;
  },

  async unlock(stage, state, wish) {
    const vouchers = [...state.vouchers].reverse();
    const locked = vouchers.filter(([, voucher]) => voucher.state === 'locked');
    const [voucher] = pick(locked.length > 0 ? locked : vouchers, wish.a) ?? [];
    return voucher ? { kind: 'unlock', at: now(stage), ...(await byTwo(stage, wish, voucher, 'unlock')), voucher } : undefined;
  },

  async reissue(stage, state, wish) {
    const voucher = pick([...state.vouchers.keys()].reverse(), wish.a);
    return voucher ? { kind: 'reissue', at: now(stage), ...(await byTwo(stage, wish, voucher, 'reissue')), voucher } : undefined;
  },

  async lock(stage, state, wish) {
    const voucher = pick([...state.vouchers.keys()].reverse(), wish.a);
    if (!voucher) return undefined;
    const answer = await asked(stage, wish, stage.staff.maker, `/v1/vouchers/${voucher}/lock`, { reason: 'The code was overheard' });
    return { kind: 'lock', ...outcome(answer), voucher };
  },

  async extend(stage, state, wish) {
    const voucher = pick([...state.vouchers.keys()].reverse(), wish.a);
    if (!voucher) return undefined;
    const at = now(stage);
    const lastDay = dayOf(new Date(at + wish.b * DAY_MS));
    const answer = await asked(stage, wish, stage.staff.finance2, `/v1/vouchers/${voucher}/expiry`, {
      lastDay,
      reason: 'The road is closed',
    });
    // The day ends at midnight in Algiers, an hour before it does in UTC.
    return { kind: 'extend', ...outcome(answer), voucher, at, until: Date.parse(`${lastDay}T23:00:00Z`) };
  },

  async settle(stage, state, wish) {
    const [fund, office] = [pick(stage.funds, wish.a) ?? '', pick(stage.offices, wish.b) ?? ''];
    const owed = -(state.accounts.get(`${fund}/payable_to_post/${office}/DZD`) ?? 0n);
    const amount = (owed * BigInt(wish.amount)) / 50n || 100n;
    // What it claims is out of reach for everybody from its draft on, as if it had been paid then.
    const body = { fundId: fund, items: [{ officeId: office, amount: money(amount) }], submit: true };
    const answer = await asked(stage, wish, stage.staff.finance2, `/v1/programmes/${stage.frame.programmeId}/settlements`, body);
    if (answer.ok) await seenThrough(stage, answer.body.id);
    const rows = await stage.look('select made_at from settlements where id = $1', [answer.body.id ?? newId()]);
    return { kind: 'settle', ...outcome(answer), fund, office, amount, at: rows[0]?.made_at.getTime() ?? now(stage) };
  },

  async fee(stage, _state, wish) {
    const [fund, office] = [pick(stage.funds, wish.a) ?? '', pick(stage.offices, wish.b) ?? ''];
    const amount = BigInt(wish.amount) * 300n;
    const body = { fundId: fund, officeId: office, reference: newId(), from: '2026-01-01', to: '2026-01-31', amount: money(amount) };
    const answer = await asked(stage, wish, stage.staff.finance, `/v1/programmes/${stage.frame.programmeId}/post-fees`, body);
    const rows = await stage.look('select id from post_fee_shares where fee_id = $1', [answer.body.id ?? newId()]);
    return { kind: 'fee', ...outcome(answer), fund, office, amount, id: rows[0]?.id ?? '' };
  },

  async advance(stage, state, wish) {
    const fund = pick(stage.funds, wish.a) ?? '';
    const own = [...state.vouchers].filter(([, voucher]) => voucher.fund === fund && voucher.state !== 'redeemed').map(([id]) => id);
    const vouchers = own.slice(wish.b % Math.max(own.length, 1)).slice(0, 1 + (wish.amount % 3));
    if (vouchers.length === 0) return undefined;
    const officer = wish.amount % 2 === 0 ? stage.staff.officer : stage.staff.officer2;
    const rows = await stage.look('select serial from vouchers where id = any($1)', [vouchers]);
    const at = now(stage);
    const body = { fundId: fund, round: 'In Guezzam road', visitOn: '2099-01-01', serials: rows.map(({ serial }) => serial) };
    const request = await asked(stage, wish, officer, `/v1/programmes/${stage.frame.programmeId}/advances`, body);
    return { kind: 'advance', ...outcome(request), fund, officer: officer.userId, vouchers, at, id: request.body.id ?? '' };
  },

  async hand_over(stage, state, wish) {
    const waiting = [...state.advances].filter(([, advance]) => advance.state === 'asked').map(([id]) => id);
    const advance = pick(waiting.reverse(), wish.a);
    if (!advance) return undefined;
    const at = now(stage);
    const answer = await asked(stage, wish, stage.staff.finance, `/v1/advances/${advance}/hand-over`, { reference: newId() });
    return { kind: 'hand_over', ...outcome(answer), advance, at };
  },

  async deliver(stage, state, wish) {
    const advance = pick(drawnIn(state), wish.a);
    const known = advance && state.advances.get(advance);
    const id = known && pick(known.vouchers, wish.b);
    const voucher = id && state.vouchers.get(id);
    if (!voucher) return undefined;
    const { officer, officer2 } = stage.staff;
    const counter = voucher.counter + (wish.amount > 57 ? 1_000 : 0);
    const { serial, code } = await codeFor(stage, id, counter);
    const at = now(stage);
    const by = known.officer === officer.userId ? officer : officer2;
    const answer = await asked(stage, wish, by, `/v1/advances/${advance}/deliveries`, { serial, code, ...seen });
    const { id: payout = '', paidAt, paidOn = '' } = answer.body;
    return {
      kind: 'deliver',
      ...outcome(answer),
      advance,
      voucher: id,
      at: answer.ok ? Date.parse(paidAt) : at,
      under: counter,
      payout,
      paidOn,
    };
  },

  async return(stage, state, wish) {
    const advance = pick(drawnIn(state), wish.a);
    if (!advance) return undefined;
    const rest = state.advances.get(advance)?.rest ?? 0n;
    const amount = wish.b % 3 === 0 && rest > 0n ? rest : (rest * BigInt(wish.amount)) / 50n || 100n;
    const body = { amount: money(amount), reference: newId() };
    const answer = await asked(stage, wish, stage.staff.finance2, `/v1/advances/${advance}/returns`, body);
    return { kind: 'return', ...outcome(answer), advance, amount };
  },

  async close_advance(stage, state, wish) {
    const advance = pick(drawnIn(state), wish.a);
    if (!advance) return undefined;
    const at = now(stage);
    const answer = await asked(stage, wish, stage.staff.finance2, `/v1/advances/${advance}/close`, {});
    return { kind: 'close_advance', ...outcome(answer), advance, at };
  },

  async close_period(stage, _state, wish) {
    const answer = await asked(stage, wish, stage.staff.finance, `/v1/programmes/${stage.frame.programmeId}/ledger-periods`, {});
    return { kind: 'close_period', ...outcome(answer) };
  },
};

/** What two people do to a voucher; what was asked for in vain is withdrawn. */
async function byTwo(stage: Stage, wish: Wish, voucher: string, kind: 'cancel' | 'unlock' | 'reissue') {
  const { maker, finance } = stage.staff;
  const request = await stage.ask(maker, `/v1/vouchers/${voucher}/changes`, { kind, reason: 'As the model wishes' });
  if (!request.ok) return outcome(request);
  const answer = await asked(stage, wish, finance, `/v1/voucher-changes/${request.body.id}/confirm`, {});
  if (!answer.ok) await stage.ask(maker, `/v1/voucher-changes/${request.body.id}/withdraw`);
  return outcome(answer);
}

async function ofList(kind: 'approve' | 'cancel_list', stage: Stage, state: State, wish: Wish): Promise<Done | undefined> {
  const list = pick([...state.lists.keys()].reverse(), wish.a);
  if (!list) return undefined;
  const rows = await stage.look('select digest from payment_lists where id = $1', [list]);
  const answer =
    kind === 'approve'
      ? await asked(stage, wish, stage.staff.approver, `/v1/payment-lists/${list}/approve`, { digest: rows[0].digest })
      : await asked(stage, wish, stage.staff.maker, `/v1/payment-lists/${list}/cancel`, { reason: 'As the model wishes' });
  return { kind, ...outcome(answer), list };
}

/** Everything of a fund that has run out. */
export async function expire({ platform, frame }: Stage, fund: string): Promise<Done> {
  const at = platform.clock.now().getTime();
  await platform.app.execute(expireVouchers, { programmeId: frame.programmeId, fundId: fund }, { actor: system });
  return { kind: 'expire', accepted: true, code: '', fund, at };
}

/** Plans some instalments, builds a list of them and submits it; what it draws on which fund is the platform's to say. */
export async function prepare(
  { platform, frame, people, staff, funds, ask }: Stage,
  state: State,
  { a, b, amount }: Wish,
): Promise<boolean> {
  const planId = await makePlan(platform, frame, people.slice(0, 1 + (a % people.length)), text(BigInt(amount) * 1_000n));
  const from = [[funds[0]], [funds[1]], [...funds]][b % 3];
  const path = `/v1/programmes/${frame.programmeId}/payment-lists`;
  const built = await ask(staff.maker, path, { name: newId(), planIds: [planId], fundIds: from });
  if (!built.ok) return false;
  const { body } = await ask(staff.maker, `/v1/payment-lists/${built.body.id}/submit`);
  const drawn: [string, bigint][] = body.funds.map(({ fundId, total }: { fundId: string; total: { amount: string } }) => [
    fundId,
    minor(total.amount),
  ]);
  state.lists.set(body.id, { state: 'submitted', funds: new Map(drawn) });
  return true;
}

/** Has a settlement approved, sent and paid, each of which nothing stands against. */
async function seenThrough(stage: Stage, id: string): Promise<void> {
  const { settler } = stage.staff;
  for (const [step, body] of [
    ['approval', {}],
    ['instruction', {}],
    ['confirmation', { bankReference: id }],
  ] as const) {
    const answer = await stage.ask(settler, `/v1/settlements/${id}/${step}`, body);
    if (!answer.ok) throw new Error(`${step}: ${JSON.stringify(answer.body)}`);
  }
}
