import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { newId, type Operation, packageRoot } from '../../src/platform/index.ts';
import { httpGatewayTo } from './gateways.ts';
import { registration, strangeName } from './registrations.ts';
import { collectorOf, exported, type Ids } from './world.ts';

/** What a request says beside the identifiers in its path. */
interface Sample {
  readonly body?: object | string;
  readonly query?: Readonly<Record<string, string>>;
  /** Names of identifiers in the body or the query that say, beside those in the path, where the record in question lies. */
  readonly lies?: readonly string[];
  /** Names of those that point at other records, which must be of the same place. */
  readonly points?: readonly string[];
  /** Where its path means another identifier of the world than the one of that name. */
  readonly path?: Readonly<Record<string, string>>;
}

/** A request that one operation takes. */
export interface SampleRequest extends Required<Pick<Sample, 'lies' | 'points'>> {
  readonly path: string;
  readonly body: object | string | undefined;
  /** Names of the identifiers in its path. */
  readonly inPath: readonly string[];
}

const day = '2099-01-01';
const reason = { reason: 'As agreed' };
const seed = (name: string) => JSON.parse(readFileSync(join(packageRoot, 'seeds/scorecards', `${name}.json`), 'utf8'));
const officeFile = 'code,wilaya,commune,name_fr,name_ar\n';
const statementFile = 'Reference,Serial,Amount,Currency,Office,Date\n';
const postInvoice = (number: string) => ({
  number,
  issuedOn: '2026-04-01',
  from: '2026-03-01',
  to: '2026-03-31',
  currency: 'DZD',
  totals: { payoutCount: 1, principal: '0.01', fee: '0' },
  lines: [{ officeCode: '16000', payoutCount: 1, principal: '0.01', fee: '0' }],
});
const unsigned = { challenge: 'A'.repeat(43), signature: 'A'.repeat(86) };
const deviceKey = { kty: 'EC', crv: 'P-256', x: 'A'.repeat(43), y: 'A'.repeat(43) };
const topUpRule = ({ planId, scorecardId }: Ids): Sample => ({
  body: { assisted: 'paid', from: '2026-01-01', to: day, planIds: [planId], tiers: { scorecardId, names: ['A'] } },
  path: { planId: 'topUpPlanId' },
  points: ['planId', 'scorecardId'],
});
const programme = { name: 'New', currency: 'DZD', timeZone: 'Africa/Algiers', startsOn: '2026-01-01', endsOn: day };

/**
 * What each operation is sent that takes a body, or a query that must be there. Identifiers come from `ids`, so that the same request can be
 * made of a record here, elsewhere, or nowhere.
 */
const samples: Readonly<Record<string, (ids: Ids) => Sample>> = {
  stepUp: () => ({ body: { totp: '000000' } }),
  registerPasskey: () => ({
    body: {
      name: 'Laptop',
      credential: { id: 'AAAA', rawId: 'AAAA', type: 'public-key', response: { clientDataJSON: 'AAAA', attestationObject: 'AAAA' } },
    },
  }),
  askToEnrolOnDevice: ({ deviceId }) => ({ body: { deviceId } }),
  enrolOnDevice: () => ({ body: { ...unsigned, pin: '739156' } }),
  replaceDeviceKey: () => ({ body: { ...unsigned, publicKey: deviceKey, newSignature: unsigned.signature } }),
  revokeDevice: () => ({ body: reason }),
  changePassword: () => ({ body: { password: 'a wrong password', newPassword: 'a long enough password' } }),
  confirmAuthenticator: () => ({ body: { totp: '000000' } }),
  startSecondFactorReplacement: () => ({ body: reason }),
  createServiceAccount: ({ programmeId }) => ({ body: { name: newId(), role: 'auditor', programmeId }, lies: ['programmeId'] }),
  issueServiceKey: () => ({ body: { permissions: ['programmes.read'], expiresAt: soon() } }),
  rotateServiceKey: () => ({ body: { expiresAt: soon() }, path: { keyId: 'serviceKeyId' } }),
  revokeServiceKey: () => ({ path: { keyId: 'serviceKeyId' } }),
  confirmServiceKey: () => ({ path: { keyId: 'serviceKeyId' } }),
  proveAuditEvent: () => ({ path: { id: 'eventId' } }),
  proveAuditConsistency: () => ({ query: { from: '2', to: '1' } }),
  readStory: () => ({ path: { id: 'beneficiaryId' } }),
  askErasure: () => ({ body: { ground: 'subject_request', reason: 'Letter 12' } }),
  withdrawErasure: () => ({ body: reason }),
  answerSubject: () => ({ body: { format: 'json', language: 'fr', ...reason } }),
  setRetention: ({ programmeId }) => ({ body: { category: 'exited', programmeId, keepDays: 4_000, ...reason }, lies: ['programmeId'] }),
  previewRetention: () => ({ lies: ['everything'] }),
  listRetentionRuns: () => ({ lies: ['everything'] }),
  getRetentionRun: () => ({ path: { runId: 'retentionRunId' } }),
  createWebhook: () => ({ body: { url: 'https://hooks.invalid/', events: ['voucher.paid'], description: 'The books' } }),
  changeWebhook: () => ({ body: { description: 'The books' } }),
  rotateWebhookSecret: () => ({ body: { overlapHours: 1 } }),
  resendFailedDeliveries: () => ({ body: { since: '2026-01-01T00:00:00Z' } }),
  defineExport: () => ({
    body: {
      name: 'Daily',
      dataset: 'payouts',
      format: 'csv',
      period: 'day',
      schedule: { every: 'day', hour: 6 },
      purpose: 'monitoring',
      ...reason,
    },
  }),
  getExportRun: () => ({ path: { runId: 'exportRunId' } }),
  downloadExportRun: () => ({ path: { runId: 'exportRunId' } }),
  downloadPersonalExportRun: () => ({ path: { runId: 'exportRunId' } }),
  revokeExportRun: () => ({ path: { runId: 'exportRunId' } }),
  createUser: () => ({
    body: { email: `${newId()}@example.org`, displayName: 'Karim', language: 'fr' },
  }),
  grantRole: ({ programmeId }) => ({ body: { role: 'field_officer', programmeId }, lies: ['programmeId'] }),
  createPartner: () => ({ body: { name: newId() } }),
  issuePartnerKey: ({ programmeId }) => ({ body: { programmeId, expiresAt: soon() }, lies: ['programmeId'] }),
  rotatePartnerKey: () => ({ body: { expiresAt: soon() } }),
  createProgramme: () => ({ body: { ...programme, code: newId().slice(-12).toUpperCase() } }),
  changeProgramme: () => ({ body: { name: 'Another name', reason: 'A better name' } }),
  createFund: () => ({ body: { donor: 'Donor', agreement: newId() } }),
  recordContribution: () => ({
    body: { amount: { amount: '1.00', currency: 'DZD' }, receivedOn: '2026-01-01', reference: newId() },
  }),
  reverseJournalEntry: () => ({ body: reason }),
  mapAccounts: ({ fundId }) => ({
    body: { ...reason, funds: [{ fundId, wbs: 'CE.0321.DZ10' }], codes: [{ kind: 'bank', event: null, glCode: '102010' }] },
    points: ['fundId'],
  }),
  closeLedgerPeriod: () => ({ body: { endsOn: '2000-02-29' } }),
  askPeriodReopening: () => ({ body: reason }),
  refusePeriodReopening: () => ({ body: reason }),
  changeFund: () => ({ body: { donor: 'Another name of the donor' } }),
  recordExchangeRate: () => ({
    body: { from: 'EUR', to: 'DZD', validOn: '2026-01-01', rate: '145.5', source: 'Bank of Algeria' },
    lies: ['everything'],
  }),
  convertForeignCash: () => ({
    body: {
      sold: { amount: '1.00', currency: 'EUR' },
      bought: { amount: '145.00', currency: 'DZD' },
      convertedOn: '2026-01-02',
      reference: newId(),
    },
  }),
  importOffices: () => ({ body: officeFile }),
  changeOffice: () => ({ body: { hasCash: true } }),
  importOfficeHours: () => ({ body: 'office_code,day,opens,closes,note\n' }),
  setOfficeHours: () => ({ body: { weekly: [] } }),
  setSpecialDay: () => ({ body: { note: 'Holiday' } }),
  setOfficeLimits: () => ({ body: { limits: [] } }),
  retryDeadLetters: () => ({ body: { reason: 'refused' } }),
  retryMessage: () => ({ body: {} }),
  dealWithMessage: () => ({ body: { how: 'phone', ...reason } }),
  addGateway: () => ({ body: { name: newId(), position: 1, ...httpGatewayTo('https://sms.invalid') } }),
  changeGateway: () => ({ body: { position: 2 } }),
  testGateway: () => ({ body: { to: '+213550000001' } }),
  takeReceipts: () => ({ body: {} }),
  getMessageTemplate: () => ({ path: { kind: 'textKind' } }),
  listMessageTemplateVersions: () => ({ path: { kind: 'textKind' } }),
  changeMessageTemplate: () => ({ body: { text: null }, path: { kind: 'textKind' } }),
  changeProofTemplate: () => ({ body: { text: null } }),
  previewMessageTexts: ({ listId }) => ({ body: { kind: 'code', listId }, points: ['listId'] }),
  confirmHeldPhone: () => ({ body: reason }),
  cancelSurveyRound: () => ({ body: reason }),
  refuseHeldPhone: () => ({ body: reason }),
  redeemVoucher: ({ officeId }) => ({
    body: { officeId, locator: { phone: '+213550123456' }, code: '123456789', documentType: 'passport', documentLastFour: '1234' },
    lies: ['officeId'],
  }),
  lookUpVoucher: ({ officeId }) => ({
    body: { officeId, locator: { phone: '+213550123456' }, code: '123456789' },
    lies: ['officeId'],
  }),
  payLookedUp: () => ({ body: { collectorId: newId(), documentType: 'passport', documentLastFour: '1234' } }),
  openTill: ({ userId }) => ({ body: { agentId: userId, opening: { amount: '1.00', currency: 'DZD' } } }),
  topUpTill: () => ({ body: { amount: { amount: '1.00', currency: 'DZD' }, reference: newId() } }),
  closeTill: () => ({ body: { count: [] } }),
  signTill: () => ({ body: { remark: 'A note was torn' } }),
  moveSafeCash: () => ({ body: { kind: 'brought_in', amount: { amount: '1.00', currency: 'DZD' }, reference: newId() } }),
  voidPayout: () => ({ body: reason }),
  recordPostFee: ({ fundId, officeId }) => ({
    body: { fundId, officeId, reference: newId(), from: '2026-01-01', to: '2026-01-31', amount: { amount: '0.01', currency: 'DZD' } },
    lies: ['fundId'],
    points: ['officeId'],
  }),
  lockVoucher: () => ({ body: reason }),
  extendVoucher: () => ({ body: { lastDay: day, ...reason } }),
  askVoucherChange: () => ({ body: { kind: 'cancel', ...reason } }),
  askAdvance: ({ fundId }) => ({
    body: { fundId, round: 'In Guezzam road', visitOn: day, serials: ['12345678901234'] },
    lies: ['fundId'],
  }),
  handOverAdvance: () => ({ body: { reference: 'R-1' } }),
  refuseAdvance: () => ({ body: reason }),
  deliverByHand: () => ({ body: { serial: '12345678901234', code: '123456789', documentType: 'passport', documentLastFour: '1234' } }),
  takeOffRound: () => ({ body: { serial: '12345678901234', ...reason } }),
  reportLostAdvance: () => ({ body: { ...reason, reference: 'G-117' } }),
  answerAsWitness: () => ({ body: { answer: 'confirmed' }, path: { payoutId: 'handPayoutId' } }),
  acceptDelivery: () => ({ body: reason, path: { payoutId: 'handPayoutId' } }),
  voidDelivery: () => ({ body: reason, path: { payoutId: 'handPayoutId' } }),
  takeBackAdvance: () => ({ body: { amount: { amount: '0.01', currency: 'DZD' }, reference: newId() } }),
  setOfflineLimits: () => ({
    body: { maxVouchers: 10, maxCash: { amount: '1000.00', currency: 'DZD' }, maxHours: 8, graceHours: 24 },
  }),
  enrolOfflineKeys: () => ({
    body: { version: 1, recipient: `age1${'q'.repeat(58)}`, agreementKey: deviceKey, signature: unsigned.signature },
  }),
  prepareOfflinePack: ({ officeId, deviceId, userId }) => ({
    body: {
      officeId,
      deviceId,
      agentId: userId,
      hours: 1,
      cashLimit: { amount: '1.00', currency: 'DZD' },
      vouchers: { serials: ['12345678901234'] },
    },
    lies: ['officeId'],
  }),
  syncOfflinePack: () => ({ body: { length: 0, entries: [] } }),
  reportOfflineLoss: () => ({ body: reason }),
  resolveOfflineConflict: () => ({ body: { resolution: 'dismissed', note: 'As agreed' } }),
  createPlan: ({ scorecardId }) => ({
    body: {
      kind: 'one_time_grant',
      name: newId(),
      purpose: newId(),
      amountRule: { rule: 'fixed', amount: '1.00' },
      dueOn: day,
      scorecardId,
    },
    points: ['scorecardId'],
  }),
  entitlePeople: ({ beneficiaryId }) => ({ body: { beneficiaryIds: [beneficiaryId], ...reason }, points: ['beneficiaryId'] }),
  startPlanRun: () => ({ body: { change: 'suspend', from: '2026-01-01', ...reason } }),
  changeEntitlement: () => ({ body: { change: 'suspend', from: '2026-01-01', ...reason } }),
  giveCeilings: ({ beneficiaryId }) => ({ body: { people: [{ person: { beneficiaryId }, ceiling: '1.00' }] } }),
  confirmCondition: () => ({ body: { conditionId: newId(), evidence: 'Paper 1' } }),
  refuseDraw: () => ({ body: reason }),
  putBackDraw: () => ({ body: reason }),
  topUpPeople: ({ beneficiaryId }) => ({ body: { people: [{ person: { beneficiaryId } }] }, path: { planId: 'topUpPlanId' } }),
  topUpByRule: topUpRule,
  previewTopUps: topUpRule,
  enterEmergency: ({ beneficiaryId }) => ({ body: { dueOn: day, people: [{ person: { beneficiaryId } }] } }),
  receiveEmergencyFile: () => ({
    body: 'Registration number\n1\n',
    query: { dueOn: day },
  }),
  createWorkSite: ({ userId }) => ({ body: { name: newId(), wilayaNumber: '16', capacity: 10, supervisorId: userId } }),
  changeWorkSite: () => ({ body: { capacity: 20 } }),
  enterAttendance: ({ siteId }) => ({
    body: { siteId, rows: [{ registrationNumber: '1', day, presence: 'full' }] },
    path: { planId: 'workPlanId' },
    points: ['siteId'],
  }),
  receiveAttendanceFile: ({ siteId = '' }) => ({
    body: 'Registration number,Day\n1,1\n',
    query: { siteId },
    path: { planId: 'workPlanId' },
    points: ['siteId'],
  }),
  rejectAttendance: () => ({ body: reason }),
  buildPaymentList: ({ planId, fundId }) => ({
    body: { name: newId(), planIds: [planId], fundIds: [fundId] },
    lies: ['fundId'],
    points: ['planId'],
  }),
  previewPaymentList: ({ planId, fundId }) => ({ body: { planIds: [planId], fundIds: [fundId] }, lies: ['fundId'], points: ['planId'] }),
  holdPaymentListLines: () => ({ body: { lineIds: [newId()], reason: 'Doubt' } }),
  putBackPaymentListLines: () => ({ body: { lineIds: [newId()] } }),
  approvePaymentList: () => ({ body: { digest: '0'.repeat(64) } }),
  rejectPaymentList: () => ({ body: reason }),
  cancelPaymentList: () => ({ body: reason }),
  createPaymentListExport: () => ({ body: { ...exported, fields: ['position'] } }),
  createRefusedRowsExport: () => ({ body: { reason: exported.reason, language: exported.language, encryption: exported.encryption } }),
  proposeCancellation: () => ({ body: { ...reason, instalments: 'free' } }),
  delegateApproval: ({ grantId, userId }) => ({ body: { grantId, deputyId: userId, endsAt: soon() } }),
  listPossibleDeputies: ({ grantId = '' }) => ({ query: { grantId } }),
  registerBeneficiary: () => ({ body: registration() }),
  createBeneficiaryExport: () => ({ body: exported }),
  searchBeneficiaries: ({ programmeId, registrationNumber = '' }) => ({
    body: { query: registrationNumber, programmeId },
    lies: ['programmeId'],
  }),
  changeBeneficiary: () => ({ body: { ...reason, language: 'ar' } }),
  recordConsent: () => ({
    body: { purpose: 'contact', legalBasis: 'consent', method: 'signature', givenOn: '2026-01-01', evidence: { reference: 'Paper 1' } },
  }),
  withdrawConsent: () => ({ body: { purpose: 'contact' } }),
  suspendBeneficiary: () => ({ body: reason }),
  resumeBeneficiary: () => ({ body: reason }),
  exitBeneficiary: () => ({ body: reason }),
  changeHousehold: ({ firstId }) => ({ body: { ...reason, headId: firstId }, points: ['firstId'] }),
  addCollector: () => ({ body: collectorOf(Math.floor(Math.random() * 1_000_000)) }),
  endCollector: () => ({ body: reason }),
  receiveRegistrationFile: () => ({ body: `Given name,Family name\n${strangeName()},${strangeName()}\n` }),
  mapRegistrationFile: () => ({ body: { columns: [{ header: 'Given name', column: null }] } }),
  registerOneself: () => ({ body: {} }),
  proveTelephone: () => ({ body: { code: '000000' } }),
  referPerson: () => ({ body: { reference: newId(), registration: registration() } }),
  referPeople: () => ({ body: { referrals: [{ reference: newId(), registration: registration() }] } }),
  decideDuplicatePair: () => ({ body: { decision: 'needs_information', ...reason, version: 1 } }),
  decideDuplicatePairs: ({ firstId = '', secondId = '' }) => ({
    body: { pairs: [{ firstId, secondId, version: 1 }], decision: 'needs_information', ...reason },
    points: ['firstId', 'secondId'],
  }),
  undoMerger: () => ({ body: { becomes: 'different_people', ...reason } }),
  createScorecard: () => ({ body: { definition: seed('food-and-rent') } }),
  compareScorecards: ({ otherScorecardId }) => ({ body: { with: otherScorecardId }, points: ['otherScorecardId'] }),
  assessPerson: ({ scorecardId }) => ({ body: { scorecardId }, points: ['scorecardId'] }),
  listAssessmentsOfPerson: ({ scorecardId = '' }) => ({ query: { scorecardId }, points: ['scorecardId'] }),
  listPayouts: ({ officeId = '' }) => ({ query: { officeId } }),
  publishDonorReport: () => ({ body: { to: '2026-03-31' } }),
  setReportPublisher: () => ({ body: { organisationRef: 'XM-DAC-47066', organisationName: 'An agency', organisationType: '40' } }),
  matchByHand: () => ({ body: { row: 1, targets: [{ type: 'payout', id: newId() }], ...reason } }),
  unmatch: () => ({ body: { row: 1, ...reason } }),
  runMatching: () => ({ body: reason }),
  askStatementWithdrawal: () => ({ body: reason }),
  refuseStatementWithdrawal: () => ({ body: reason }),
  setMatchingPasses: () => ({
    body: {
      passes: [{ side: 'post', name: 'serial', lineKind: 'payment', target: 'payout', serial: true, reason: 'The serial agrees.' }],
      ...reason,
    },
  }),
  previewStatement: () => ({ body: statementFile }),
  saveStatementMapping: () => ({ body: { name: 'Post', definition: { currency: 'DZD' } } }),
  importStatement: () => ({ body: statementFile, query: { name: 'Statement', from: '2026-01-01', to: '2026-01-31' } }),
  decideSignal: () => ({ body: { outcome: 'dismissed', reason: 'As agreed' } }),
  setSignalThreshold: () => ({
    body: { kind: 'agent_burst', isOn: true, least: 20, minutes: 10, factor: '3', opens: null, closes: null, reason: 'As agreed' },
  }),
  setFeedbackLine: ({ gatewayId, programmeId }) => ({ body: { gatewayId, programmeId } }),
  enterFeedback: () => ({ body: { channel: 'desk', category: 'question', language: 'fr', text: 'When is it?' } }),
  moveFeedbackCase: () => ({ body: { to: 'acknowledged' } }),
  replyToFeedback: () => ({ body: { reply: 'On Monday' } }),
  giveFeedbackOutcome: () => ({ body: { how: 'phone' } }),
  assignFeedbackCase: () => ({ body: { userId: newId() } }),
  categoriseFeedback: () => ({ body: { category: 'question', ...reason } }),
  linkFeedbackCase: () => ({ body: { serial: '12345678901234' } }),
  noteOnFeedback: () => ({ body: { note: 'Called back' } }),
  nameAccusedStaff: () => ({ body: { userIds: [newId()], ...reason } }),
  setFeedbackCategory: () => ({
    body: { category: 'question', isSensitive: false, acknowledgeHours: 24, resolveHours: 48, responsible: [], ...reason },
  }),
  planSurveyRound: () => ({ body: { name: newId(), from: '2026-03-01', to: '2026-03-31' } }),
  takeInterviewsBack: () => ({ body: { interviewerId: newId(), ...reason } }),
  assignInterviews: () => ({ body: { interviewerId: newId(), count: 1 } }),
  answerInterview: () => ({ body: { answers: { received: 'no', asked_to_pay: 'no', satisfied: 'not' } } }),
  recordNoResponse: () => ({ body: { reason: 'no_answer' } }),
  resolveException: () => ({ body: { resolution: 'post_error', note: 'The post agrees' } }),
  assignExceptions: () => ({ body: { filter: { state: 'open' }, ownerId: newId(), ...reason } }),
  resolveExceptions: () => ({ body: { filter: { owner: newId() }, resolution: 'post_error', note: 'The post agrees' } }),
  setExceptionSettings: () => ({ body: { kinds: [{ kind: 'not_received', dueDays: 2 }], ...reason } }),
  assignException: () => ({ body: { ownerId: newId(), ...reason } }),
  changeExceptionDueDate: () => ({ body: { dueOn: day, ...reason } }),
  commentOnException: () => ({ body: { text: 'The post looks into it' } }),
  attachToException: () => ({ body: { title: 'Letter', location: 'Archive 12' } }),
  removeExceptionAttachment: () => ({ body: reason }),
  proposeResolution: () => ({ body: { resolution: 'claim_on_post', note: 'Never listed' } }),
  refuseResolution: () => ({ body: reason }),
  reopenException: () => ({ body: reason }),
  confirmPostTerms: () => ({ body: { version: 1 } }),
  setPostTerms: () => ({
    body: {
      payer: { name: 'We', account: 'A-1' },
      payee: { name: 'The post', account: 'B-1' },
      tariff: null,
      ...reason,
    },
  }),
  listOfficeDays: ({ officeId = '', fundId = '' }) => ({ query: { from: '2026-03-01', to: '2026-03-31', officeId, fundId } }),
  recordPostInvoice: () => ({ body: postInvoice(newId()) }),
  recordPostInvoiceFile: () => ({
    body: 'office,count,amount\n16000,1,0.01\n',
    query: {
      number: newId(),
      issuedOn: '2026-04-01',
      from: '2026-03-01',
      to: '2026-03-31',
      currency: 'DZD',
      payoutCount: '1',
      principal: '0.01',
      fee: '0',
    },
  }),
  decidePostInvoice: () => ({ body: { decision: 'disputed', ...reason } }),
  draftSettlement: ({ fundId, officeId }) => ({
    body: { fundId, items: [{ officeId, amount: { amount: '0.01', currency: 'DZD' } }] },
    lies: ['fundId'],
    points: ['officeId'],
  }),
  rejectSettlement: () => ({ body: reason }),
  instructSettlement: () => ({ body: {} }),
  confirmSettlement: () => ({ body: { bankReference: 'BK-1' } }),
  cancelSettlement: () => ({ body: reason }),
  carryForward: ({ officeId }) => ({ body: { officeId, endsOn: '2026-03-31', ...reason }, points: ['officeId'] }),
  addKoboConnection: () => ({ body: { serverUrl: 'https://kobo.invalid', assetUid: newId().replaceAll('-', ''), token: 'a'.repeat(40) } }),
  changeKoboConnection: () => ({ body: { everyMinutes: 90 } }),
};

/** What stands in a path and is no identifier of a record that lies somewhere. */
const values: Ids = { day, version: '1', reference: '1234567894', kind: 'person', textKind: 'code', language: 'fr' };

const soon = (): string => new Date(Date.now() + 40 * 86_400_000).toISOString();

/**
 * A request that an operation takes, about the records with these identifiers.
 * @param at what its path names, and what says where the record lies
 * @param refs what its body points at beside; the same unless it is given
 * @throws Error when an operation is new here
 */
export function requestFor({ id, path, definition }: Operation, at: Ids, refs: Ids = at): SampleRequest {
  const { lies = [], points = [], path: meant = {} } = samples[id]?.(at) ?? {};
  const nameOf = (name: string) => meant[name] ?? name;
  const names = [...path.matchAll(/:(\w+)/g)].map(([, name = '']) => nameOf(name));
  const unknown = names.find((name) => !(name in at) && !(name in values));
  if (unknown) {
    throw new Error(
      `${id}: no record of the world has a "${unknown}". Make one in test/support/world.ts, in each corner, and give it there.`,
    );
  }
  const needsQuery = (definition.parameters ?? []).some((parameter) => 'in' in parameter && parameter.in === 'query' && parameter.required);
  if ((definition.requestBody || needsQuery) && !samples[id]) {
    throw new Error(`${id}: say in test/support/requests.ts what it is sent, so that it is tried in every role and place.`);
  }
  const mixed = { ...at, ...Object.fromEntries(points.map((name) => [name, refs[name] ?? ''])) };
  const { body, query } = samples[id]?.(mixed) ?? {};
  const filled = path.replaceAll(/:(\w+)/g, (_, name: string) => at[nameOf(name)] ?? values[nameOf(name)] ?? '');
  return {
    path: query ? `${filled}?${new URLSearchParams(query)}` : filled,
    body,
    lies,
    points,
    inPath: names.filter((name) => name in at),
  };
}
