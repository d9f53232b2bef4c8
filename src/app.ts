import type { Express } from 'express';
import {
  accessJobs,
  accessRoutes,
  authenticator,
  authorise,
  challengeJobs,
  dutyRefusal,
  keepingAtDoor,
  keepingRefusals,
  keyJobs,
  passerBy,
  refusalKeeper,
  sessionRules,
} from './access/index.ts';
import { assistanceJobs, assistanceRoutes, followEndSoon } from './assistance/index.ts';
import { auditJobs, auditRoutes, readJobs, readRecorder, recordEvents, recordJobs, signerOf } from './audit/index.ts';
import {
  beneficiaryRoutes,
  type ExportLimits,
  exportJobs,
  heldPhoneRoutes,
  peopleSources,
  programmeOfPerson,
} from './beneficiaries/index.ts';
import { assisted, cashoutRoutes, paidAmong, paidOutSince } from './cashout/index.ts';
import { deduplicationJobs, deduplicationRoutes, duplicateCheck, type PaidSince } from './deduplication/index.ts';
import { documentationPages } from './documentation.ts';
import { eligibilityJobs, eligibilityRoutes } from './eligibility/index.ts';
import { datasets, exportSources, scheduledExportJobs, scheduledExportRoutes } from './exports/index.ts';
import { feedbackJobs, feedbackPages, feedbackRoutes, takeMessages } from './feedback/index.ts';
import { fundingRoutes, refuseReversal } from './funding/index.ts';
import { handoverRoutes } from './handovers/index.ts';
import {
  comparingJob,
  intakeJobs,
  intakeRoutes,
  publicDoor,
  receiveSubmissions,
  referralRoutes,
  selfRegistrationJobs,
  selfRegistrationRoutes,
  writeRefusedRows,
} from './intake/index.ts';
import { koboJobs, koboRoutes } from './interop/index.ts';
import { ledgerRoutes } from './ledger/index.ts';
import {
  connectMessaging,
  proofSender,
  queueCodes,
  queueNewCodes,
  sendingOf,
  sendWithheldCodes,
  textJobs,
  textRoutes,
} from './messaging/index.ts';
import { monitoringRoutes } from './monitoring/index.ts';
import { officeRoutes } from './offices/index.ts';
import { offlineJobs, offlineRefusal, offlineRoutes, packSignerOf } from './offline/index.ts';
import {
  approvalJobs,
  cancellingJobs,
  type IssueVouchers,
  listedSince,
  paymentJobs,
  paymentRoutes,
  writeListFile,
} from './payments/index.ts';
import {
  type Clock,
  type Config,
  commandRunner,
  connectJobs,
  connectMailer,
  createHttp,
  createMetrics,
  csrfTokenOf,
  Database,
  type DatabaseAddress,
  type Execute,
  floodLimit,
  type Ground,
  housekeepingJobs,
  type Job,
  type Jobs,
  KeyRing,
  type Logger,
  newId,
  type OperationId,
  type OutgoingRules,
  publicUrlOf,
  RateLimits,
  type Routes,
  readContract,
  sql,
} from './platform/index.ts';
import { type Category, journalFile, peopleCategories, privacyJobs, privacyRoutes, recordCategories } from './privacy/index.ts';
import { demandsStatedPurpose, programmeRoutes } from './programmes/index.ts';
import { matchingJobs, reconciliationChecks, reconciliationRoutes, settlementRefusal, statementJobs } from './reconciliation/index.ts';
import { donorReportJobs, operationsJobs, reportingRoutes } from './reporting/index.ts';
import { signalJobs, signalRoutes } from './signals/index.ts';
import { relatedSubjects } from './stories.ts';
import { cancelVouchers, issueVouchers, voucherJobs, voucherRoutes } from './vouchers/index.ts';
import { webhookJobs, webhookRoutes } from './webhooks/index.ts';

/** The platform, wired and ready to listen or to work. */
export interface App {
  readonly http: Express;
  readonly execute: Execute;
  readonly database: Database;
  readonly keyRing: KeyRing;
  readonly jobs: Jobs;
  /** Starts carrying out background jobs in this process. */
  work(): Promise<void>;
  /** Resolves when nothing that has been asked for is left to do, and no message is on its way. For the demonstration and the tests. */
  settled(): Promise<void>;
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
  /** Whether recurring jobs start by themselves, at their turns. */
  readonly recurring?: boolean;
  /** What a guess at an offline code costs, where it is not what the settings say. */
  readonly offlineWorkFactor?: number;
}

/** The one place where the rooms are joined. */
export function createApp({
  config,
  address,
  clock,
  logger,
  validateResponses = false,
  queuePrefix,
  recurring = true,
  offlineWorkFactor = config.OFFLINE_WORK_FACTOR,
}: AppOptions): App {
  const database = new Database(address);
  const keyRing = new KeyRing(config.SANAD_MASTER_KEYS, Buffer.from(config.SANAD_INDEX_KEY, 'base64'), config.SANAD_CURRENT_MASTER_KEY);
  const auditSeed = Buffer.from(config.AUDIT_SIGNING_KEY, 'base64');
  const signer = signerOf(config.AUDIT_ORIGIN, auditSeed);
  const metrics = createMetrics(config.SANAD_ENV !== 'test');
  metrics.masterKeyVersion.set(keyRing.currentVersion);
  const jobs = connectJobs({
    database,
    address,
    clock,
    logger,
    metrics,
    redisUrl: config.REDIS_URL,
    ...(queuePrefix ? { prefix: queuePrefix } : {}),
  });
  const limits = new RateLimits(database, clock, keyRing);
  const reads = readRecorder(database, clock, {
    places: {
      programmeOf: programmeOfPerson,
      programmeOfSource: { ...peopleSources, ...exportSources },
      demandsPurpose: demandsStatedPurpose,
    },
    demandsAll: config.STATED_PURPOSE === 'obligatory',
    peoplePerHour: config.PEOPLE_READ_PER_HOUR,
  });
  const refusalOf = (constraint: string) => dutyRefusal(constraint) ?? offlineRefusal(constraint) ?? settlementRefusal(constraint);
  const run = commandRunner(database, clock, keyRing, {
    authorise,
    refusalOf,
    record: recordEvents,
    recordReads: reads.recordReads,
    start: jobs.start,
  });
  const keepRefusal = refusalKeeper(run, limits);
  const execute = keepingRefusals(run, keepRefusal);
  const ground: Ground = { db: database.reader, execute, keyRing, clock };
  const sessions = sessionRules(config);
  const post = { mailer: connectMailer(config, clock), publicUrl: publicUrlOf(config) };
  const contract = readContract();
  const door = publicDoor(limits, config.SELF_REGISTRATIONS_PER_ADDRESS, config.SELF_REGISTRATIONS_PER_DAY);
  const messaging = connectMessaging(ground, config, contract, (gatewayId, messages) =>
    takeMessages(ground, limits, gatewayId, messages, newId()),
  );
  const duplicates = duplicateCheck(ground);
  const issue: IssueVouchers = {
    async part(context, list, lines) {
      await issueVouchers(context, list, lines);
      await queueCodes(context.tx, context.now, list.id, lines);
    },
    whenReleased: (listId) => [sendingOf(listId)],
  };
  const paidSince: PaidSince = async (db, beneficiaryIds, since) =>
    (await listedSince(db, beneficiaryIds, since)) || (await paidOutSince(db, beneficiaryIds, since));
  const outgoing: OutgoingRules = {
    privateAddresses: config.KOBO_PRIVATE_ADDRESSES === 'allow',
    plainLoopback: config.SANAD_ENV === 'test',
  };
  const webhookRules: OutgoingRules = {
    privateAddresses: config.WEBHOOK_PRIVATE_ADDRESSES === 'allow',
    plainLoopback: config.SANAD_ENV === 'test' || (config.SANAD_ENV !== 'production' && config.WEBHOOK_PRIVATE_ADDRESSES === 'allow'),
  };
  const exportLimits: ExportLimits = {
    alertAbove: { exports: config.EXPORTS_PER_DAY, people: config.EXPORTED_PEOPLE_PER_DAY },
    atMost: { exports: config.EXPORTS_PER_DAY_AT_MOST, people: config.EXPORTED_PEOPLE_PER_DAY_AT_MOST },
  };
  const subjectFileLimits: ExportLimits = {
    alertAbove: { exports: config.SUBJECT_FILES_PER_DAY, people: config.SUBJECT_FILES_PER_DAY },
    atMost: { exports: config.SUBJECT_FILES_PER_DAY_AT_MOST, people: config.SUBJECT_FILES_PER_DAY_AT_MOST },
  };
  const feedbackDoor = { limits, perAddress: config.FEEDBACK_PER_ADDRESS, perDay: config.FEEDBACK_PER_DAY };
  const kept: readonly Category[] = [...peopleCategories, ...recordCategories];
  const routes: Routes<OperationId> = {
    ...accessRoutes(ground, { limits, sessions, publicUrl: publicUrlOf(config) }),
    ...auditRoutes(ground, relatedSubjects),
    ...programmeRoutes(ground, followEndSoon),
    ...fundingRoutes(ground),
    ...officeRoutes(ground),
    ...beneficiaryRoutes(ground, duplicates, sendWithheldCodes, exportLimits),
    ...heldPhoneRoutes(ground, duplicates),
    ...deduplicationRoutes(ground, duplicates, paidSince),
    ...intakeRoutes(ground, config.dataDir, exportLimits),
    ...selfRegistrationRoutes(ground, door),
    ...referralRoutes(ground, { limits, contract, paidAmong }),
    ...eligibilityRoutes(ground),
    ...voucherRoutes(ground, queueNewCodes),
    ...messaging.routes,
    ...textRoutes(ground),
    ...cashoutRoutes(ground),
    ...handoverRoutes(ground, exportLimits),
    ...offlineRoutes(ground, { workFactor: offlineWorkFactor, signer: packSignerOf(config.AUDIT_ORIGIN, auditSeed) }),
    ...signalRoutes(ground),
    ...assistanceRoutes(ground, { assisted }),
    ...paymentRoutes(ground, { issue, cancelVouchers, exportLimits, batch: config.PAYMENT_BATCH }),
    ...ledgerRoutes(ground, { checks: reconciliationChecks, guard: refuseReversal }),
    ...reconciliationRoutes(ground, config.dataDir),
    ...reportingRoutes(ground),
    ...feedbackRoutes(ground, { door: feedbackDoor, readInbound: messaging.readInbound }),
    ...monitoringRoutes(ground),
    ...privacyRoutes(ground, kept, subjectFileLimits),
    ...koboRoutes(ground, outgoing),
    ...scheduledExportRoutes(ground, datasets),
    ...webhookRoutes(ground, webhookRules),
  };
  const http = createHttp({
    contract,
    routes,
    authenticate: authenticator(ground, database),
    slowDown: floodLimit(config.REQUESTS_PER_MINUTE),
    browsers: {
      cookieName: sessions.cookie.name,
      publicOrigin: config.PUBLIC_URL && new URL(config.PUBLIC_URL).origin,
      hstsSeconds: config.HSTS_SECONDS,
      csrfTokenOf: (token) => csrfTokenOf(keyRing, token),
    },
    stranger: passerBy,
    authorise: keepingAtDoor(authorise, clock, keepRefusal),
    ready: () =>
      database.reader.first(sql`select 1`).then(
        () => true,
        () => false,
      ),
    reads,
    logger,
    metrics,
    metricsFor: config.METRICS_TOKEN ? { token: config.METRICS_TOKEN } : config.SANAD_ENV === 'production' ? 'nobody' : 'anybody',
    trustedProxies: config.TRUSTED_PROXIES,
    uploads: { bytes: config.UPLOAD_LIMIT_MIB * 1024 ** 2, silenceMs: 30_000 },
    validateResponses,
    pages: documentationPages().use(feedbackPages(ground, feedbackDoor)),
  });
  return {
    http,
    execute,
    database,
    keyRing,
    jobs,
    work() {
      const all: Job[] = [
        ...housekeepingJobs(database, clock),
        ...readJobs(database, clock),
        ...recordJobs(ground),
        ...exportJobs(ground, reads, { list: writeListFile, refusedRows: writeRefusedRows }),
        ...accessJobs(ground, { ...post, limits }),
        ...keyJobs(ground),
        ...challengeJobs(ground),
        ...auditJobs({
          database,
          clock,
          logger,
          signer,
          everySeconds: config.AUDIT_SEAL_SECONDS,
          headsFile: config.AUDIT_HEADS_FILE,
          destination: config.AUDIT_HEADS_URL ? { url: config.AUDIT_HEADS_URL, token: config.AUDIT_HEADS_TOKEN } : undefined,
        }),
        ...deduplicationJobs(ground, duplicates, logger),
        ...intakeJobs(ground, duplicates),
        ...selfRegistrationJobs(ground, door, proofSender(ground.db, messaging.engine)),
        comparingJob(duplicates),
        ...eligibilityJobs(ground),
        ...paymentJobs(ground, issue, config.PAYMENT_BATCH),
        ...assistanceJobs(ground),
        ...approvalJobs(ground, post),
        ...cancellingJobs(ground, cancelVouchers, config.PAYMENT_BATCH),
        ...voucherJobs(ground),
        ...statementJobs(ground),
        ...offlineJobs(ground),
        ...signalJobs(ground),
        ...matchingJobs(ground),
        ...donorReportJobs(ground),
        ...operationsJobs(ground),
        ...messaging.jobs,
        ...feedbackJobs(ground, (sms) => messaging.engine.sendNow(sms), post),
        ...textJobs(ground),
        ...privacyJobs(ground, kept, journalFile(config.dataDir)),
        ...koboJobs(ground, {
          rules: outgoing,
          limits: { timeoutMs: config.KOBO_TIMEOUT_MS, bytes: 32 * 1024 ** 2 },
          receive: receiveSubmissions(ground, config.dataDir),
        }),
        ...scheduledExportJobs(ground, { datasets, limits: exportLimits, reads }),
        ...webhookJobs(ground, webhookRules),
      ];
      return jobs.work(recurring ? all : all.map(({ name, run }) => ({ name, run })));
    },
    async settled() {
      do await jobs.drained();
      while (await messaging.isSending());
    },
    async close() {
      await jobs.close();
      await messaging.close();
      await database.close();
    },
  };
}
