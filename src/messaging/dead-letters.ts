import { command, type Db, type FollowUp, problem, type Scope } from '../platform/index.ts';
import { scopeOfList } from '../vouchers/index.ts';
import { sendingOf } from './commands.ts';
import { eventsByList } from './events.ts';
import { gatewayById } from './gateways/commands.ts';
import { findMessage, hasReason, isMessage, markDealtWith, retryDead, withoutList } from './message-store.ts';
import type { DeadReason, DealtWithHow, Message } from './types.ts';
import { say } from './words.ts';

/** Messages that one request sends again at most. */
const RETRIED_AT_ONCE = 10_000;

const noDeadLetter = () => problem.conflict(say('message_not_dead'));

async function scopeOf(db: Db, { messageId }: { readonly messageId: string }): Promise<Scope> {
  const found = await findMessage(db, messageId);
  const scope = found && (await scopeOfList(db, found.listId));
  if (!scope) throw problem.not_found('There is no such record.');
  return scope;
}

async function existing(db: Db, id: string): Promise<Message & { readonly listId: string }> {
  const found = await findMessage(db, id);
  if (!found) throw problem.not_found('There is no such record.');
  return found;
}

/** @throws unprocessable when no gateway that is switched on has this name */
async function wantedGateway(db: Db, id: string | undefined): Promise<string | null> {
  if (id === undefined) return null;
  const { gateway } = await gatewayById(db, id).catch(() => ({ gateway: undefined }));
  if (!gateway?.enabled)
    throw problem.unprocessable(say('message_gateway_unfit'), {}, [{ pointer: '/body/gatewayId', detail: say('message_gateway_off') }]);
  return gateway.id;
}

const sendingEach = (messages: readonly { readonly listId: string }[]): FollowUp[] =>
  [...new Set(messages.map(({ listId }) => listId))].slice(0, 1).map(sendingOf);

/** Sends a message again that did not arrive, with the same code, though somebody has dealt with it: they have a phone now, say. @throws not_found; unprocessable; conflict when it is none any more */
export const retryMessage = command<{ messageId: string; gatewayId?: string }, Message>({
  name: 'messaging.retry',
  scope: scopeOf,
  async run({ tx, now }, { messageId, gatewayId }) {
    const before = await existing(tx, messageId);
    const retried = await retryDead(tx, now, isMessage(messageId), await wantedGateway(tx, gatewayId), 1);
    if (retried.length === 0) throw noDeadLetter();
    const after = withoutList(await existing(tx, messageId));
    return {
      result: after,
      subject: { type: 'message', id: messageId },
      before: withoutList(before),
      after,
      followUps: sendingEach(retried),
    };
  },
});

/** Sends the dead letters of a programme again that have one reason. @throws unprocessable */
export const retryDeadLetters = command<{ programmeId: string; reason: DeadReason; gatewayId?: string }, { retried: number }>({
  name: 'messaging.retry_dead',
  scope: (_db, { programmeId }) => ({ programme: programmeId }),
  async run({ tx, now }, { programmeId, reason, gatewayId }) {
    const retried = await retryDead(tx, now, hasReason(programmeId, reason), await wantedGateway(tx, gatewayId), RETRIED_AT_ONCE);
    return {
      result: { retried: retried.length },
      subject: { type: 'programme', id: programmeId },
      after: { reason, retried: retried.length },
      others: await eventsByList(tx, retried),
      followUps: sendingEach(retried),
    };
  },
});

/** Notes that the person was told in another way. @throws not_found; conflict when it is no dead letter any more */
export const dealWithMessage = command<{ messageId: string; how: DealtWithHow; reason: string }, Message>({
  name: 'messaging.deal_with',
  scope: scopeOf,
  async run({ tx, actor, now }, { messageId, how, reason }) {
    const before = withoutList(await existing(tx, messageId));
    if (!(await markDealtWith(tx, now, messageId, actor.id, how, reason))) throw noDeadLetter();
    const after = withoutList(await existing(tx, messageId));
    return { result: after, subject: { type: 'message', id: messageId }, before, after, reason };
  },
});
