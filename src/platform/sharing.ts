import type { Db, ForMany, Tx } from './database.ts';
import { Problem } from './problems.ts';
import type { Sql } from './sql.ts';

/** Thrown by what cannot be done in a transaction that others share: it is done again in one of its own. */
export class NeedsOwnTransaction extends Error {
  override readonly name = 'NeedsOwnTransaction';
}

/** What became of one of those who shared a transaction: it stands with the others', or left nothing in it and says why. */
export type Shared<Result> = { readonly result: Result } | { readonly left: Problem | NeedsOwnTransaction };

/**
 * Carries out several pieces of work side by side in one transaction. What they read and write together is one statement each; whatever else one
 * of them would write needs a transaction of its own. Who is refused before anything of theirs was written leaves the others to it.
 * @throws what went wrong otherwise: then nothing of all of it may be kept
 */
export async function share<Result>(tx: Tx, works: readonly ((tx: Tx) => Promise<Result>)[]): Promise<Shared<Result>[]> {
  const meeting = new Meeting(tx, works.length);
  const settled = await Promise.all(works.map((work) => takePart(meeting, work)));
  meeting.refuseIfBroken();
  return settled;
}

async function takePart<Result>(meeting: Meeting, work: (tx: Tx) => Promise<Result>): Promise<Shared<Result>> {
  const part = new Part(meeting);
  try {
    return { result: await work(part as unknown as Tx) };
  } catch (error) {
    const leaves = error instanceof NeedsOwnTransaction || error instanceof Problem;
    if (part.hasWritten || !leaves) meeting.breakOff(error);
    return { left: leaves ? error : new NeedsOwnTransaction() };
  } finally {
    part.end();
  }
}

interface Question {
  readonly asked: unknown;
  answer(answer: unknown): void;
  fail(error: unknown): void;
}

type Many = ForMany<Tx, unknown, unknown>;

/** Where those who share a transaction wait for one another. */
class Meeting {
  readonly tx: Tx;
  /** Those who neither wait here nor are done. */
  #busy: number;
  #questions = new Map<Many, Question[]>();
  #broken: { readonly by: unknown } | undefined;

  constructor(tx: Tx, members: number) {
    this.tx = tx;
    this.#busy = members;
  }

  breakOff(error: unknown): void {
    this.#broken ??= { by: error };
  }

  refuseIfBroken(): void {
    if (this.#broken) throw this.#broken.by;
  }

  /** Somebody has nothing to do for now, or any more. */
  leave(): void {
    this.#busy -= 1;
    // Whoever asks several things asks them in one breath.
    if (this.#busy === 0) queueMicrotask(() => this.#meet());
  }

  /** Somebody goes on. */
  join(): void {
    this.#busy += 1;
  }

  put(many: Many, question: Question): void {
    const others = this.#questions.get(many);
    if (others) others.push(question);
    else this.#questions.set(many, [question]);
  }

  #meet(): void {
    if (this.#busy === 0 && this.#questions.size > 0) void this.#answerAll();
  }

  async #answerAll(): Promise<void> {
    const questions = [...this.#questions];
    this.#questions = new Map();
    const settle = await Promise.all(questions.map(([many, those]) => this.#answer(many, those)));
    for (const each of settle) each();
  }

  async #answer(many: Many, questions: readonly Question[]): Promise<() => void> {
    try {
      this.refuseIfBroken();
      const answers = await many(
        this.tx,
        questions.map(({ asked }) => asked),
      );
      return () => questions.forEach(({ answer }, i) => void answer(answers[i]));
    } catch (error) {
      this.breakOff(error);
      return () => questions.forEach(({ fail }) => void fail(error));
    }
  }
}

// It cannot see into a function: one that writes is called by `run`.
const isPlainRead = ({ text }: Sql): boolean => /^\s*select\b/i.test(text) && !/\bfor (no key update|update|share|key share)\b/i.test(text);

/** A transaction as one of those sees it who share it. */
class Part implements Pick<Tx, 'all' | 'first' | 'run' | 'defer' | 'insert' | 'readTogether' | 'writeTogether'> {
  hasWritten = false;
  readonly #meeting: Meeting;
  /** Answers that it waits for. */
  #waits = 0;
  #isDone = false;

  constructor(meeting: Meeting) {
    this.#meeting = meeting;
  }

  async all<Row>(statement: Sql): Promise<Row[]> {
    return this.#toRead(statement).all(statement);
  }

  async first<Row>(statement: Sql): Promise<Row | undefined> {
    return this.#toRead(statement).first(statement);
  }

  async run(): Promise<never> {
    throw new NeedsOwnTransaction();
  }

  defer(): never {
    throw new NeedsOwnTransaction();
  }

  async insert(_table: string, rows: readonly unknown[]): Promise<void> {
    if (rows.length > 0) throw new NeedsOwnTransaction();
  }

  readTogether<Asked, Answer>(read: ForMany<Db, Asked, Answer>, asked: Asked): Promise<Answer> {
    return this.#together(read as unknown as Many, asked) as Promise<Answer>;
  }

  writeTogether<Asked, Answer>(write: ForMany<Tx, Asked, Answer>, asked: Asked): Promise<Answer> {
    this.hasWritten = true;
    return this.#together(write as unknown as Many, asked) as Promise<Answer>;
  }

  end(): void {
    this.#isDone = true;
    if (this.#waits === 0) this.#meeting.leave();
  }

  #toRead(statement: Sql): Tx {
    if (!isPlainRead(statement)) throw new NeedsOwnTransaction();
    return this.#meeting.tx;
  }

  #together(many: Many, asked: unknown): Promise<unknown> {
    return new Promise((answer, fail) => {
      this.#meeting.put(many, {
        asked,
        answer: (given) => {
          this.#goOn();
          answer(given);
        },
        fail: (error) => {
          this.#goOn();
          fail(error);
        },
      });
      this.#waits += 1;
      if (this.#waits === 1) this.#meeting.leave();
    });
  }

  #goOn(): void {
    this.#waits -= 1;
    if (this.#waits === 0 && !this.#isDone) this.#meeting.join();
  }
}
