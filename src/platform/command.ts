import type { Actor, Scope } from './actor.ts';
import type { Clock } from './clock.ts';
import { brokenConstraint, type Database, type Db, insertion, sqlState, type Tx } from './database.ts';
import { Gathering } from './gathering.ts';
import { type Answer, answerRow, answerTo, furtherKey, type KeyedRequest } from './idempotency.ts';
import { newId } from './ids.ts';
import type { KeyRing } from './key-ring.ts';
import type { PersonRead, RequestReads } from './person-reads.ts';
import { keptProblem, Problem, problem, problemKept } from './problems.ts';
import { type Shared, share } from './sharing.ts';
import { type Sql, sql } from './sql.ts';
import { say } from './words/index.ts';

/** Work to start once a command has committed: at least once, so it must be harmless when repeated. */
export interface FollowUp {
  readonly job: string;
  /** Identifiers only: the queue never carries a secret or a personal datum. */
  readonly payload: Readonly<Record<string, string>>;
}

/** What a command did. */
export interface Outcome<Result> {
  readonly result: Result;
  readonly subject: { readonly type: string; readonly id: string };
  readonly scope?: Scope;
  /** State before and after; only their digests are kept. */
  readonly before?: unknown;
  readonly after?: unknown;
  readonly reason?: string | undefined;
  /** What it did to other records, each of which has an event of its own. */
  readonly others?: readonly Pick<Outcome<unknown>, 'subject' | 'scope' | 'before' | 'after'>[];
  readonly followUps?: readonly FollowUp[];
  /** A refusal whose effects (a failed attempt counted, say) must stay: committed, then thrown. */
  readonly refusal?: Problem;
}

/** What a command is handed when it runs. */
export interface CommandContext {
  readonly tx: Tx;
  readonly actor: Actor;
  readonly now: Date;
  readonly keyRing: KeyRing;
}

/** One change of state, of which there is no other way to make it. */
export interface Command<Input, Result> {
  /** `room.verb_noun`, as the permission table and the audit trail name it. */
  readonly name: string;
  /**
   * Where the record in question belongs; throws not_found when it does not exist. Undefined for a command that looks for records itself:
   * it keeps within the actor's grants by a condition of its own.
   */
  scope(tx: Db, input: Input): Promise<Scope> | Scope | undefined;
  run(context: CommandContext, input: Input): Promise<Outcome<Result>>;
  /**
   * For a command that many call at once: those that come while others of it are under way share a transaction, except with one that claims the same.
   * Its `run` throws a Problem before it writes or not at all, and writes together with the others, see {@link Tx.writeTogether}.
   */
  claims?(input: Input): readonly string[];
}

/** Gives a command its types. */
export const command = <Input, Result>(definition: Command<Input, Result>): Command<Input, Result> => definition;

/** An audit event as the runner hands it to the books. */
export interface CommandEvent {
  readonly id: string;
  readonly at: Date;
  readonly actorId: string;
  readonly actorKind: Actor['kind'];
  /** The key that a machine showed. */
  readonly keyId: string | null;
  readonly command: string;
  readonly subjectType: string;
  readonly subjectId: string;
  readonly scope: Scope;
  readonly beforeDigest: string | null;
  readonly afterDigest: string | null;
  readonly reason: string | null;
  readonly refusal: string | null;
  readonly requestId: string | null;
}

/** What the runner asks of the rooms above it. */
export interface CommandPorts {
  /** @throws Problem when the actor may not: before anything else is looked at, and again within the record's scope */
  authorise(actor: Actor, command: string, now: Date, scope?: Scope): void;
  /** What to answer to somebody whose command broke a constraint that stands for a rule about people; undefined for any other. */
  refusalOf?(constraint: string): Problem | undefined;
  /** The statement that adds events to the trail. */
  record(events: readonly CommandEvent[]): Sql;
  /** Keeps whom the answers show, in the commands' transaction. */
  recordReads(tx: Tx, now: Date, reads: readonly PersonRead[]): Promise<void>;
  /** Starts work that has been recorded; failing to do so loses nothing. */
  start(followUps: readonly (FollowUp & { readonly id: string })[]): Promise<void>;
}

export interface Execution {
  readonly actor: Actor;
  readonly idempotencyKey?: string | undefined;
  readonly requestId?: string | undefined;
  /** Whom the answer shows. */
  readonly reads?: RequestReads | undefined;
}

export type Execute = <Input, Result>(command: Command<Input, Result>, input: Input, execution: Execution) => Promise<Result>;

const MAX_TRIES = 4;
const serializationFailure = '40001';
const deadlock = '40P01';
const lockTimeout = '55P03';
/** As many commands share a transaction at most. */
const MOST_TOGETHER = 32;

/** JSON with its keys in order (RFC 8785 in spirit), so that equal values have equal digests. */
export function canonicalJson(value: unknown): string {
  return (
    JSON.stringify(value, (_key, inner) =>
      inner !== null && typeof inner === 'object' && !Array.isArray(inner)
        ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
        : inner,
    ) ?? 'null'
  );
}

/**
 * The keyed digest (HMAC-SHA-256, in hexadecimal) by which the trail knows a record's state. Without the key nobody can test a guess
 * against it, which matters where the state is a person.
 */
export const stateDigest = (keyRing: KeyRing, state: unknown): string =>
  keyRing.blindIndex('audit-state', canonicalJson(state)).toString('hex');

/** A command that somebody wants carried out. */
interface Requested {
  readonly definition: Command<unknown, unknown>;
  readonly input: unknown;
  readonly execution: Execution;
}

/** What came of it, and what is to be started once that has been committed. */
interface Done {
  readonly answer: Answer;
  readonly result?: unknown;
  readonly refusal?: Problem | undefined;
  readonly started: readonly StartedFollowUp[];
  /** Whom the answer shows, which is kept with it. */
  readonly reads: readonly PersonRead[];
}

type StartedFollowUp = FollowUp & { readonly id: string };

/** What is written of a command beside its effect: events, and rows. */
interface Written {
  readonly now: Date;
  readonly reads: readonly PersonRead[];
  readonly events: readonly CommandEvent[];
  readonly followUps: readonly Readonly<Record<string, unknown>>[];
  readonly answers: readonly Readonly<Record<string, unknown>>[];
}

/**
 * Makes the one function through which everything changes. It joins permission, idempotency, one transaction,
 * the audit event and the work that follows, so that no command can have one without the others.
 */
export function commandRunner(database: Database, clock: Clock, keyRing: KeyRing, ports: CommandPorts): Execute {
  /** Carries out one command in a transaction, which others may share. */
  async function carryOut(tx: Tx, now: Date, { definition, input, execution }: Requested): Promise<Done> {
    const { name } = definition;
    const { actor, requestId } = execution;
    const keyed = keyedRequest({ definition, input, execution });
    const answered = keyed && answerTo(tx, keyRing, keyed);
    // Asked with the key and read after it: who waited for the same request sees the place as that one has left it.
    const placed = (async () => definition.scope(tx, input))();
    placed.catch(() => {});
    const earlier = await answered;
    const recordScope = await placed;
    // Whoever has lost the role since, or the role for this place, is not told again.
    ports.authorise(actor, name, now, recordScope);
    if (earlier) return { answer: earlier, started: [], reads: [] };
    const outcome = await definition.run({ tx, actor, now, keyRing }, input);
    const { reason, refusal } = outcome;
    const eventOf = ({ subject, scope, before, after }: Pick<Outcome<unknown>, 'subject' | 'scope' | 'before' | 'after'>) => ({
      id: newId(),
      at: now,
      actorId: actor.id,
      actorKind: actor.kind,
      keyId: actor.keyId ?? null,
      command: name,
      subjectType: subject.type,
      subjectId: subject.id,
      scope: scope ?? recordScope ?? {},
      beforeDigest: before === undefined ? null : stateDigest(keyRing, before),
      afterDigest: after === undefined ? null : stateDigest(keyRing, after),
      reason: reason ?? null,
      refusal: refusal?.code ?? null,
      requestId: requestId ?? null,
    });
    const events = [outcome, ...(outcome.others ?? [])].map(eventOf);
    const started = (outcome.followUps ?? []).map((followUp) => ({ ...followUp, id: newId() }));
    const answer: Answer = refusal ? { refusal: keptProblem(refusal) } : { result: outcome.result };
    const reads = refusal ? [] : (execution.reads?.withCommand(outcome.result) ?? []);
    await tx.writeTogether(writeDown, {
      now,
      reads,
      events,
      followUps: started.map(({ id, job, payload }) => ({ id, job, payload, created_at: now })),
      answers: keyed ? [answerRow(keyRing, keyed, answer, now)] : [],
    });
    return { answer, result: outcome.result, refusal, started, reads };
  }

  function keyedRequest({ definition: { name }, input, execution: { actor, idempotencyKey } }: Requested): KeyedRequest | undefined {
    if (!idempotencyKey) return undefined;
    const inputDigest = keyRing.blindIndex('command-input', canonicalJson({ name, input })).toString('hex');
    // All strangers are one actor: a key is theirs together with what they ask, so that nobody's key is in another's way.
    const key = actor.kind === 'public' ? furtherKey(idempotencyKey, inputDigest) : idempotencyKey;
    return key === undefined ? undefined : { actor_id: actor.id, key, command: name, input_digest: inputDigest };
  }

  async function writeDown(tx: Tx, all: readonly Written[]): Promise<undefined[]> {
    await tx.insert(
      'follow_ups',
      all.flatMap(({ followUps }) => followUps),
    );
    const events = ports.record(all.flatMap((written) => written.events));
    const answers = all.flatMap((written) => written.answers);
    tx.defer(answers.length === 0 ? events : sql`with events as (${events}) ${insertion('idempotency_keys', answers)}`);
    const reads = all.flatMap((written) => written.reads);
    if (all[0] && reads.length > 0) await ports.recordReads(tx, all[0].now, reads);
    return [];
  }

  /** Carries out one command in a transaction of its own, again where it has met another. */
  async function alone(request: Requested): Promise<Done> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await database.transaction((tx) => carryOut(tx, clock.now(), request));
      } catch (error) {
        const broken = brokenConstraint(error);
        const refused = broken === undefined ? undefined : ports.refusalOf?.(broken);
        if (refused) throw refused;
        const state = sqlState(error);
        if (state === lockTimeout) {
          throw problem.in_progress(say('in_progress'));
        }
        if (state !== serializationFailure && state !== deadlock) throw error;
        if (tries === MAX_TRIES) throw problem.busy(say('crowded'));
        await new Promise((resolve) => setTimeout(resolve, 5 * 2 ** tries * (0.5 + Math.random())));
      }
    }
  }

  /**
   * Carries out commands in one transaction.
   * @returns what came of each; undefined for those that have to go alone: nothing of them is left
   */
  async function together(requests: readonly Requested[]): Promise<readonly (Shared<Done> | undefined)[]> {
    const [first, ...others] = requests;
    if (first && others.length === 0) return [{ result: await alone(first) }];
    let mayHaveCommitted = false;
    try {
      return await database.transaction(async (tx) => {
        // Whoever is held up holds up everybody: then each goes alone.
        tx.defer(sql`set local lock_timeout = '100ms'`);
        const now = clock.now();
        const shared = await share(
          tx,
          requests.map((request) => (part) => carryOut(part, now, request)),
        );
        mayHaveCommitted = true;
        return shared;
      });
    } catch (error) {
      // Without a word from the server nobody knows whether it was committed.
      if (mayHaveCommitted && sqlState(error) === undefined) throw error;
      return [];
    }
  }

  const gatherings = new Map<string, Gathering<Requested, Shared<Done> | undefined>>();
  function gatheringOf({ name }: Requested['definition']): Gathering<Requested, Shared<Done> | undefined> {
    const known = gatherings.get(name) ?? new Gathering(together, { most: MOST_TOGETHER, claimsOf });
    gatherings.set(name, known);
    return known;
  }

  async function carriedOut(request: Requested): Promise<Done> {
    if (!request.definition.claims) return alone(request);
    const shared = await gatheringOf(request.definition).join(request);
    if (shared && 'result' in shared) return shared.result;
    if (shared?.left instanceof Problem) throw shared.left;
    return alone(request);
  }

  return async <Input, Result>(definition: Command<Input, Result>, input: Input, execution: Execution): Promise<Result> => {
    ports.authorise(execution.actor, definition.name, clock.now());
    const { answer, result, refusal, started, reads } = await carriedOut({
      definition: definition as Command<unknown, unknown>,
      input,
      execution,
    });
    execution.reads?.noteKept(reads);
    if (started.length > 0) await ports.start(started);
    if (refusal) throw refusal;
    if ('refusal' in answer) throw problemKept(answer.refusal);
    return (result ?? answer.result) as Result;
  };
}

const claimsOf = ({ definition, input, execution: { actor, idempotencyKey } }: Requested): string[] => [
  ...(definition.claims?.(input) ?? []),
  ...(idempotencyKey === undefined ? [] : [`${actor.id}/${idempotencyKey}`]),
];
