import { describe, expect, it } from 'vitest';
import { operationsOf, purposes, readContract } from '../src/platform/index.ts';

interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly allOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
}

/** What an answer tells of a person, or by which it names one; whatever schema it stands in. */
const personal = new Set([
  'names',
  'family',
  'middle',
  'birth',
  'birthDate',
  'nationality',
  'document',
  'documents',
  'documentNumber',
  'documentLastFour',
  'phone',
  'phones',
  'answers',
  'answer',
  'attestation',
  'registrationNumber',
  'beneficiaryId',
  'beneficiaryIds',
  'beneficiaries',
  'collectorId',
  'collectors',
  'household',
  'householdReference',
  'evidence',
  'witness',
  'before',
  'after',
  'attendance',
]);

/** Operations whose answers have such a property, or are files, and show nobody: by operationId and why. */
const showNobody: Readonly<Record<string, string>> = {
  askForPasskeyRegistration: 'the attestation is of an authenticator',
  downloadDonorReport: 'sums, with small cells suppressed',
  downloadSettlementOrder: 'accounts of the agency and the post, and one sum',
  downloadDonorReportSheet: 'sums, with small cells suppressed',
  downloadDonorReportIati: 'sums, with small cells suppressed',
  getDonorReportPage: 'sums, with small cells suppressed',
  getFunnel: 'counts and sums, for staff',
  getUnpaidCodes: 'as the funnel',
  getTimeToCash: 'as the funnel',
  getOfficeLoad: 'as the funnel',
  getSmsDelivery: 'as the funnel',
  getDuplicateQueue: 'as the funnel',
  getDuplicateDecisions: 'as the funnel',
  getExceptionLoad: 'as the funnel',
  getBudget: 'as the funnel',
  downloadExportRun: 'files with people in them are fetched by another operation',
  exportAuditEvents: 'what was done to which identifier, and digests; not who that is',
  exportGeneralLedger: 'amounts by account, with identifiers of what they are of',
  getMatchingPasses: 'whether documents are compared, and none of them',
  setMatchingPasses: 'as they are read',
  listSignals: 'the evidence is identifiers of pay-outs, and figures',
  getSignal: 'as the list',
  reviewSignal: 'as the list',
  decideSignal: 'as the list',
  listDeliveries: 'which pay-out, by whose hand and before which witness; not to whom',
  listWitnessedDeliveries: 'as the list',
  answerAsWitness: 'as the list',
  acceptDelivery: 'as the list',
  listAccounts: 'the names are of accounts',
  readAccountStatement: 'the names are of accounts',
  previewRetention: 'identifiers of whose time is over, of every programme together, for somebody who may not read them',
  listRetentionRuns: 'as the preview, of whose time was over',
  getRetentionRun: 'as the preview, of whose time was over',
};

const contract = readContract();
const operations = operationsOf(contract);

function at<T extends object>(node: T & { readonly $ref?: string }): T {
  if (!node.$ref) return node;
  const found = node.$ref
    .slice(2)
    .split('/')
    .reduce<unknown>((inner, key) => (inner as Record<string, unknown>)[key], contract);
  return at(found as T & { readonly $ref?: string });
}

/** The places in a schema by pointer, as `x-people` writes them. */
function placesIn(schema: Schema, pointer = '', above: readonly Schema[] = []): { pointer: string; schema: Schema }[] {
  const found = at(schema);
  if (above.includes(found)) return [];
  const line = [...above, found];
  return [
    { pointer, schema: found },
    ...Object.entries(found.properties ?? {}).flatMap(([name, inner]) => placesIn(inner, `${pointer}/${name}`, line)),
    ...(found.items ? placesIn(found.items, `${pointer}/*`, line) : []),
    ...[...(found.allOf ?? []), ...(found.oneOf ?? []), ...(found.anyOf ?? [])].flatMap((inner) => placesIn(inner, pointer, line)),
  ];
}

const contentOf = ({ definition, successStatus }: (typeof operations)[number]) =>
  at<{ content?: Record<string, { schema: Schema }> }>((definition.responses[successStatus] ?? {}) as never).content ?? {};
const answerOf = (operation: (typeof operations)[number]) => placesIn(contentOf(operation)['application/json']?.schema ?? {});
const isMarked = ({ definition }: (typeof operations)[number]) => Boolean(definition['x-people'] ?? definition['x-people-in']);

describe('what the contract says of people in answers', () => {
  it('marks every operation whose answer can hold something of a person', () => {
    const unmarked = operations.filter((operation) => {
      const isFile = Object.keys(contentOf(operation)).some((type) => type !== 'application/json');
      const holds = answerOf(operation).some(({ pointer }) => personal.has(pointer.split('/').at(-1) ?? ''));
      return (isFile || holds) && !isMarked(operation);
    });
    expect(unmarked.map(({ id }) => id).sort()).toEqual(Object.keys(showNobody).sort());
  });

  it('points at identifiers that are there, or at values of the path', () => {
    const marked = operations.filter(isMarked);
    expect(marked.length).toBeGreaterThan(30);
    for (const operation of marked) {
      const { 'x-people': people = [], 'x-people-in': place, 'x-programme': programme } = operation.definition;
      const identifiers = answerOf(operation).flatMap(({ pointer, schema }) => (schema.format === 'uuid' ? [pointer] : []));
      for (const pointer of [...people, ...(programme ? [programme] : []), ...(place ? [place.split(' ')[1] ?? ''] : [])]) {
        if (pointer.startsWith('{')) expect(operation.path, operation.id).toContain(`:${pointer.slice(1, -1)}`);
        else expect(identifiers, operation.id).toContain(pointer);
      }
    }
  });

  it('gives each of them a purpose, and lets the reader say another', () => {
    for (const { id, definition, isPublic } of operations.filter(isMarked)) {
      expect(purposes, id).toContain(definition['x-purpose']);
      const names = (definition.parameters ?? []).map((parameter) => at<{ name: string }>(parameter as never).name);
      expect(names, id).toContain('Sanad-Purpose');
      // Nobody is shown to who is nobody.
      expect(isPublic, id).toBe(false);
    }
    const schema = (contract.components['schemas'] as Record<string, { enum?: string[] }>)['Purpose'];
    expect(schema?.enum).toEqual([...purposes]);
  });
});
