import { command, type Outcome, type Tx } from '../../platform/index.ts';
import { activateVouchers } from '../../vouchers/index.ts';
import { sendingOf } from '../commands.ts';
import { eventsByList } from '../events.ts';
import { closeUntil, enabledGateways, lockPace, noteFailures, pausePace, type Turn, takeTurns } from '../gateways/store.ts';
import { settleKept } from '../receipts/settle.ts';
import { batchOf, circuitAfter, FAILURES_ALLOWED } from '../rules.ts';
import { areThese, releaseMessages } from '../store.ts';
import { type Sending, WITHHELD } from '../types.ts';
import { type Lease, leaseMessages, leaseTrial, recordSendings } from './queue-store.ts';
import type { Sent } from './send.ts';

/** For how long a worker has the messages that it takes. */
export const LEASE_MS = 60_000;
/** Where nothing holds them back. */
const OUTBOX_PER_SECOND = 10_000;

const later = (now: Date, ms: number): Date => new Date(now.getTime() + ms);
export const gatewaySubject = (gatewayId: string | null) => ({ type: 'gateway', id: gatewayId ?? 'outbox' });

/** Messages that one worker has now, and when each may leave. */
export interface Taken {
  /** Null for the outbox. */
  readonly gatewayId: string | null;
  readonly ids: readonly string[];
  readonly turn: Turn;
}

/**
 * Takes the next messages for a worker, and moments for them to leave at. The first gateway that answers takes them; the others what somebody wants to
 * go by them, and what those before them have passed over. One that was left alone is tried with one message. The answer is null when there is nothing that can go now.
 */
export const takeMessages = command<{ readonly mayUseOutbox: boolean }, Taken | null>({
  name: 'messaging.take_messages',
  scope: () => ({}),
  async run({ tx, now }, { mayUseOutbox }) {
    const until = later(now, LEASE_MS);
    const taken = (result: Taken | null): Outcome<Taken | null> => ({
      result,
      subject: gatewaySubject(result?.gatewayId ?? null),
      after: { messages: result?.ids ?? [] },
    });
    const gateways = await enabledGateways(tx);
    if (gateways.length === 0) {
      const ids = mayUseOutbox ? await leaseMessages(tx, { now, until, gatewayId: null, before: [] }, batchOf(OUTBOX_PER_SECOND)) : [];
      return taken(ids.length > 0 ? { gatewayId: null, ids, turn: { waitMs: 0, everyMs: 0 } } : null);
    }
    const before: string[] = [];
    for (const { gateway } of gateways) {
      const { id: gatewayId, perSecond } = gateway;
      const { isClosed, failures, busyMs } = await lockPace(tx, now, gatewayId);
      if (isClosed) continue;
      const isTrial = failures >= FAILURES_ALLOWED;
      const lease: Lease = { now, until, gatewayId, before };
      const ids = busyMs > 0 ? [] : isTrial ? await leaseTrial(tx, lease) : await leaseMessages(tx, lease, batchOf(perSecond));
      before.push(gatewayId);
      if (ids.length === 0) continue;
      if (isTrial) await closeUntil(tx, gatewayId, until);
      return taken({ gatewayId, ids, turn: await takeTurns(tx, gatewayId, perSecond, ids.length) });
    }
    return taken(null);
  },
});

async function noteAnswers(
  tx: Tx,
  now: Date,
  gatewayId: string,
  seen: { answered: number; nothing: number; hasTaken?: boolean },
): Promise<void> {
  if (seen.answered + seen.nothing === 0) return;
  const { failures } = await lockPace(tx, now, gatewayId);
  const circuit = circuitAfter(failures, seen);
  await noteFailures(
    tx,
    gatewayId,
    circuit.failures,
    circuit.closedMs === null ? null : later(now, circuit.closedMs),
    seen.hasTaken ? now : null,
  );
}

/** Takes a moment of a gateway for a text that is in no queue. */
export const takeTurn = command<{ readonly gatewayId: string; readonly perSecond: number }, Turn>({
  name: 'messaging.take_turn',
  scope: () => ({}),
  async run({ tx }, { gatewayId, perSecond }) {
    return { result: await takeTurns(tx, gatewayId, perSecond, 1), subject: gatewaySubject(gatewayId) };
  },
});

/** Notes whether a gateway answered such a text. */
export const noteAnswer = command<{ readonly gatewayId: string; readonly answered: boolean }, null>({
  name: 'messaging.note_answer',
  scope: () => ({}),
  async run({ tx, now }, { gatewayId, answered }) {
    await noteAnswers(tx, now, gatewayId, { answered: Number(answered), nothing: Number(!answered) });
    return { result: null, subject: gatewaySubject(gatewayId), after: { answered } };
  },
});

type Recorded = Pick<Sent, 'answered' | 'nothing' | 'pauseMs'> & {
  readonly gatewayId: string | null;
  readonly sendings: readonly Sending[];
};

/** Records what came of a batch, activates the vouchers whose codes were accepted, and notes whether the gateway answers. */
export const recordSending = command<Recorded, null>({
  name: 'messaging.record_sending',
  scope: () => undefined,
  async run({ tx, now }, { gatewayId, sendings, answered, nothing, pauseMs }) {
    const recorded = await recordSendings(tx, now, gatewayId, sendings);
    const accepted = recorded.filter(({ state }) => state === 'accepted');
    await activateVouchers(tx, now, accepted);
    if (gatewayId) {
      const names = sendings.flatMap(({ id, reference }) => (reference && reference !== id ? [id, reference] : [id]));
      await settleKept(tx, now, gatewayId, names);
      if (pauseMs > 0) await pausePace(tx, gatewayId, pauseMs);
      const turnedAway = recorded.filter(({ isTurnedAway }) => isTurnedAway).length;
      await noteAnswers(tx, now, gatewayId, { answered, nothing: nothing - turnedAway, hasTaken: accepted.length > 0 });
    }
    // Consent may have been given again since they were looked at.
    const withheld = sendings.filter(({ reason }) => reason === WITHHELD).map(({ id }) => id);
    const again = withheld.length > 0 ? await releaseMessages(tx, areThese(withheld)) : [];
    const states = new Map(recorded.map(({ id, state }) => [id, state]));
    const [first, ...others] = await eventsByList(
      tx,
      sendings.map((sending) => ({ ...sending, state: states.get(sending.id) ?? sending.state })),
    );
    if (!first) throw new Error('a batch without messages');
    return { result: null, ...first, others, followUps: again.map(sendingOf) };
  },
});
