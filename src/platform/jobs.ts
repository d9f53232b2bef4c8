import { createPostgresBackend, type PgPool, Queue, Worker, withBackend } from 'bullmq';
import { Redis } from 'ioredis';
import pg from 'pg';
import type { Clock } from './clock.ts';
import type { FollowUp } from './command.ts';
import { type Database, type DatabaseAddress, sessionOptions } from './database.ts';
import { newId } from './ids.ts';
import type { Logger } from './logger.ts';
import type { Metrics } from './metrics.ts';
import { sql } from './sql.ts';

/** Background work that a room owns. Running it twice does no more than running it once. */
export interface Job {
  readonly name: string;
  /**
   * @param closing tells long work that this process is about to end; without it the work goes on to its own end
   * @param failures how often it was tried before and failed
   * @throws Interrupted when it has ended early for that: it is done again elsewhere
   */
  run(payload: Readonly<Record<string, string>>, closing?: AbortSignal, failures?: number): Promise<void>;
  /** For work that nobody asks for: how often it starts by itself. */
  readonly everySeconds?: number;
}

/** Work that left off because its process ends; what it was asked for stands. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

export interface Jobs {
  /** Puts recorded follow-ups on the queue. Never throws: what stays behind is picked up by the next sweep. */
  start(followUps: readonly (FollowUp & { readonly id: string })[]): Promise<void>;
  /** Starts carrying jobs out in this process. */
  work(jobs: readonly Job[]): Promise<void>;
  /** Starts a recurring job now instead of at its next turn. */
  trigger(job: string): Promise<void>;
  /** Resolves when nothing that has been recorded is left to do. For the demonstration and the tests. */
  drained(): Promise<void>;
  /** Finishes the jobs that are running, then leaves. */
  close(): Promise<void>;
}

export interface JobOptions {
  readonly database: Database;
  readonly address: DatabaseAddress;
  /** Redis for the queues; PostgreSQL without it. */
  readonly redisUrl?: string | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Separates the queues of platforms that share a Redis. */
  readonly prefix?: string;
}

/** The one queue, as both servers know it. */
export const queueName = 'sanad';
const CONCURRENCY = 4;
const SWEEP_MS = 2_000;
/** How often the queue is told its schedule: each recurring job is a statement of its own, and there are dozens. */
const SCHEDULE_MS = 30_000;
/** A follow-up that has not been finished by then is put on the queue again. */
const GRACE_MS = 30_000;
const LONGEST_PAUSE_MS = 15 * 60_000;
/** How long the queue's server may take before its work is left to the next sweep. */
const QUEUE_TIMEOUT_MS = 2_000;
const SWEEP_BATCH = 500;

const discarded = { removeOnComplete: true, removeOnFail: true } as const;

interface Closable {
  on(event: 'error', listener: (error: Error) => void): unknown;
  close(): Promise<void>;
}

interface JobQueue extends Closable {
  addBulk(jobs: { name: string; data: QueuedData; opts: { jobId: string } & typeof discarded }[]): Promise<unknown>;
  upsertJobScheduler(
    id: string,
    repeat: { every: number },
    template: { name: string; data: QueuedData; opts: typeof discarded },
  ): Promise<unknown>;
}

/** The two servers that queues can live on, behind the same verbs. */
interface Backend {
  readonly queue: JobQueue;
  /** Resolves at once when the server answers. @throws Error when it does not, rather than wait for it */
  reachable(): Promise<void>;
  worker(process: (name: string, data: QueuedData) => Promise<void>): Closable;
  close(): Promise<void>;
}

interface QueuedData {
  readonly followUpId?: string;
}

/**
 * Connects to the queues. The table `follow_ups` is the truth of what must be done; the queue only says "now".
 * So a queue that loses everything costs a delay and nothing else.
 */
export function connectJobs(options: JobOptions): Jobs {
  const { database, clock, logger, metrics } = options;
  const backend = options.redisUrl ? redisBackend(options.redisUrl, options.prefix) : postgresBackend(options.address);
  backend.queue.on('error', (error) => logger.warn({ err: error }, 'job queue unreachable'));
  let worker: Closable | undefined;
  let sweeper: NodeJS.Timeout | undefined;
  let sweeping: Promise<void> | undefined;
  let recurring: readonly Job[] = [];
  let scheduledAt = Number.NEGATIVE_INFINITY;
  const closing = new AbortController();

  async function enqueue(followUps: readonly { id: string; job: string }[]): Promise<void> {
    await backend.reachable();
    await backend.queue.addBulk(
      followUps.map(({ id, job }) => ({
        name: job,
        data: { followUpId: id },
        opts: { jobId: id, ...discarded },
      })),
    );
  }

  // Told again and again, because a queue that lost everything has lost the schedule too; a schedule that stands is not disturbed.
  async function schedule(): Promise<void> {
    if (performance.now() - scheduledAt < SCHEDULE_MS) return;
    for (const { name, everySeconds = 0 } of recurring) {
      await backend.reachable();
      await backend.queue.upsertJobScheduler(name, { every: everySeconds * 1000 }, { name, data: {}, opts: discarded });
    }
    scheduledAt = performance.now();
  }

  async function sweep(): Promise<void> {
    try {
      await schedule();
      const due = await database.reader.all<{ id: string; job: string }>(
        sql`select id, job from follow_ups
            where coalesce(due_at, created_at + ${GRACE_MS / 1000} * interval '1 second') <= ${clock.now()}
            order by created_at limit ${SWEEP_BATCH}`,
      );
      if (due.length > 0) await enqueue(due);
    } catch (error) {
      logger.warn({ err: error }, 'sweep of follow-ups failed');
    }
  }

  async function finish(job: Job, followUpId: string): Promise<void> {
    const row = await database.reader.first<{ payload: Record<string, string>; attempts: number }>(
      sql`select payload, attempts from follow_ups where id = ${followUpId}`,
    );
    if (!row) return;
    try {
      await job.run(row.payload, closing.signal, row.attempts);
      await database.transaction((tx) => tx.run(sql`delete from follow_ups where id = ${followUpId}`));
    } catch (error) {
      if (error instanceof Interrupted) return;
      const pause = Math.min(1_000 * 2 ** row.attempts, LONGEST_PAUSE_MS);
      await database.transaction((tx) =>
        tx.run(sql`update follow_ups set attempts = attempts + 1, due_at = ${new Date(clock.now().getTime() + pause)},
          last_error = ${error instanceof Error ? error.name : 'unknown'} where id = ${followUpId}`),
      );
      throw error;
    }
  }

  return {
    async start(followUps) {
      try {
        await enqueue(followUps);
      } catch (error) {
        logger.warn({ err: error }, 'follow-ups wait for the next sweep');
      }
    },

    async work(jobs) {
      const byName = new Map(jobs.map((job) => [job.name, job]));
      worker = backend.worker(async (name, { followUpId }) => {
        const job = byName.get(name);
        if (!job) throw new Error(`nobody knows the job ${name}`);
        try {
          await (followUpId ? finish(job, followUpId) : job.run({}, closing.signal));
          metrics.jobs.inc({ job: name, outcome: 'done' });
        } catch (error) {
          metrics.jobs.inc({ job: name, outcome: 'failed' });
          logger.error({ err: error, job: name, followUpId }, 'job failed');
          // The queue keeps what it is thrown; the error itself may quote a row.
          throw new Error(`${name} failed`);
        }
      });
      worker.on('error', (error) => logger.warn({ err: error }, 'job worker disturbed'));
      recurring = jobs.filter(({ everySeconds }) => everySeconds !== undefined);
      const sweepOnce = () => {
        sweeping ??= sweep().finally(() => {
          sweeping = undefined;
        });
      };
      sweepOnce();
      sweeper = setInterval(sweepOnce, SWEEP_MS);
      sweeper.unref();
    },

    async trigger(job) {
      await backend.queue.addBulk([{ name: job, data: {}, opts: { jobId: newId(), ...discarded } }]);
    },

    async drained() {
      for (;;) {
        const row = await database.reader.first<{ left: boolean }>(sql`select exists (select from follow_ups) as left`);
        if (!row?.left) return;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },

    async close() {
      clearInterval(sweeper);
      closing.abort();
      await sweeping;
      await worker?.close();
      await backend.queue.close();
      await backend.close();
    },
  };
}

function redisBackend(url: string, prefix = 'sanad'): Backend {
  // A request must not wait for a Redis that is away; a worker must, so BullMQ asks that its connection never gives up.
  const asking = new Redis(url, {
    maxRetriesPerRequest: 1,
    enableOfflineQueue: false,
    connectTimeout: QUEUE_TIMEOUT_MS,
    commandTimeout: QUEUE_TIMEOUT_MS,
  });
  const working = new Redis(url, { maxRetriesPerRequest: null, lazyConnect: true });
  for (const connection of [asking, working]) connection.on('error', () => {}); // the queue reports it
  const firstAttempt = new Promise<void>((resolve) => {
    asking.once('ready', resolve).once('close', resolve);
  });
  return {
    queue: new Queue(queueName, { connection: asking, prefix }),
    async reachable() {
      await firstAttempt;
      if (asking.status !== 'ready') throw new Error('Redis does not answer');
    },
    worker: (process) =>
      new Worker<QueuedData>(queueName, ({ name, data }) => process(name, data), { connection: working, prefix, concurrency: CONCURRENCY }),
    async close() {
      asking.disconnect();
      working.disconnect();
    },
  };
}

function postgresBackend(address: DatabaseAddress): Backend {
  const { Queue: PostgresQueue, Worker: PostgresWorker } = withBackend(createPostgresBackend);
  // A pool of its own: the queue's tables stand in another schema, and one connection listens for good.
  const pool = new pg.Pool({
    connectionString: address.url,
    options: sessionOptions(address, { search_path: 'bullmq', statement_timeout: '0' }),
    application_name: 'sanad-jobs',
    max: CONCURRENCY + 4,
    keepAlive: true,
  });
  const connection = pool as unknown as PgPool;
  return {
    queue: new PostgresQueue(queueName, { connection }),
    reachable: async () => {},
    worker: (process) =>
      new PostgresWorker<QueuedData>(queueName, ({ name, data }) => process(name, data), { connection, concurrency: CONCURRENCY }),
    close: () => pool.end(),
  };
}
