import { system } from '../access/index.ts';
import { type Applicant, analyzePeople, type DuplicateCheck, enteredFrom } from '../beneficiaries/index.ts';
import { type Ground, Interrupted } from '../platform/index.ts';
import { checkRows } from './check-job.ts';
import { type Compared, findFile, type StoredFile } from './file-store.ts';
import { Preparation, type PreparedRow } from './prepare.ts';
import { chunkAfter } from './row-store.ts';
import { LOOKED_AT_FIRST, rowsTelling, tooManyDuplicates } from './rules.ts';
import { checkBeforeRun, countDuplicates, finishFile, type Taking, takeRows } from './take-rows.ts';

const asSystem = { actor: system };
/** After so long another job goes on, so that one large file does not keep everybody else's work waiting. */
const SLICE_MS = 20_000;
/** How many batches are compared at the same time, so that neither this process nor the database waits for the other. */
const AT_ONCE = 1;
/** After a file of so many rows others are there than the planner knows. */
const LARGE_ROWS = 10_000;
/** How many rows are compared at once that an earlier process has left over. */
const CATCH_UP_ROWS = 1_000;

/**
 * Enters the people of a file, batch after batch, and compares each batch while the next ones are entered. It goes on wherever an earlier
 * process has left off. The share of duplicates is looked at before anybody is entered, unless a dry run has just done it: that of the whole
 * file, or of a large one that of its beginning. It is looked at after each comparison too, and the file stops before its next batch.
 * @param closing tells that the process is about to end
 */
export async function runFile(ground: Ground, duplicates: DuplicateCheck, fileId: string, closing: AbortSignal): Promise<void> {
  const stored = await findFile(ground.db, fileId);
  if (stored?.file.state !== 'running') return;
  await duplicates.ready(stored.file.programmeId, closing);
  if (stored.file.doneRows === 0 && !(await mayBegin(ground, duplicates, stored, closing))) return;
  const run = new Run(ground, duplicates, stored, await Preparation.of(stored, ground));
  await run.takeSome(closing);
  await run.end(closing);
  if (stored.file.totalRows < LARGE_ROWS || !run.isAtEnd) return;
  await analyzePeople(ground.db);
}

// What is entered can be taken back by people alone, one by one. To look at all of a large file would take as long as to enter it.
async function mayBegin(ground: Ground, duplicates: DuplicateCheck, stored: StoredFile, closing: AbortSignal): Promise<boolean> {
  const { checkedBasis, file } = stored;
  if (checkedBasis !== null && checkedBasis === (await duplicates.basis(ground.db, file.programmeId))) return true;
  return checkRows(ground, duplicates, stored, Math.min(file.totalRows, LOOKED_AT_FIRST), closing, async ({ findings }) => {
    const { goesOn } = await ground.execute(checkBeforeRun, { fileId: file.id, findings }, asSystem);
    return goesOn;
  });
}

/** Rows of a file whose people are ready to be entered. */
interface Ready {
  readonly firstRow: number;
  /** How many rows the file has up to their end. */
  readonly through: number;
  readonly rows: readonly PreparedRow<Applicant>[];
}

/** For a failure that whoever waits for the promise later is told. */
const toldLater = (): void => {};

const nothing: Compared = { from: 0, through: 0, duplicates: 0 };

/** One job's work on one file. */
class Run {
  readonly #ground: Ground;
  readonly #duplicates: DuplicateCheck;
  readonly #preparation: Preparation;
  #stored: StoredFile;
  #isAtEnd = false;

  constructor(ground: Ground, duplicates: DuplicateCheck, stored: StoredFile, preparation: Preparation) {
    this.#ground = ground;
    this.#duplicates = duplicates;
    this.#stored = stored;
    this.#preparation = preparation;
  }

  /** Takes batches until the rows, the time or the patience with duplicates is at its end. */
  async takeSome(closing: AbortSignal): Promise<void> {
    const { clock } = this.#ground;
    await this.#catchUp();
    const end = clock.now().getTime() + SLICE_MS;
    let compared = nothing;
    const comparing: Promise<Compared>[] = [];
    let ready = this.#ready(this.#stored.file.doneRows);
    while (!this.#isOver(compared) && clock.now().getTime() < end && !closing.aborted) {
      const batch = await ready;
      if (!batch) break;
      // The next batch is made ready while the database takes this one.
      ready = this.#ready(batch.through);
      const taking = await this.#take(batch, compared);
      if (!taking.taken) {
        // Cancelled, or somebody else takes this file as well.
        if (!(await this.#isRunning())) break;
        await Promise.all(comparing.splice(0));
        compared = nothing;
        ready = this.#ready(this.#stored.file.doneRows);
        continue;
      }
      this.#stored = taking.file;
      const next = this.#compare(taking.ids, batch.firstRow - 1, taking.file.file.doneRows);
      next.catch(toldLater);
      comparing.push(next);
      compared = comparing.length > AT_ONCE ? ((await comparing.shift()) ?? nothing) : nothing;
    }
    await this.#count(compared);
    for (const one of comparing) await this.#count(await one);
  }

  /** Whether it has closed the file. */
  get isAtEnd(): boolean {
    return this.#isAtEnd;
  }

  /** Closes the file when it is at its end, or hands it on. */
  async end(closing: AbortSignal): Promise<void> {
    const { execute } = this.#ground;
    await this.#catchUp();
    if (!(await this.#isRunning())) return;
    const { file } = this.#stored;
    const isStopped = this.#isOver(nothing);
    if (isStopped || file.doneRows === file.totalRows) {
      await execute(finishFile, { fileId: file.id, state: isStopped ? 'stopped' : 'done' }, asSystem);
      this.#isAtEnd = true;
    } else if (closing.aborted) throw new Interrupted();
    else await execute(countDuplicates, { fileId: file.id, compared: nothing, goesOn: true }, asSystem);
  }

  #ready(after: number): Promise<Ready | undefined> {
    const reading = this.#read(after);
    reading.catch(toldLater);
    return reading;
  }

  async #read(after: number): Promise<Ready | undefined> {
    const chunk = await chunkAfter(this.#ground.db, this.#stored.file.id, after);
    if (!chunk) return undefined;
    const rows = await this.#preparation.readyRowsOf(chunk);
    return { firstRow: chunk.firstRow, through: after + rows.length, rows };
  }

  #take({ firstRow, rows }: Ready, compared: Compared): Promise<Taking> {
    return this.#ground.execute(
      takeRows(this.#duplicates, this.#preparation, rows),
      { fileId: this.#stored.file.id, firstRow, compared },
      asSystem,
    );
  }

  async #compare(ids: readonly string[], from: number, through: number): Promise<Compared> {
    if (ids.length === 0) return { from, through, duplicates: 0 };
    const { held, blocked } = await this.#duplicates.compare(ids, this.#stored.file.programmeId);
    return { from, through, duplicates: new Set([...held, ...blocked]).size };
  }

  async #count(compared: Compared): Promise<void> {
    if (compared === nothing) return;
    this.#stored = await this.#ground.execute(countDuplicates, { fileId: this.#stored.file.id, compared, goesOn: false }, asSystem);
  }

  // Comparing people again who were compared does no harm.
  async #catchUp(): Promise<void> {
    for (;;) {
      const { comparedRows, file } = this.#stored;
      if (comparedRows >= file.doneRows) return;
      const through = Math.min(comparedRows + CATCH_UP_ROWS, file.doneRows);
      const ids = await enteredFrom(this.#ground.db, file.id, comparedRows, through);
      await this.#count(await this.#compare(ids, comparedRows, through));
    }
  }

  async #isRunning(): Promise<boolean> {
    this.#stored = (await findFile(this.#ground.db, this.#stored.file.id)) ?? this.#stored;
    return this.#stored.file.state === 'running';
  }

  #isOver({ from, through, duplicates }: Compared): boolean {
    const { comparedRows, checkedBasis, file } = this.#stored;
    const isNext = from === comparedRows;
    return tooManyDuplicates(
      file.duplicateRows + (isNext ? duplicates : 0),
      rowsTelling(checkedBasis !== null, file.totalRows, isNext ? through || comparedRows : comparedRows),
      this.#preparation.duplicateLimit,
    );
  }
}
