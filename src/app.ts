import type { Express } from 'express';
import { accessRoutes, authenticate, authorise } from './access/index.ts';
import { assistanceRoutes } from './assistance/index.ts';
import { auditRoutes, recordEvent } from './audit/index.ts';
import { beneficiaryRoutes } from './beneficiaries/index.ts';
import { cashoutRoutes, paidAmong, paidOutSince } from './cashout/index.ts';
import { deduplicationJobs, deduplicationRoutes, duplicateCheck, type PaidSince } from './deduplication/index.ts';
import { documentationPages } from './documentation.ts';
import { eligibilityJobs, eligibilityRoutes } from './eligibility/index.ts';
import { fundingRoutes } from './funding/index.ts';
import {
  comparingJob,
  intakeJobs,
  intakeRoutes,
  publicDoor,
  receiveSubmissions,
  referralRoutes,
  selfRegistrationJobs,
  selfRegistrationRoutes,
} from './intake/index.ts';
import { koboJobs, koboRoutes, type OutgoingRules } from './interop/index.ts';
import { ledgerRoutes } from './ledger/index.ts';
import { connectGateway, messagingJobs, messagingRoutes, proofSender, queueCodes, sendWithheldCodes } from './messaging/index.ts';
import { officeRoutes } from './offices/index.ts';
import { type IssueVouchers, listedSince, paymentRoutes } from './payments/index.ts';
import {
  type Clock,
  type Config,
  commandRunner,
  connectJobs,
  createHttp,
  createMetrics,
  Database,
  type DatabaseAddress,
  type Execute,
  type Ground,
  housekeepingJobs,
  type Jobs,
  KeyRing,
  type Logger,
  type OperationId,
  RateLimits,
  type Routes,
  readContract,
  sql,
} from './platform/index.ts';
import { programmeRoutes } from './programmes/index.ts';
import { reconciliationRoutes } from './reconciliation/index.ts';
import { reportingRoutes } from './reporting/index.ts';
import { issueVouchers, voucherJobs, voucherRoutes } from './vouchers/index.ts';

/** The platform, wired and ready to listen or to work. */
export interface App {
  readonly http: Express;
  readonly execute: Execute;
  readonly database: Database;
  readonly keyRing: KeyRing;
  readonly jobs: Jobs;
  /** Starts carrying out background jobs in this process. */
  work(): Promise<void>;
  /** Finishes what runs, then lets go of every connection. */
  close(): Promise<void>;
}

export interface AppOptions {
  readonly config: Config;
  readonly address: DatabaseAddress;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Whether every answer is checked against the contract. */
  readonly validateResponses?: boolean;
  /** Separates the queues of platforms that share a Redis. */
  readonly queuePrefix?: string;
}

/** The one place where the rooms are joined. */
export function createApp({ config, address, clock, logger, validateResponses = false, queuePrefix }: AppOptions): App {
  const database = new Database(address);
  const keyRing = new KeyRing(config.SANAD_MASTER_KEYS, Buffer.from(config.SANAD_INDEX_KEY, 'base64'));
  const metrics = createMetrics(config.SANAD_ENV !== 'test');
  const jobs = connectJobs({
    database,
    address,
    clock,
    logger,
    metrics,
    redisUrl: config.REDIS_URL,
    ...(queuePrefix ? { prefix: queuePrefix } : {}),
  });
  const execute = commandRunner(database, clock, keyRing, { authorise, record: recordEvent, start: jobs.start });
  const ground: Ground = { db: database.reader, execute, keyRing, clock };
  const contract = readContract();
  const limits = new RateLimits(database, clock, keyRing);
  const door = publicDoor(limits, config.SELF_REGISTRATIONS_PER_ADDRESS, config.SELF_REGISTRATIONS_PER_DAY);
  const gateway = connectGateway(config, clock);
  const duplicates = duplicateCheck(ground);
  const issue: IssueVouchers = async (context, list, lines) => {
    await issueVouchers(context, list, lines);
    return queueCodes(context.tx, context.now, list.id);
  };
  const paidSince: PaidSince = async (db, beneficiaryIds, since) =>
    (await listedSince(db, beneficiaryIds, since)) || (await paidOutSince(db, beneficiaryIds, since));
  const outgoing: OutgoingRules = {
    privateAddresses: config.KOBO_PRIVATE_ADDRESSES === 'allow',
    plainLoopback: config.SANAD_ENV === 'test',
  };
  const routes: Routes<OperationId> = {
    ...accessRoutes(ground),
    ...auditRoutes(ground),
    ...programmeRoutes(ground),
    ...fundingRoutes(ground),
    ...officeRoutes(ground),
    ...beneficiaryRoutes(ground, duplicates, sendWithheldCodes),
    ...deduplicationRoutes(ground, duplicates, paidSince),
    ...intakeRoutes(ground, config.dataDir),
    ...selfRegistrationRoutes(ground, door),
    ...referralRoutes(ground, { limits, contract, paidAmong }),
    ...eligibilityRoutes(ground),
    ...voucherRoutes(ground),
    ...messagingRoutes(ground),
    ...cashoutRoutes(ground),
    ...assistanceRoutes(ground),
    ...paymentRoutes(ground, { issue }),
    ...ledgerRoutes(ground),
    ...reconciliationRoutes(ground),
    ...reportingRoutes(ground),
    ...koboRoutes(ground, outgoing),
  };
  const http = createHttp({
    contract,
    routes,
    authenticate: (token) => authenticate(ground, token),
    ready: () =>
      database.reader.first(sql`select 1`).then(
        () => true,
        () => false,
      ),
    logger,
    metrics,
    trustedProxies: config.TRUSTED_PROXIES,
    uploads: { bytes: config.UPLOAD_LIMIT_MIB * 1024 ** 2, silenceMs: 30_000 },
    validateResponses,
    pages: documentationPages(),
  });
  return {
    http,
    execute,
    database,
    keyRing,
    jobs,
    work: () =>
      jobs.work([
        ...housekeepingJobs(database, clock),
        ...deduplicationJobs(ground, duplicates, logger),
        ...intakeJobs(ground, duplicates),
        ...selfRegistrationJobs(ground, door, proofSender(gateway)),
        comparingJob(duplicates),
        ...eligibilityJobs(ground),
        ...voucherJobs(ground),
        ...messagingJobs(ground, gateway),
        ...koboJobs(ground, {
          rules: outgoing,
          limits: { timeoutMs: config.KOBO_TIMEOUT_MS, bytes: 32 * 1024 ** 2 },
          receive: receiveSubmissions(ground, config.dataDir),
        }),
      ]),
    async close() {
      await jobs.close();
      await database.close();
    },
  };
}
