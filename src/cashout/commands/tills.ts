import { authoriseRead } from '../../access/index.ts';
import { command, type Db, Money, newId, type Outcome, type Scope, type Tx } from '../../platform/index.ts';
import { readAmount } from '../amounts.ts';
import { heldToRules, tillRefused, wronglyEntered } from '../problems.ts';
import { closeRow, findTill, insertTill, insertTopUp, signRow, tillById } from '../store/tills.ts';
import type { Pieces, Till } from '../types.ts';

type Amount = ReturnType<Money['toJSON']>;

/** Where a till stands. @throws not_found */
async function scopeOfTill(db: Db, { tillId }: { tillId: string }): Promise<Scope> {
  const { officeId } = await tillById(db, tillId);
  return { office: officeId };
}

async function asItIs(tx: Tx, tillId: string, before?: Till): Promise<Outcome<Till>> {
  const after = await tillById(tx, tillId);
  return { result: after, subject: { type: 'till', id: tillId }, ...(before ? { before } : {}), after };
}

/**
 * Opens the till of an agent for today, with the float that a supervisor counted.
 * @throws unprocessable for an amount that cannot be, or somebody who is no agent of the office; till_open_already; safe_short; separation_of_duties for one's own
 */
export const openTill = command<{ officeId: string; agentId: string; opening: Amount }, Till>({
  name: 'cashout.open_till',
  scope: (_db, { officeId }) => ({ office: officeId }),
  async run({ tx, actor, now }, { officeId, agentId, opening }) {
    const id = newId();
    const till = { id, officeId, agentId, opening: readAmount(opening, '/opening', true) };
    if (!(await heldToRules(insertTill(tx, till, actor.id, now)))) throw wronglyEntered('/agentId', 'not_an_agent');
    return asItIs(tx, id);
  },
});

/** Puts cash from the safe into an open till. @throws not_found; unprocessable; till_closed; till_reference_used; safe_short; separation_of_duties for one's own */
export const topUpTill = command<{ tillId: string; amount: Amount; reference: string }, Till>({
  name: 'cashout.top_up_till',
  scope: scopeOfTill,
  async run({ tx, actor, now }, { tillId, amount, reference }) {
    const before = await tillById(tx, tillId);
    const money = readAmount(amount, '/amount', false);
    if (money.currency !== before.cash.currency) throw wronglyEntered('/amount/currency', 'till_other_currency');
    await heldToRules(insertTopUp(tx, { id: newId(), tillId, amount: money, reference }, actor.id, now));
    return asItIs(tx, tillId, before);
  },
});

/**
 * Closes a till with what its agent, or a supervisor, counted by notes and coins; what it differs by is kept.
 * @throws not_found for another agent's till; unprocessable for a note that cannot be or is named twice; till_closed
 */
export const closeTill = command<{ tillId: string; count: readonly Pieces[] }, Till>({
  name: 'cashout.close_till',
  // Whose it is counts beside where it stands, and only its row says so.
  scope: () => undefined,
  async run({ tx, actor, now }, { tillId, count }) {
    const before = await tillById(tx, tillId);
    const scope = { office: before.officeId };
    authoriseRead(actor, 'cashout.close_till', scope, before.agentId);
    const { currency } = before.cash;
    const notes = count.map(({ denomination }, i) => readAmount({ amount: denomination, currency }, `/count/${i}/denomination`, false));
    const twice = notes.findIndex((note, i) => notes.findIndex((other) => other.equals(note)) !== i);
    if (twice >= 0) throw wronglyEntered(`/count/${twice}/denomination`, 'denomination_twice');
    const sums = notes.map((note, i) => note.times(count[i]?.pieces ?? 0));
    if (!(await closeRow(tx, tillId, count, Money.sum(sums, currency), actor.id, now))) throw tillRefused('till_closed');
    return { ...(await asItIs(tx, tillId, before)), scope };
  },
});

/**
 * Signs for a till that was closed: the supervisor takes what was counted, and says why it differs if it does.
 * @throws not_found; till_not_closed; till_signed; till_unexplained; separation_of_duties for one's own
 */
export const signTill = command<{ tillId: string; remark?: string | undefined }, Till>({
  name: 'cashout.sign_till',
  scope: scopeOfTill,
  async run({ tx, actor, now }, { tillId, remark }) {
    const before = await findTill(tx, tillId);
    if (!before?.closedAt) throw tillRefused('till_not_closed');
    if (!(await heldToRules(signRow(tx, tillId, remark ?? null, actor.id, now)))) throw tillRefused('till_signed');
    return { ...(await asItIs(tx, tillId, before)), reason: remark };
  },
});
