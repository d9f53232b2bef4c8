import { type Actor, type Clock, type Execute, Problem, type RateLimit, type RateLimits } from '../platform/index.ts';
import { noteRefusal } from './commands/refusals.ts';
import { isRead } from './machines.ts';
import { REFUSALS_AN_HOUR } from './rules.ts';
import { system } from './system.ts';

/** So many refusals of one actor are written to the trail in an hour, so that nobody floods it; the rest are counted. */
const kept: RateLimit = { name: 'refusals kept', points: REFUSALS_AN_HOUR, seconds: 3_600 };
const codes = ['forbidden', 'separation_of_duties'];

/** Keeps that somebody was refused, and throws on. */
export type KeepRefusal = (error: unknown, actor: Actor, permission: string) => Promise<never>;

/** Writes to the trail who tried to change what is not theirs to change. What was rolled back with the attempt is written beside it. */
export const refusalKeeper =
  (execute: Execute, limits: RateLimits): KeepRefusal =>
  async (error, actor, permission) => {
    const isKept =
      error instanceof Problem && codes.includes(error.code) && !isRead(permission) && actor.kind !== 'system' && actor.kind !== 'public';
    if (isKept && (await isWithin(limits, actor.id)))
      await execute(noteRefusal, { actorId: actor.id, actorKind: actor.kind, command: permission, code: error.code }, { actor: system });
    throw error;
  };

const isWithin = (limits: RateLimits, actorId: string): Promise<boolean> =>
  limits.take(kept, actorId).then(
    () => true,
    () => false,
  );

/** Carries out commands, and keeps the refusals of those that are not for the actor. */
export const keepingRefusals =
  (execute: Execute, keep: KeepRefusal): Execute =>
  async (command, input, execution) => {
    try {
      return await execute(command, input, execution);
    } catch (error) {
      return keep(error, execution.actor, command.name);
    }
  };

/** The same at the door, where whoever holds no role for an operation is refused before its body is read. */
export const keepingAtDoor =
  (authorise: (actor: Actor, permission: string, now: Date) => void, clock: Clock, keep: KeepRefusal) =>
  async (actor: Actor, permission: string): Promise<void> => {
    try {
      authorise(actor, permission, clock.now());
    } catch (error) {
      await keep(error, actor, permission);
    }
  };
